//! The names that rules give: each must be one in WIT.

use indexmap::IndexMap;
use wit_parser::PackageName;

use super::{RuleUsage, Rules, RulesError};
use crate::names;

impl RuleUsage<'_> {
    /// The names that are none; the friendly package needs one of its own.
    pub fn check_names(&self, raw: &PackageName) -> Vec<RulesError> {
        let rules = self.rules;
        let mut refused: Vec<_> = self.refused_package(raw).into_iter().collect();
        refused.extend(refused_python("package", rules.python.package.as_deref(), names::refused_package));
        refused.extend(refused_python("error", rules.python.error.as_deref(), names::refused_exception));
        let packages = rules.host.packages.iter().filter(|name| !is_package(name));
        refused.extend(packages.map(|name| RulesError::HostPackage { name: name.clone() }));
        let named = |table: &'static str, names: &IndexMap<String, String>| {
            let lines = names.iter().map(|(key, name)| (format!("{table}.\"{key}\""), name.clone()));
            lines.collect::<Vec<_>>()
        };
        let split = rules.split.iter().flat_map(|(key, names)| {
            names.iter().map(move |(case, name)| (format!("split.\"{key}\".{case}"), name.clone()))
        });
        let tables = [
            named("rename", &rules.rename),
            named("wrap.share", &rules.wrap.share),
            named("complete", &rules.complete),
            named("read-all", &rules.read_all),
        ];
        let prefixes = named("errors.detail-prefix", &rules.errors.detail_prefix);
        let names = tables.into_iter().flatten().chain(prefixes).chain(split).chain(synthesized(rules));
        refused.extend(names.filter_map(|(line, name)| {
            let message = format!("{:#}", wit_parser::validate_id(&name).err()?);
            Some(RulesError::Name { line, name, message })
        }));
        refused
    }

    /// Why the friendly package cannot have its name.
    fn refused_package(&self, raw: &PackageName) -> Option<RulesError> {
        let name = &self.rules.package.name;
        if name.is_empty() {
            return None;
        }
        let is_valid = |part: &str| wit_parser::validate_id(part).is_ok();
        let why = match name.split_once(':') {
            _ if name.contains('@') => "has a version, which is that of the raw package",
            Some((namespace, name)) if namespace == raw.namespace && name == raw.name => {
                "is the name of the raw package, and the friendly one needs another"
            }
            Some((namespace, name)) if is_valid(namespace) && is_valid(name) => return None,
            Some(_) | None => "is not the name of a package",
        };
        Some(RulesError::Package { name: name.clone(), why })
    }
}

/// A name that Python cannot have.
fn refused_python(
    key: &'static str,
    name: Option<&str>,
    refused: fn(&str) -> Option<&'static str>,
) -> Option<RulesError> {
    let name = name?;
    Some(RulesError::Python { key, name: name.to_owned(), why: refused(name)? })
}

/// Whether this is the full name of a package, with its version.
fn is_package(name: &str) -> bool {
    let parts = name.split_once('@').and_then(|(name, version)| Some((name.split_once(':')?, version)));
    parts.is_some_and(|((namespace, name), version)| {
        let names = [namespace, name].iter().all(|part| wit_parser::validate_id(part).is_ok());
        names && semver::Version::parse(version).is_ok()
    })
}

/// The lines that define a type or a function, and the names in them.
fn synthesized(rules: &Rules) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for (path, record) in &rules.records {
        names.extend(record.fields.keys().map(|field| (format!("records.\"{path}\".fields.{field}"), field.clone())));
    }
    for (path, choice) in &rules.choices {
        names.extend(choice.cases.keys().map(|case| (format!("choices.\"{path}\".cases.{case}"), case.clone())));
    }
    for (path, group) in &rules.groups {
        let function = path.rsplit('.').next().unwrap_or_default().to_owned();
        names.push((format!("groups.\"{path}\""), function));
        names.push((format!("groups.\"{path}\".record"), group.record.clone()));
        names.extend(group.members.keys().map(|field| (format!("groups.\"{path}\".members.{field}"), field.clone())));
    }
    names.extend(rules.pairs.keys().map(|path| {
        let function = path.rsplit('.').next().unwrap_or_default().to_owned();
        (format!("pairs.\"{path}\""), function)
    }));
    names
}
