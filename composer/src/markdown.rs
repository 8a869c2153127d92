//! Docs in Markdown: their blocks, and the spans of a text. CommonMark is read by `pulldown-cmark`; a docstring's
//! sections, which CommonMark does not know, are told apart here.

mod blocks;
mod inline;
mod wrap;
mod write;

use std::collections::BTreeMap;

pub(crate) use blocks::{Block, Content, Form, parse};
pub(crate) use inline::{Span, events, spans};
pub(crate) use wrap::wrap;
pub(crate) use write::write;

/// Targets of links by label, in lower case.
pub(crate) type Targets = BTreeMap<String, String>;

/// The targets of a doc's links.
pub(crate) fn targets(blocks: &[Block]) -> Targets {
    let definitions = blocks.iter().filter_map(|block| match &block.content {
        Content::Definition { label, target } => Some((label.to_lowercase(), target.clone())),
        Content::Text { .. } | Content::Verbatim { .. } | Content::Section(_) => None,
    });
    definitions.collect()
}

/// Adds a block before the definitions of links, which come last.
pub(crate) fn insert(blocks: &mut Vec<Block>, block: Block) {
    let trailing = blocks.iter().rev().take_while(|block| block.is_definition()).count();
    blocks.insert(blocks.len() - trailing, block);
}

/// Drops the definitions that nothing refers to any more.
pub(crate) fn drop_unused_definitions(blocks: &mut Vec<Block>) {
    let texts: Vec<String> = blocks.iter().map(|block| searchable(&block.content)).collect();
    let is_used = |label: &str| {
        let reference = format!("[{}]", label.to_lowercase());
        texts.iter().any(|text| text.contains(&reference))
    };
    blocks.retain(|block| match &block.content {
        Content::Definition { label, .. } => is_used(label),
        Content::Text { .. } | Content::Verbatim { .. } | Content::Section(_) => true,
    });
}

fn searchable(content: &Content) -> String {
    match content {
        Content::Text { text, .. } => text.to_lowercase(),
        Content::Verbatim { lines, .. } => lines.join(" ").to_lowercase(),
        Content::Section(lines) => {
            let words: Vec<_> = lines.iter().map(|line| line.trim()).collect();
            words.join(" ").to_lowercase()
        }
        Content::Definition { .. } => String::new(),
    }
}
