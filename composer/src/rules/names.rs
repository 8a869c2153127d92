//! The names that rules give: each must be one in WIT.

use indexmap::IndexMap;
use wit_parser::PackageName;

use super::{Lines, Rules, RulesError};
use crate::names;

impl Lines<'_> {
    /// Fails on the first name that is none; the friendly package needs one of its own.
    pub fn check_names(&self, raw: &PackageName) -> Result<(), RulesError> {
        let rules = self.rules;
        let name = &rules.package.name;
        if !name.is_empty() {
            let refused = |why| Err(RulesError::Package { name: name.clone(), why });
            let is_valid = |part: &str| wit_parser::validate_id(part).is_ok();
            match name.split_once(':') {
                _ if name.contains('@') => return refused("has a version, which is that of the raw package"),
                Some((namespace, name)) if namespace == raw.namespace && name == raw.name => {
                    return refused("is the name of the raw package, and the friendly one needs another");
                }
                Some((namespace, name)) if is_valid(namespace) && is_valid(name) => {}
                Some(_) | None => return refused("is not the name of a package"),
            }
        }
        check_python("package", rules.python.package.as_deref(), names::refused_package)?;
        check_python("error", rules.python.error.as_deref(), names::refused_exception)?;
        if let Some(name) = rules.host.packages.iter().find(|name| !is_package(name)) {
            return Err(RulesError::HostPackage { name: name.clone() });
        }
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
        for (line, name) in tables.into_iter().flatten().chain(prefixes).chain(split).chain(synthesized(rules)) {
            wit_parser::validate_id(&name).map_err(|error| RulesError::Name {
                line,
                name,
                message: format!("{error:#}"),
            })?;
        }
        Ok(())
    }
}

/// Fails on a name that Python cannot have.
fn check_python(
    key: &'static str,
    name: Option<&str>,
    refused: fn(&str) -> Option<&'static str>,
) -> Result<(), RulesError> {
    match name.and_then(|name| Some((name, refused(name)?))) {
        Some((name, why)) => Err(RulesError::Python { key, name: name.to_owned(), why }),
        None => Ok(()),
    }
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
