//! Docs as reStructuredText, which the tools that read docstrings expect.

use std::collections::BTreeMap;

use crate::prose::blocks::{self, Block, Body};

/// Targets of links by label.
pub(super) type Targets = BTreeMap<String, String>;

/// The targets of a doc's links.
pub(super) fn targets(blocks: &[Block]) -> Targets {
    let definitions = blocks.iter().filter_map(|block| match &block.body {
        Body::Definition { label, target } => Some((label.to_lowercase(), target.clone())),
        Body::Text { .. } | Body::Verbatim(_) | Body::Section(_) => None,
    });
    definitions.collect()
}

/// The blocks of a doc; sections and targets have places of their own in a docstring.
pub(super) fn lines<'b>(targets: &Targets, blocks: impl Iterator<Item = &'b Block>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut item_before = None;
    for block in blocks {
        let (item, text) = match &block.body {
            Body::Text { indent, marker, text } if marker.is_empty() => {
                let indent = " ".repeat(*indent);
                (None, blocks::wrap(&inline(targets, text), &indent, &indent))
            }
            Body::Text { indent, marker, text } => {
                let marker = marker.replace(['*', '+'], "-");
                let first = format!("{}{marker}", " ".repeat(*indent));
                (Some(*indent), blocks::wrap(&inline(targets, text), &first, &" ".repeat(first.len())))
            }
            Body::Verbatim(kept) => (None, verbatim(targets, kept)),
            Body::Section(_) | Body::Definition { .. } => continue,
        };
        // Items follow each other, and all else is set apart, a list within a list too.
        if !lines.is_empty() && (item.is_none() || item != item_before) {
            lines.push(String::new());
        }
        lines.extend(text);
        item_before = item;
    }
    lines
}

/// A heading, a quotation, a table or code.
fn verbatim(targets: &Targets, kept: &[String]) -> Vec<String> {
    let first = kept.first().map(String::as_str).unwrap_or_default();
    if first.starts_with('#') {
        return vec![format!("**{}**", inline(targets, first.trim_start_matches(['#', ' '])))];
    }
    if first.starts_with('>') {
        let text: Vec<_> = kept.iter().map(|line| line.trim_start_matches(['>', ' '])).collect();
        return blocks::wrap(&inline(targets, &text.join(" ")), "    ", "    ");
    }
    let inner = kept.iter().filter(|line| !line.trim_start().starts_with("```"));
    let inner = inner.map(|line| format!("    {}", line.strip_prefix("    ").unwrap_or(line)).trim_end().to_owned());
    ["::".to_owned(), String::new()].into_iter().chain(inner).collect()
}

/// Code, links and emphasis; what else means something to reStructuredText is told not to.
pub(super) fn inline(targets: &Targets, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if let Some((span, after)) = span(targets, rest) {
            // Markup ends where a word does.
            let glued = out.chars().next_back().is_some_and(char::is_alphanumeric);
            out.push_str(if glued { "\\ " } else { "" });
            out.push_str(&span);
            out.push_str(if after.starts_with(char::is_alphanumeric) { "\\ " } else { "" });
            rest = after;
            continue;
        }
        let ends_word = c == '_' && out.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        if ends_word || ['\\', '*', '|', '`'].contains(&c) {
            out.push('\\');
        }
        out.push(c);
        rest = after;
    }
    out
}

/// What is marked up at the start of a text, and what comes after it.
fn span<'t>(targets: &Targets, text: &'t str) -> Option<(String, &'t str)> {
    if let Some(inner) = text.strip_prefix('`') {
        let (inner, after) = inner.split_once('`')?;
        return Some((format!("``{inner}``"), after));
    }
    if let Some(inner) = text.strip_prefix('[') {
        let (label, after) = inner.split_once(']')?;
        let direct = after.strip_prefix('(').and_then(|after| after.split_once(')'));
        let (target, after) = match direct {
            Some((target, after)) => (target, after),
            None => (targets.get(&label.to_lowercase())?.as_str(), after),
        };
        let label = label.replace('`', "");
        let is_web = target.starts_with("https://") || target.starts_with("http://");
        return Some((if is_web { format!("`{label} <{target}>`__") } else { format!("``{label}``") }, after));
    }
    let sign = if text.starts_with("**") { "**" } else { "*" };
    let (inner, after) = text.strip_prefix(sign)?.split_once(sign)?;
    let is_emphasis = !inner.is_empty() && !inner.starts_with(' ') && !inner.ends_with(' ');
    is_emphasis.then(|| (format!("{sign}{inner}{sign}"), after))
}
