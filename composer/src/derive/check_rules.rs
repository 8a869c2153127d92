//! Checks of the rules against the whole raw world, before anything is reshaped.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::{DeriveError, placement, synthesized};
use crate::plan::{Kind, Side};
use crate::rules::RulesError;

/// Refuses names of parameters and a prefix of resources that the world does not have.
pub(super) fn known_names(facts: &Facts<'_>) -> Result<(), RulesError> {
    let rules = facts.lines.rules;
    let params: BTreeSet<&str> = facts
        .imported_functions()
        .flat_map(|(_, function)| &function.params)
        .map(|param| param.name.as_str())
        .collect();
    let resources: BTreeSet<&str> = facts
        .raw
        .imports
        .iter()
        .flat_map(|id| &facts.resolve().interfaces[*id].types)
        .filter(|(_, id)| facts.is_raw_resource(**id))
        .map(|(name, _)| name.as_str())
        .collect();
    let sizes = rules.buffers.size_parameter.iter().map(|name| ("buffers.size-parameter", name));
    let cursors = rules.buffers.cursor_parameter.iter().map(|name| ("buffers.cursor-parameter", name));
    let prefixes = rules.extra.prefix.iter().map(|name| ("extra.prefix", name));
    for (line, name) in sizes.chain(cursors).chain(prefixes) {
        let (names, is_there) = if line == "extra.prefix" {
            (&resources, resources.iter().any(|resource| resource.starts_with(name)))
        } else {
            (&params, params.contains(name.as_str()))
        };
        if !is_there {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            return Err(facts.lines.no_match(format!("{line} = \"{name}\""), name, &facts.package_name(), &names));
        }
    }
    Ok(())
}

/// Refuses lines that name interfaces and resources that are not there, or that say a thing twice.
pub(super) fn check(facts: &Facts<'_>) -> Result<(), DeriveError> {
    moves(facts)?;
    groups(facts)?;
    pairs(facts)?;
    constructors(facts)?;
    steps(facts)?;
    types(facts)
}

fn moves(facts: &Facts<'_>) -> Result<(), DeriveError> {
    for (path, to) in &facts.lines.rules.moved {
        let refused = |reason: String, advice: &str| Err(DeriveError::shape(path, reason, advice));
        if !facts.is_reshaped(to) {
            return refused(
                format!(
                    "the rules move it to `{to}`, which is no interface that the world imports and that is reshaped"
                ),
                "name another interface in its line under [move]",
            );
        }
        if path.split('.').next() == Some(to.as_str()) {
            return refused(format!("the rules move it to `{to}`, where it is"), "delete its line under [move]");
        }
    }
    Ok(())
}

fn groups(facts: &Facts<'_>) -> Result<(), DeriveError> {
    for (path, group) in &facts.lines.rules.groups {
        let refused = |reason: String, advice: String| Err(DeriveError::shape(path, reason, advice));
        let is_method = check_synthesized_function(facts, "groups", path)?;
        if group.members.is_empty() {
            return refused(
                "the rules define it, but it has no members".to_owned(),
                format!("name getters under `[groups.\"{path}\".members]`, or delete the group"),
            );
        }
        if is_method && group.of.is_some() {
            return refused(
                "it is a method of a resource, but `of` names a function that makes another object".to_owned(),
                format!("delete `of` under [groups.\"{path}\"], or write it as `[groups.\"interface.function\"]`"),
            );
        }
        if let Some(field) = group.keep.first().filter(|_| group.of.is_some()) {
            return refused(
                format!("`keep` has its member `{field}`, but the app does not see the object that `of` makes"),
                format!("delete `keep` under [groups.\"{path}\"]"),
            );
        }
    }
    Ok(())
}

fn pairs(facts: &Facts<'_>) -> Result<(), DeriveError> {
    facts.lines.rules.pairs.keys().try_for_each(|path| check_synthesized_function(facts, "pairs", path).map(drop))
}

