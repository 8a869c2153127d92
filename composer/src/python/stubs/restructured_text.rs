//! Docs as reStructuredText, which the tools that read docstrings expect.

use crate::markdown::{self, Block, Content, Form, Span, Targets};

/// The blocks of a doc; sections and targets have places of their own in a docstring.
pub(super) fn lines<'b>(targets: &Targets, blocks: impl Iterator<Item = &'b Block>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut item_before = None;
    for block in blocks {
        let (item, text) = match &block.content {
            Content::Text { indent, marker, text } if marker.is_empty() => {
                let indent = " ".repeat(*indent);
                (None, markdown::wrap(&inline(targets, text), &indent, &indent))
            }
            Content::Text { indent, marker, text } => {
                let marker = marker.replace(['*', '+'], "-");
                let first = format!("{}{marker}", " ".repeat(*indent));
                (Some(*indent), markdown::wrap(&inline(targets, text), &first, &" ".repeat(first.len())))
            }
            Content::Verbatim { form, lines } => (None, verbatim(targets, *form, lines)),
            Content::Section(_) | Content::Definition { .. } => continue,
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
fn verbatim(targets: &Targets, form: Form, kept: &[String]) -> Vec<String> {
    let first = kept.first().map(String::as_str).unwrap_or_default();
    let inner: Vec<&str> = match form {
        Form::Heading => return vec![format!("**{}**", inline(targets, first.trim_start_matches(['#', ' '])))],
        Form::Quote => {
            let text: Vec<_> = kept.iter().map(|line| line.trim_start_matches(['>', ' '])).collect();
            return markdown::wrap(&inline(targets, &text.join(" ")), "    ", "    ");
        }
        Form::Code => {
            let is_fence = |line: &&String| ["```", "~~~"].iter().any(|fence| line.trim_start().starts_with(fence));
            let lines = kept.iter().filter(|line| !is_fence(line));
            lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect()
        }
        Form::Other => kept.iter().map(String::as_str).collect(),
    };
    let inner = inner.into_iter().map(|line| format!("    {line}").trim_end().to_owned());
    ["::".to_owned(), String::new()].into_iter().chain(inner).collect()
}

/// Code, links and emphasis; what else means something to reStructuredText is escaped.
pub(super) fn inline(targets: &Targets, text: &str) -> String {
    let mut out = String::new();
    let mut is_after_markup = false;
    for span in markdown::spans(text, targets) {
        let (more, is_markup) = match span {
            Span::Text(text) => (escaped(&text), false),
            Span::Code(code) => (format!("``{code}``"), true),
            Span::Emphasis(text) => (format!("*{text}*"), true),
            Span::Strong(text) => (format!("**{text}**"), true),
            Span::Link { text, target } => (link(&text, &target), true),
        };
        // Markup begins and ends where a word does.
        let is_glued = out.ends_with(char::is_alphanumeric) && is_markup
            || is_after_markup && more.starts_with(|c: char| c.is_alphanumeric() || is_markup);
        if is_glued {
            out.push_str("\\ ");
        }
        out.push_str(&more);
        is_after_markup = is_markup;
    }
    out
}

fn link(text: &str, target: &str) -> String {
    let is_web = target.starts_with("https://") || target.starts_with("http://");
    if is_web { format!("`{text} <{target}>`__") } else { format!("``{text}``") }
}

/// Text, with what means something to reStructuredText escaped.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let ends_word =
            c == '_' && out.ends_with(char::is_alphanumeric) && !rest.peek().is_some_and(|next| next.is_alphanumeric());
        if ends_word || ['\\', '*', '|', '`'].contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
