//! RuleUsage about how raw functions are called: how often, and what is checked before.

use serde::Deserialize;

use super::{RuleUsage, Rules};

/// What a list of handles must be.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct HandleRules {
    /// It must not be empty.
    pub at_least_one: bool,
    /// No handle may be in it twice.
    pub distinct: bool,
}

impl Rules {
    /// Whether one of these lines makes the adapter itself fail where this function is called.
    pub fn may_fail(&self, path: &str) -> bool {
        let text = self.text.bodies.iter().any(|line| line == path);
        let handles = self.handles.keys().any(|line| line.rsplit_once('.').is_some_and(|(of, _)| of == path));
        let pairs = self.pairs.values().any(|pairs| pairs.names == path || pairs.values == path);
        self.complete.contains_key(path) || self.read_all.contains_key(path) || text || handles || pairs
    }
}

impl<'a> RuleUsage<'a> {
    /// The name of the function that takes some of its bytes, where the usual one takes all of them.
    pub fn complete(&self, path: &str) -> Option<&'a String> {
        self.ask("complete", &self.rules.complete, path)
    }

    /// The name of the function that reads to the end, beside the one that reads once.
    pub fn read_all(&self, path: &str) -> Option<&'a String> {
        self.ask("read-all", &self.rules.read_all, path)
    }

    /// What the list of handles at this path must be, if anything.
    pub fn handles(&self, path: &str) -> Option<HandleRules> {
        self.ask("handles", &self.rules.handles, path).copied()
    }

    /// Whether this function answers with a handle to read text from, and the text is what is wanted.
    pub fn is_text_body(&self, path: &str) -> bool {
        self.listed("text.bodies", &self.rules.text.bodies, path)
    }
}
