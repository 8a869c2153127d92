//! Which functions are meant by patterns: the selection.
//!
//! A pattern is a path below the friendly package, in which `*` stands for anything, or one below the raw package with
//! `raw:` before it. It is held against the whole path.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::bundle::World;
use crate::nearest::nearest_few;
use crate::plan::{Disposition, Interface, core_name};
use crate::wit::qualified;

/// What patterns of the raw package begin with.
pub const RAW: &str = "raw:";

/// How much of a pattern an error repeats.
const SHOWN: usize = 60;

/// A function that can be observed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Its path below its package, with `raw:` before it where that is the raw one.
    pub path: String,
    /// The full name of its interface.
    pub interface: String,
    /// Its name as a core module imports it.
    pub name: String,
    /// The raw functions behind it, by their paths.
    pub raw: BTreeSet<String>,
    /// Whether it asks the host for anything.
    pub asks_host: bool,
}

impl Subject {
    /// Whether it is a function of the raw package.
    pub fn is_raw(&self) -> bool {
        self.path.starts_with(RAW)
    }
}

/// What is observed, of what there is.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The selected functions, in the order of the plan.
    pub subjects: Vec<Subject>,
    /// Those of the selected functions that no line is about: a policy is, or only their errors are of use.
    pub unreported: BTreeSet<String>,
    /// Each pattern that selects, with the paths that it matches.
    pub patterns: Vec<(String, BTreeSet<String>)>,
}

impl Selection {
    /// Whether a path is selected.
    pub fn has(&self, path: &str) -> bool {
        self.subjects.iter().any(|subject| subject.path == path)
    }

    /// Whether lines are about a path.
    pub fn reports(&self, path: &str) -> bool {
        self.has(path) && !self.unreported.contains(path)
    }
}

/// Why there is no selection.
#[derive(Debug, Error)]
pub enum SelectError {
    /// A pattern that matches no function of the world.
    #[error(
        "{flag} `{pattern}` matches no function of `{package}`{near}; correct the pattern, or see `composer explain` for the functions that there are"
    )]
    NoMatch {
        /// The option.
        flag: &'static str,
        /// The pattern, cut where it is long.
        pattern: String,
        /// The package that was looked into.
        package: String,
        /// The nearest paths.
        near: String,
    },
    /// All that was selected is excepted.
    #[error("--except leaves nothing to observe; take one of its patterns back, or select more with --observe")]
    Nothing,
}

/// Finds what is observed: what one of `observe` matches and none of `except`. Without patterns it is every friendly function.
pub fn select(world: &World, observe: &[String], except: &[String]) -> Result<Selection, SelectError> {
    let all = subjects(world);
    let everything = ["*".to_owned()];
    let observe = if observe.is_empty() { &everything[..] } else { observe };
    let patterns = observe.iter().map(|pattern| Ok((pattern.clone(), matched(world, &all, "--observe", pattern)?)));
    let patterns: Vec<_> = patterns.collect::<Result<_, SelectError>>()?;
    let mut excepted = BTreeSet::new();
    for pattern in except {
        excepted.extend(matched(world, &all, "--except", pattern)?);
    }
    let is_selected = |subject: &Subject| {
        patterns.iter().any(|(_, paths)| paths.contains(&subject.path)) && !excepted.contains(&subject.path)
    };
    let subjects: Vec<_> = all.iter().filter(|subject| is_selected(subject)).cloned().collect();
    if subjects.is_empty() && !all.is_empty() {
        return Err(SelectError::Nothing);
    }
    Ok(Selection { subjects, patterns, unreported: BTreeSet::new() })
}

