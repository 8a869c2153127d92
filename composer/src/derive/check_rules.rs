//! Checks of the rules against the whole raw world, before anything is reshaped.

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{Function, InterfaceId};

use super::survey::Survey;
use super::{DeriveError, rule_paths};
use crate::plan::{Kind, Side};
use crate::rules::{ChoiceRules, GroupRules, RulesError, Time};

/// Refuses names of parameters and a prefix of resources that the world does not have.
pub(super) fn known_names(survey: &Survey<'_>) -> Vec<RulesError> {
    let rules = survey.world.usage.rules;
    let params: BTreeSet<&str> = survey
        .world
        .imported_functions()
        .flat_map(|(_, function)| &function.params)
        .map(|param| param.name.as_str())
        .collect();
    let resources: BTreeSet<&str> = survey
        .world
        .raw
        .imports
        .iter()
        .flat_map(|id| &survey.world.resolve().interfaces[*id].types)
        .filter(|(_, id)| survey.world.is_raw_resource(**id))
        .map(|(name, _)| name.as_str())
        .collect();
    let sizes = rules.buffers.size_parameter.iter().map(|name| ("buffers.size-parameter", name));
    let cursors = rules.buffers.cursor_parameter.iter().map(|name| ("buffers.cursor-parameter", name));
    let prefixes = rules.extra.prefix.iter().map(|name| ("extra.prefix", name));
    let mut refused = Vec::new();
    for (line, name) in sizes.chain(cursors).chain(prefixes) {
        let (names, is_there) = if line == "extra.prefix" {
            (&resources, resources.iter().any(|resource| resource.starts_with(name)))
        } else {
            (&params, params.contains(name.as_str()))
        };
        if !is_there {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            refused.push(survey.world.usage.no_match(
                format!("{line} = \"{name}\""),
                name,
                &survey.world.package_name(),
                &names,
            ));
        }
    }
    refused
}

/// Refuses lines that name interfaces and resources that are not there, or that say a thing twice.
pub(super) fn check(survey: &Survey<'_>) -> Vec<DeriveError> {
    let rules = survey.world.usage.rules;
    let moves = rules.moved.iter().map(|(path, to)| check_move(survey, path, to));
    let groups = rules.groups.iter().map(|(path, group)| check_group(survey, path, group));
    let pairs = rules.pairs.keys().map(|path| check_synthesized_function(survey, "pairs", path).map(drop));
    let lazy = survey.world.imported_functions().map(|(id, raw)| check_constructor(survey, id, raw));
    let steps = rules.seconds.iter().map(|(path, time)| check_step(path, *time));
    let choices = rules.choices.iter().map(|(name, choice)| check_numbers(name, choice));
    let name = std::iter::once(check_package(survey));
    let checks =
        name.chain(moves).chain(groups).chain(pairs).chain(lazy).chain(steps).chain(types(survey)).chain(choices);
    checks.filter_map(Result::err).collect()
}

/// Whether a path is that of one of these items, or of a part of one.
pub(super) fn is_in(items: &BTreeSet<String>, path: &str) -> bool {
    let item = path.rsplit_once('.').map_or(path, |(item, _)| item);
    items.contains(path) || items.contains(item)
}

/// Refuses a friendly package that is called as one of the WIT's is.
fn check_package(survey: &Survey<'_>) -> Result<(), DeriveError> {
    let friendly = survey.world.friendly_package();
    // The name of the raw package is refused with the other names.
    let mut others = survey.world.resolve().packages.iter().filter(|(id, _)| *id != survey.world.raw.package);
    if others.all(|(_, package)| package.name.to_string() != friendly) {
        return Ok(());
    }
    Err(DeriveError::shape(
        &friendly,
        "the friendly package would have this name, which is that of another package of the WIT",
        "give another name with a line `name = \"namespace:name\"` under [package]",
    ))
}

fn check_move(survey: &Survey<'_>, path: &str, to: &str) -> Result<(), DeriveError> {
    let refused = |reason: String, advice: &str| Err(DeriveError::shape(path, reason, advice));
    if !survey.is_reshaped(to) {
        return refused(
            format!("the rules move it to `{to}`, which is no interface that the world imports and that is reshaped"),
            "name another interface in its line under [move]",
        );
    }
    if path.split('.').next() == Some(to) {
        return refused(format!("the rules move it to `{to}`, where it is"), "delete its line under [move]");
    }
    Ok(())
}

fn check_group(survey: &Survey<'_>, path: &str, group: &GroupRules) -> Result<(), DeriveError> {
    let refused = |reason: String, advice: String| Err(DeriveError::shape(path, reason, advice));
    let is_method = check_synthesized_function(survey, "groups", path)?;
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
    Ok(())
}

