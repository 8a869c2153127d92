//! Docstrings: what is said of an item, and fields for parameters, results and exceptions.

use super::restructured_text;
use crate::markdown::{self, Block, Targets};
use crate::prose::escape;

/// A docstring that is being put together.
pub(super) struct Docstring {
    targets: Targets,
    /// What is said of the item.
    pub(super) blocks: Vec<Block>,
    /// `param key` and what is said of it.
    fields: Vec<(String, String)>,
}

impl Docstring {
    /// Of a doc in Markdown.
    pub(super) fn new(docs: Option<&str>) -> Self {
        let blocks = markdown::parse(docs.unwrap_or_default());
        Self { targets: markdown::targets(&blocks), blocks, fields: Vec::new() }
    }

    /// Adds a field, such as `returns`.
    pub(super) fn field(&mut self, name: impl Into<String>, text: &str) {
        self.fields.push((name.into(), text.to_owned()));
    }

    /// The lines of source, at this depth; none where there is nothing to say.
    pub(super) fn source(&self, depth: usize) -> Vec<String> {
        let mut lines = restructured_text::lines(&self.targets, self.blocks.iter());
        if !lines.is_empty() && !self.fields.is_empty() {
            lines.push(String::new());
        }
        for (name, text) in &self.fields {
            let text = restructured_text::inline(&self.targets, text);
            lines.extend(markdown::wrap(&text, &format!(":{name}: "), "    "));
        }
        quoted(&lines, depth)
    }
}

/// Lines of text as a docstring.
fn quoted(lines: &[String], depth: usize) -> Vec<String> {
    let indent = "    ".repeat(depth);
    let lines: Vec<_> = lines.iter().map(|line| escape(line)).collect();
    let on = |line: &String| if line.is_empty() { String::new() } else { format!("{indent}{}", line.trim_end()) };
    match lines.as_slice() {
        [] => Vec::new(),
        // A quotation mark at the end would be one of the closing ones.
        [only] if !only.ends_with('"') => vec![format!("{indent}\"\"\"{only}\"\"\"")],
        [first, rest @ ..] => {
            let first = format!("{indent}\"\"\"{first}");
            [first].into_iter().chain(rest.iter().map(on)).chain([format!("{indent}\"\"\"")]).collect()
        }
    }
}