/// Refuses a function that the rules define at a path where no function can be. Returns whether it is a method.
fn check_synthesized_function(facts: &Facts<'_>, table: &str, path: &str) -> Result<bool, DeriveError> {
    let refused = |reason: String, advice: String| Err(DeriveError::shape(path, reason, advice));
    let Some((interface, kind, _)) = synthesized::parse_function_path(path) else {
        return refused(
            "the rules define it, but it is not the path of a function".to_owned(),
            format!(
                "write the line as `[{table}.\"interface.function\"]` or `[{table}.\"interface.resource.function\"]`"
            ),
        );
    };
    if !facts.is_reshaped(interface) {
        return refused(
            format!("the rules define it, but `{interface}` is not an interface that is reshaped"),
            format!("write another interface into `[{table}.\"{path}\"]`"),
        );
    }
    let Kind::Method(resource) = kind else { return Ok(false) };
    if !has_resource(facts, interface, &resource) {
        return refused(
            format!("the rules make it a method of `{resource}`, but `{interface}` has no such resource"),
            format!("write another resource into `[{table}.\"{path}\"]`, or none"),
        );
    }
    Ok(true)
}

/// Whether a friendly interface has a resource of this name.
fn has_resource(facts: &Facts<'_>, interface: &str, resource: &str) -> bool {
    facts.resolve().types.iter().map(|(id, _)| id).any(|id| {
        let type_path = facts.type_path(id);
        facts.is_raw_resource(facts.root(id))
            && type_path.side == Side::Friendly
            && type_path.interface == interface
            && type_path.name == resource
    })
}

fn constructors(facts: &Facts<'_>) -> Result<(), DeriveError> {
    for (id, raw) in facts.imported_functions() {
        let path = facts.function_path(id, raw);
        if !facts.lines.rules.constructors.lazy.contains(&path) {
            continue;
        }
        let advice = "delete its line in `lazy` under [constructors]";
        let refused = |reason: String| Err(DeriveError::shape(&path, reason, advice));
        let Some(resource) = placement::made(facts, raw) else {
            return refused(
                "the rules make it a constructor, but it has parameters, or returns something other than a resource"
                    .to_owned(),
            );
        };
        if !facts.result_of(raw).fallible {
            return refused(
                "the rules make it a lazy constructor, but it cannot fail, so the app can call it without a rule"
                    .to_owned(),
            );
        }
        if facts.type_path(resource).side == Side::Raw {
            return refused(
                "the rules make it a constructor, but the app gets its resource without a change".to_owned(),
            );
        }
        if let Some((other, maker)) = placement::maker(facts, resource).filter(|(_, other)| !std::ptr::eq(*other, raw))
        {
            return refused(format!(
                "the rules make it a constructor, but `{}` is already one of the same resource",
                facts.function_path(other, maker)
            ));
        }
    }
    Ok(())
}

fn steps(facts: &Facts<'_>) -> Result<(), DeriveError> {
    match facts.lines.rules.seconds.iter().find(|(_, time)| time.parts().1 == 0) {
        Some((path, _)) => Err(DeriveError::shape(
            path,
            "the rules say that the host takes only multiples of 0",
            "correct `step` in its line under [seconds]",
        )),
        None => Ok(()),
    }
}

/// Checks the types that the rules define.
fn types(facts: &Facts<'_>) -> Result<(), DeriveError> {
    let rules = facts.lines.rules;
    let mut seen = BTreeMap::new();
    let records = rules.records.iter().map(|(name, record)| ("records", name, &record.at, record.fields.is_empty()));
    let choices = rules.choices.iter().map(|(name, choice)| ("choices", name, &choice.at, choice.cases.is_empty()));
    for (table, name, at, is_empty) in records.chain(choices) {
        let refused = |path: &str, reason: String, advice: String| Err(DeriveError::shape(path, reason, advice));
        if is_empty {
            let parts = if table == "records" { "fields" } else { "cases" };
            return refused(
                name,
                format!("the rules define it, but it has no {parts}"),
                format!("give `{parts}` under [{table}.\"{name}\"]"),
            );
        }
        if at.is_empty() {
            return refused(
                name,
                "the rules define it, but it replaces nothing".to_owned(),
                format!("name in `at` what it replaces, or delete [{table}.\"{name}\"]"),
            );
        }
        for path in at {
            if let Some(other) = seen.insert(path, name) {
                return refused(
                    path,
                    format!("the rules replace it by `{other}` and by `{name}`"),
                    format!("delete it from `at` of one of the two under [{table}]"),
                );
            }
        }
    }
    for (name, choice) in &rules.choices {
        let mut numbers = BTreeMap::new();
        for (case, number) in &choice.cases {
            if let Some(other) = numbers.insert(number.is, case) {
                return Err(DeriveError::shape(
                    name,
                    format!("the rules give the number {} to case `{other}` and to `{case}`", number.is),
                    format!("correct `cases` under [choices.\"{name}\"]"),
                ));
            }
        }
    }
    Ok(())
}
