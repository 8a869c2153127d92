//! Holds the rules about observing against the world: a line that matches nothing is an error.

use crate::read::RawWorld;
use crate::rules::{Lines, LogRules, Rules, RulesError};

/// Fails on the first line that names no function of the raw world.
pub fn check(raw: &RawWorld, rules: &Rules) -> Result<(), RulesError> {
    let functions = raw
        .imports
        .iter()
        .flat_map(|id| raw.resolve.interfaces[*id].functions.values().map(|function| raw.function_path(*id, function)));
    let paths: Vec<String> = functions.collect();
    let observe = &rules.observe;
    let log = |of: fn(&LogRules) -> &String| observe.log.as_ref().map(of).cloned().into_iter().collect::<Vec<_>>();
    let lines = [
        ("begin", observe.begin.clone()),
        ("wait", observe.wait.clone()),
        ("log.open", log(|log| &log.open)),
        ("log.write", log(|log| &log.write)),
    ];
    for (key, lines) in &lines {
        if let Some(path) = lines.iter().find(|path| !paths.contains(path)) {
            let package = raw.resolve.packages[raw.package].name.to_string();
            return Err(Lines::new(rules).no_match(format!("observe.{key}.\"{path}\""), path, &package, &paths));
        }
    }
    Ok(())
}