/// Refuses a function that the rules define at a path where no function can be. Returns whether it is a method.
fn check_synthesized_function(survey: &Survey<'_>, table: &str, path: &str) -> Result<bool, DeriveError> {
    let refused = |reason: String, advice: String| Err(DeriveError::shape(path, reason, advice));
    let Some((interface, kind, _)) = rule_paths::parse_function_path(path) else {
        return refused(
            "the rules define it, but it is not the path of a function".to_owned(),
            format!(
                "write the line as `[{table}.\"interface.function\"]` or `[{table}.\"interface.resource.function\"]`"
            ),
        );
    };
    if !survey.is_reshaped(interface) {
        return refused(
            format!("the rules define it, but `{interface}` is not an interface that is reshaped"),
            format!("write another interface into `[{table}.\"{path}\"]`"),
        );
    }
    let Kind::Method(resource) = kind else { return Ok(false) };
    if !has_resource(survey, interface, &resource) {
        return refused(
            format!("the rules make it a method of `{resource}`, but `{interface}` has no such resource"),
            format!("write another resource into `[{table}.\"{path}\"]`, or none"),
        );
    }
    Ok(true)
}

/// Whether a friendly interface has a resource of this name.
fn has_resource(survey: &Survey<'_>, interface: &str, resource: &str) -> bool {
    survey.world.resolve().types.iter().map(|(id, _)| id).any(|id| {
        let type_path = survey.type_path(id);
        survey.world.is_raw_resource(survey.world.root(id))
            && type_path.side == Side::Friendly
            && type_path.interface == interface
            && type_path.name == resource
    })
}

fn check_constructor(survey: &Survey<'_>, id: InterfaceId, raw: &Function) -> Result<(), DeriveError> {
    let path = survey.world.function_path(id, raw);
    if !survey.world.usage.rules.constructors.lazy.contains(&path) {
        return Ok(());
    }
    let advice = "delete its line in `lazy` under [constructors]";
    let refused = |reason: &str| Err(DeriveError::shape(&path, reason, advice));
    let Some(resource) = survey.world.made(raw) else {
        return refused(
            "the rules make it a constructor, but it has parameters, or returns something other than a resource",
        );
    };
    if !survey.world.result_of(raw).fallible {
        return refused(
            "the rules make it a lazy constructor, but it cannot fail, so the app can call it without a rule",
        );
    }
    if survey.type_path(resource).side == Side::Raw {
        return refused("the rules make it a constructor, but the app gets its resource without a change");
    }
    if let Some((other, maker)) = survey.maker(resource).filter(|(_, other)| !std::ptr::eq(*other, raw)) {
        let other = survey.world.function_path(other, maker);
        return refused(&format!("the rules make it a constructor, but `{other}` is already one of the same resource"));
    }
    Ok(())
}

fn check_step(path: &str, time: Time) -> Result<(), DeriveError> {
    if time.parts().1 != 0 {
        return Ok(());
    }
    Err(DeriveError::shape(
        path,
        "the rules say that the host takes only multiples of 0",
        "correct `step` in its line under [seconds]",
    ))
}

/// Checks the types that the rules define.
fn types(survey: &Survey<'_>) -> Vec<Result<(), DeriveError>> {
    let rules = survey.world.usage.rules;
    let mut seen = BTreeMap::new();
    let records = rules.records.iter().map(|(name, record)| ("records", name, &record.at, record.fields.is_empty()));
    let choices = rules.choices.iter().map(|(name, choice)| ("choices", name, &choice.at, choice.cases.is_empty()));
    let mut checks = Vec::new();
    for (table, name, at, is_empty) in records.chain(choices) {
        let mut refuse = |path: &str, reason: String, advice: String| {
            checks.push(Err(DeriveError::shape(path, reason, advice)));
        };
        if is_empty {
            let parts = if table == "records" { "fields" } else { "cases" };
            refuse(
                name,
                format!("the rules define it, but it has no {parts}"),
                format!("give `{parts}` under [{table}.\"{name}\"]"),
            );
        } else if at.is_empty() {
            refuse(
                name,
                "the rules define it, but it replaces nothing".to_owned(),
                format!("name in `at` what it replaces, or delete [{table}.\"{name}\"]"),
            );
        }
        for path in at {
            if let Some(other) = seen.insert(path, name) {
                refuse(
                    path,
                    format!("the rules replace it by `{other}` and by `{name}`"),
                    format!("delete it from `at` of one of the two under [{table}]"),
                );
            }
        }
    }
    checks
}

fn check_numbers(name: &str, choice: &ChoiceRules) -> Result<(), DeriveError> {
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
    Ok(())
}
