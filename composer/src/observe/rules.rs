//! Holds the rules about observing against the world: a line that matches nothing is an error.

use std::collections::BTreeMap;

use super::select;
use crate::plan::{Plan, TypeKind};
use crate::read::RawWorld;
use crate::rules::{Lines, LogRules, Rules, RulesError, SwitchRules};

/// Fails on the first line that names no function of the raw world.
pub fn check(raw: &RawWorld, rules: &Rules) -> Result<(), RulesError> {
    let functions = raw
        .imports
        .iter()
        .flat_map(|id| raw.resolve.interfaces[*id].functions.values().map(|function| raw.function_path(*id, function)));
    let paths: Vec<String> = functions.collect();
    let observe = &rules.observe;
    let log = |of: fn(&LogRules) -> &String| observe.log.as_ref().map(of).cloned().into_iter().collect::<Vec<_>>();
    let switch =
        |of: fn(&SwitchRules) -> &String| observe.switch.as_ref().map(of).cloned().into_iter().collect::<Vec<_>>();
    let lines = [
        ("begin", observe.begin.clone()),
        ("wait", observe.wait.clone()),
        ("log.open", log(|log| &log.open)),
        ("log.write", log(|log| &log.write)),
        ("switch.open", switch(|switch| &switch.open)),
        ("switch.get", switch(|switch| &switch.get)),
        ("private", observe.private.clone()),
        ("secret", observe.secret.clone()),
    ];
    for (key, lines) in &lines {
        if let Some(path) = lines.iter().find(|line| !paths.iter().any(|path| select::matches(line, path))) {
            let package = raw.resolve.packages[raw.package].name.to_string();
            return Err(Lines::new(rules).no_match(format!("observe.{key}.\"{path}\""), path, &package, &paths));
        }
    }
    Ok(())
}

/// The case of each error type that stands for a call which was refused, by the friendly path of the type. Fails on the
/// first line that names no case of an error.
pub fn check_denied(plan: &Plan, rules: &Rules) -> Result<BTreeMap<String, String>, RulesError> {
    let interfaces = plan.interfaces.iter();
    let types = interfaces.flat_map(|interface| interface.types.iter().map(move |def| (&interface.name, def)));
    let mut cases: Vec<(String, String)> = Vec::new();
    for (interface, def) in types {
        let names: Vec<&String> = match &def.kind {
            TypeKind::Enum(cases) | TypeKind::Variant(cases) => cases.iter().map(|case| &case.name).collect(),
            TypeKind::Error(error) => error.cases.iter().map(|case| &case.name).collect(),
            TypeKind::Alias(_)
            | TypeKind::Record(_)
            | TypeKind::Flags(_)
            | TypeKind::DetailError(_)
            | TypeKind::Wrapper(_)
            | TypeKind::Options(_) => Vec::new(),
        };
        cases.extend(names.into_iter().map(|case| (format!("{interface}.{}", def.name), case.clone())));
    }
    let paths: Vec<String> = cases.iter().map(|(ty, case)| format!("{ty}.{case}")).collect();
    let mut denied = BTreeMap::new();
    for line in &rules.observe.denied {
        let Some((ty, case)) = paths.iter().position(|path| path == line).and_then(|place| cases.get(place)) else {
            let key = format!("observe.denied.\"{line}\"");
            return Err(Lines::new(rules).no_match(key, line, &plan.friendly, &paths));
        };
        denied.insert(ty.clone(), case.clone());
    }
    Ok(denied)
}
