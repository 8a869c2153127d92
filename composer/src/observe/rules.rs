//! Holds the rules about observing against the world: a line that matches nothing is an error.

use std::collections::BTreeMap;

use super::select;
use crate::plan::Plan;
use crate::read::RawWorld;
use crate::rules::{LogRules, RuleUsage, Rules, RulesError, SwitchRules};

/// The lines that name no function of the raw world.
pub fn check(raw: &RawWorld, rules: &Rules) -> Vec<RulesError> {
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
    ];
    // These alone are patterns.
    let patterns = [("private", observe.private.clone()), ("secret", observe.secret.clone())];
    let is_name = |line: &&String| paths.contains(line);
    let is_pattern = |line: &&String| paths.iter().any(|path| select::matches(line, path));
    let unknown =
        lines.iter().flat_map(|(key, lines)| lines.iter().filter(|line| !is_name(line)).map(move |line| (key, line)));
    let unmatched = patterns
        .iter()
        .flat_map(|(key, lines)| lines.iter().filter(|line| !is_pattern(line)).map(move |line| (key, line)));
    let package = raw.resolve.packages[raw.package].name.to_string();
    let error = |(key, path): (&&str, &String)| {
        RuleUsage::new(rules).no_match(format!("observe.{key}.\"{path}\""), path, &package, &paths)
    };
    unknown.chain(unmatched).map(error).collect()
}

/// The case of each error type that stands for a call which was refused, by the friendly path of the type. Fails on the
/// first line that names no case of an error.
pub fn check_denied(plan: &Plan, rules: &Rules) -> Result<BTreeMap<String, String>, RulesError> {
    let interfaces = plan.interfaces.iter();
    let types = interfaces.flat_map(|interface| interface.types.iter().map(move |def| (&interface.name, def)));
    let mut cases: Vec<(String, String)> = Vec::new();
    for (interface, def) in types {
        cases.extend(def.kind.cases().iter().map(|case| (format!("{interface}.{}", def.name), case.name.clone())));
    }
    let paths: Vec<String> = cases.iter().map(|(ty, case)| format!("{ty}.{case}")).collect();
    let mut denied = BTreeMap::new();
    for line in &rules.observe.denied {
        let Some((ty, case)) = paths.iter().position(|path| path == line).and_then(|place| cases.get(place)) else {
            let key = format!("observe.denied.\"{line}\"");
            return Err(RuleUsage::new(rules).no_match(key, line, &plan.friendly, &paths));
        };
        denied.insert(ty.clone(), case.clone());
    }
    Ok(denied)
}
