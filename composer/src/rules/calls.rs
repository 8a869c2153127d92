//! Lines about how raw functions are called: how often, and what is checked before.

use super::{Lines, Rules};

impl Rules {
    /// Whether one of these lines makes the adapter itself fail where this function is called.
    pub fn may_fail(&self, path: &str) -> bool {
        let text = self.text.bodies.iter().any(|line| line == path);
        self.complete.contains_key(path) || self.read_all.contains_key(path) || text
    }
}

impl<'a> Lines<'a> {
    /// The name of the function that takes some of its bytes, where the usual one takes all of them.
    pub fn complete(&self, path: &str) -> Option<&'a String> {
        self.ask("complete", &self.rules.complete, path)
    }

    /// The name of the function that reads to the end, beside the one that reads once.
    pub fn read_all(&self, path: &str) -> Option<&'a String> {
        self.ask("read-all", &self.rules.read_all, path)
    }

    /// Whether this function answers with a handle to read text from, and the text is what is wanted.
    pub fn is_text_body(&self, path: &str) -> bool {
        self.listed("text.bodies", &self.rules.text.bodies, path)
    }
}
