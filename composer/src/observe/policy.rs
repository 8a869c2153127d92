//! Which calls are not let through, and with which error each is answered.

use std::collections::BTreeMap;

use super::ObserveError;
use super::options::{self, Chance};
use super::select::{self, RAW, Subject};
use crate::bundle::World;

/// What holds for the calls of a function, each with the option that says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Policy {
    pub deny: Option<String>,
    pub limit: Option<(u32, String)>,
    pub fail: Option<(Chance, String)>,
}

impl Policy {
    /// The options that say so.
    pub fn options(&self) -> impl Iterator<Item = &String> {
        let limit = self.limit.iter().map(|(_, option)| option);
        self.deny.iter().chain(limit).chain(self.fail.iter().map(|(_, option)| option))
    }

    /// That a function cannot be answered with an error, said of the options that want it.
    pub fn refused(&self, path: &str, why: &str) -> String {
        let options: Vec<&str> = self.options().map(String::as_str).collect();
        format!("`{path}` cannot be refused, as `{}` asks: {why}", options.join(" "))
    }
}

/// How many functions an error names.
const SHOWN: usize = 5;

/// The error of these functions that cannot be refused.
pub(super) fn error(functions: &[String]) -> ObserveError {
    let mut named = functions.iter().take(SHOWN).cloned().collect::<Vec<_>>();
    if functions.len() > SHOWN {
        named.push(format!("and so it is with {} others", functions.len() - SHOWN));
    }
    ObserveError::Policy { functions: named.join("; ") }
}

/// Which functions of the world a policy is about, by their paths. A function that never asks the host is not among them.
pub(super) fn policies(
    world: &World,
    all: &[Subject],
    asked: &options::Policy,
) -> Result<BTreeMap<String, Policy>, ObserveError> {
    let asks_host = |path: &String| all.iter().any(|subject| subject.path == *path && subject.asks_host);
    let paths = |flag, pattern: &str| {
        if pattern.starts_with(RAW) {
            return Err(ObserveError::RawPolicy { flag, pattern: pattern.to_owned() });
        }
        let mut paths = select::matched(world, all, flag, pattern)?;
        paths.retain(asks_host);
        if paths.is_empty() {
            return Err(ObserveError::NeverAsks { flag, pattern: pattern.to_owned() });
        }
        Ok(paths)
    };
    let mut policies: BTreeMap<String, Policy> = BTreeMap::new();
    for pattern in &asked.deny {
        for path in paths("--deny", pattern)? {
            policies.entry(path).or_default().deny.get_or_insert(format!("--deny {pattern}"));
        }
    }
    for (pattern, most) in &asked.limit {
        for path in paths("--limit", pattern)? {
            let limit = &mut policies.entry(path).or_default().limit;
            // Of two that match, the lower one holds.
            if limit.as_ref().is_none_or(|(other, _)| most < other) {
                *limit = Some((*most, format!("--limit {pattern}={most}")));
            }
        }
    }
    for (pattern, chance) in &asked.fail {
        for path in paths("--fail", pattern)? {
            let option = format!("--fail {pattern}={}/{}", chance.one, chance.of);
            policies.entry(path).or_default().fail.get_or_insert((*chance, option));
        }
    }
    Ok(policies)
}