/// The paths that a pattern matches, at least one.
pub fn matched(
    world: &World,
    all: &[Subject],
    flag: &'static str,
    pattern: &str,
) -> Result<BTreeSet<String>, SelectError> {
    let is_raw = pattern.starts_with(RAW);
    let side = || all.iter().filter(|subject| subject.is_raw() == is_raw).map(|subject| &subject.path);
    let paths: BTreeSet<String> = side().filter(|path| matches(pattern, path)).cloned().collect();
    if !paths.is_empty() || all.is_empty() {
        return Ok(paths);
    }
    let package = if is_raw { &world.plan.raw } else { &world.plan.friendly };
    let interfaces = side().filter_map(|path| Some(format!("{}.*", path.split_once('.')?.0)));
    let names: Vec<String> = side().cloned().chain(interfaces.collect::<BTreeSet<_>>()).collect();
    let near: Vec<_> = nearest_few(&shown(pattern).replace('_', "-").to_lowercase(), &names)
        .into_iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let near = if near.is_empty() { String::new() } else { format!("; the nearest are {}", near.join(", ")) };
    Err(SelectError::NoMatch { flag, pattern: shown(pattern), package: package.clone(), near })
}

/// A pattern as it is repeated in an error.
fn shown(pattern: &str) -> String {
    let start: String = pattern.chars().take(SHOWN).collect();
    if start.len() < pattern.len() { format!("{start}…") } else { start }
}

/// Whether a pattern matches all of a path.
pub fn matches(pattern: &str, path: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == path };
    let Some(mut left) = path.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(end)
}

/// Every function that can be observed: those that apps import, then the raw ones.
pub fn subjects(world: &World) -> Vec<Subject> {
    let friendly = world.plan.interfaces.iter().flat_map(|interface| friendly(world, interface));
    let raw = &world.raw;
    let raw = raw.imports.iter().flat_map(|id| {
        let interface = raw.resolve.id_of(*id).unwrap_or_default();
        raw.resolve.interfaces[*id].functions.values().map(move |function| {
            let path = raw.function_path(*id, function);
            Subject {
                path: format!("{RAW}{path}"),
                interface: interface.clone(),
                name: function.name.clone(),
                raw: BTreeSet::from([path]),
                asks_host: true,
            }
        })
    });
    friendly.chain(raw).collect()
}

fn friendly(world: &World, interface: &Interface) -> Vec<Subject> {
    let plan = &world.plan;
    let package = match interface.disposition {
        Disposition::Adapted => &plan.friendly,
        Disposition::Direct => &plan.raw,
    };
    let subject = |function: &crate::plan::Function| {
        let path = function.path(&interface.name);
        let calls = function.operation.calls();
        let raw: BTreeSet<String> = calls.iter().map(|call| call.raw.path()).collect();
        Subject {
            asks_host: !raw.is_empty() || interface.disposition == Disposition::Direct,
            // What is direct is the raw function itself.
            raw: if raw.is_empty() { BTreeSet::from([path.clone()]) } else { raw },
            interface: qualified(package, &interface.name),
            name: core_name(&function.kind, &function.name),
            path,
        }
    };
    interface.functions.iter().map(subject).collect()
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_is_held_against_the_whole_path() {
        let path = "http-req.request.send-async";
        for pattern in ["*", "http-req.*", "*.send*", "http-req.request.send-async", "*request*send*", "**", "h*c"] {
            assert!(matches(pattern, path), "{pattern}");
        }
        for pattern in ["", "http-req", "http-req.request.send", "send*", "*.send", "kv-store.*", "*async.*", "*x*"] {
            assert!(!matches(pattern, path), "{pattern}");
        }
    }

    #[test]
    fn parts_do_not_overlap() {
        assert!(!matches("ab*ba", "aba"));
        assert!(matches("ab*ba", "abba"));
        assert!(!matches("*aa*aa*", "aaa"));
    }

    #[test]
    fn a_long_pattern_is_matched_at_once() {
        let pattern = "*a".repeat(5_000);
        assert!(!matches(&pattern, &"a".repeat(4_999)));
        assert!(matches(&pattern, &"a".repeat(5_000)));
    }
}
