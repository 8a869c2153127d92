//! Blocks as a doc again. What flows is wrapped; tables and code stay as they are.

use super::blocks::{Block, Content};
use super::wrap::wrap;

/// Puts a doc together; none where nothing is left of it.
pub(crate) fn write(blocks: &[Block]) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let follows = index.checked_sub(1).and_then(|before| blocks.get(before));
        let is_packed = block.is_definition() && follows.is_some_and(Block::is_definition);
        // A definition has a blank line before it even where something was put before it.
        if (block.spaced || block.is_definition()) && !is_packed && !lines.is_empty() {
            lines.push(String::new());
        }
        match &block.content {
            Content::Text { indent, marker, text } => {
                let first = format!("{}{marker}", " ".repeat(*indent));
                lines.extend(wrap(text, &first, &" ".repeat(first.len())));
            }
            Content::Verbatim { lines: kept, .. } | Content::Section(kept) => lines.extend(kept.iter().cloned()),
            Content::Definition { label, target } => lines.push(format!("[{label}]: {target}")),
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}
