//! Blocks as a doc again. What flows is wrapped; tables and code stay as they are.

use super::blocks::{Block, Content};

/// How long a line may get.
const WIDTH: usize = 88;

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

/// Breaks a text into lines, outside of code.
pub(crate) fn wrap(text: &str, first: &str, rest: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in words(text) {
        let fits = line.chars().count() + 1 + word.chars().count() <= WIDTH;
        if !is_empty && !fits && !begins_block(word) {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}

/// Whether a word at the start of a line would begin a list, a heading, a quotation or a table.
fn begins_block(word: &str) -> bool {
    let number = word.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let is_numbered = number.len() < word.len() && [".", ")"].contains(&number);
    is_numbered || ["-", "*", "+"].contains(&word) || word.starts_with(['#', '|', '>'])
}

/// The words of a text; a span of code is one, whatever is in it.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut in_code = false;
    let is_paired = text.matches('`').count().is_multiple_of(2);
    for (at, c) in text.char_indices() {
        if c == '`' && is_paired {
            in_code = !in_code;
        } else if c == ' ' && !in_code {
            words.push(&text[start..at]);
            start = at + 1;
        }
    }
    words.push(&text[start..]);
    words.retain(|word| !word.is_empty());
    words
}
