//! Docs as HTML: as much Markdown as docs of interfaces use, and the sections of docstrings.

use std::collections::BTreeMap;

use super::anchors::Place;
use super::html::{self, code, escape, link};
use crate::prose::blocks::{self, Block, Body};
use crate::prose::text::sentences;

/// Targets of links by label.
type Targets = BTreeMap<String, String>;

/// A doc. The members of a type are told by the page and not again here.
pub(super) fn render(place: &Place<'_>, doc: &str) -> String {
    let blocks = blocks::parse(doc);
    let targets = targets(&blocks);
    let mut out = String::new();
    let mut list: Option<&str> = None;
    for Block { body, .. } in &blocks {
        let wanted = match body {
            Body::Text { marker, .. } if marker.is_empty() => None,
            Body::Text { marker, .. } if marker.starts_with(|c: char| c.is_ascii_digit()) => Some("ol"),
            Body::Text { .. } => Some("ul"),
            Body::Verbatim(_) | Body::Section(_) | Body::Definition { .. } => None,
        };
        if list != wanted {
            list.iter().for_each(|tag| out.push_str(&format!("</{tag}>\n")));
            wanted.iter().for_each(|tag| out.push_str(&format!("<{tag}>\n")));
            list = wanted;
        }
        match body {
            Body::Text { text, .. } => {
                let html = inline(place, &targets, text);
                let is_note =
                    ["Raises <code>Err", "Uses up ", "To fail, raise "].iter().any(|start| html.starts_with(start));
                out.push_str(&match (wanted, is_note) {
                    (Some(_), _) => html::item(&html),
                    (None, true) => format!("<p class=\"note\">{html}</p>\n"),
                    (None, false) => format!("<p>{html}</p>\n"),
                });
            }
            Body::Verbatim(lines) => out.push_str(&verbatim(place, &targets, lines)),
            Body::Section(lines) => out.push_str(&section(place, &targets, lines)),
            Body::Definition { .. } => {}
        }
    }
    list.iter().for_each(|tag| out.push_str(&format!("</{tag}>\n")));
    out
}

/// The first sentence of a doc.
pub(super) fn summary(place: &Place<'_>, doc: &str) -> String {
    let blocks = blocks::parse(doc);
    let first = blocks.iter().find_map(Block::text).unwrap_or_default();
    let sentence = sentences(first).first().copied().unwrap_or_default().to_owned();
    // Links elsewhere would draw the eye away from the names.
    let labels = targets(&blocks).into_keys().map(|label| (label, String::new())).collect();
    inline(place, &labels, &sentence)
}

/// Text with code in it, and nothing else that is marked up.
pub(super) fn plain(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { code(part) } else { escape(part) }).collect()
}

fn targets(blocks: &[Block]) -> Targets {
    let definitions = blocks.iter().filter_map(|block| match &block.body {
        Body::Definition { label, target } => Some((label.to_lowercase(), target.clone())),
        Body::Text { .. } | Body::Verbatim(_) | Body::Section(_) => None,
    });
    definitions.collect()
}

/// A table, a heading or a block of code.
fn verbatim(place: &Place<'_>, targets: &Targets, lines: &[String]) -> String {
    let Some(first) = lines.first() else { return String::new() };
    if first.starts_with('|') {
        return table(place, targets, lines);
    }
    if first.starts_with('#') {
        return format!("<p><strong>{}</strong></p>\n", inline(place, targets, first.trim_start_matches(['#', ' '])));
    }
    if first.starts_with('>') {
        let text: Vec<_> = lines.iter().map(|line| line.trim_start_matches(['>', ' '])).collect();
        return format!("<blockquote>{}</blockquote>\n", inline(place, targets, &text.join(" ")));
    }
    let inner = lines.iter().filter(|line| !line.trim_start().starts_with("```"));
    let inner: Vec<_> = inner.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    format!("<pre><code>{}</code></pre>\n", escape(&inner.join("\n")))
}

fn table(place: &Place<'_>, targets: &Targets, lines: &[String]) -> String {
    let is_rule = |line: &&String| line.chars().all(|c| "|-: ".contains(c));
    let has_head = lines.get(1).as_ref().is_some_and(is_rule);
    let mut out = "<table>\n".to_owned();
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| !is_rule(line)) {
        let cells = line.trim_matches('|').split('|').map(|cell| inline(place, targets, cell.trim()));
        let cells: Vec<_> = cells.collect();
        let row = html::row(&cells);
        out.push_str(&if has_head && index == 0 { row.replace("<td>", "<th>").replace("</td>", "</th>") } else { row });
    }
    out.push_str("</table>\n");
    out
}

/// `Args:` as a list of names. `Attributes:` are members, which the page lists with their types.
fn section(place: &Place<'_>, targets: &Targets, lines: &[String]) -> String {
    if lines.first().is_none_or(|title| title == "Attributes:") {
        return String::new();
    }
    let mut entries: Vec<String> = Vec::new();
    for line in lines.iter().skip(1) {
        match entries.last_mut() {
            Some(entry) if line.starts_with("     ") => *entry = format!("{entry} {}", line.trim()),
            Some(_) | None => entries.push(line.trim().to_owned()),
        }
    }
    let entries = entries.iter().map(|entry| {
        let (name, text) = entry.split_once(": ").unwrap_or((entry, ""));
        format!("<dt>{}</dt>\n<dd>{}</dd>\n", code(name), inline(place, targets, text))
    });
    format!("<dl>\n{}</dl>\n", entries.collect::<String>())
}

/// Code, links and emphasis.
fn inline(place: &Place<'_>, targets: &Targets, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '[', '*']) {
        let (before, from) = rest.split_at(at);
        out.push_str(&escape(before));
        let taken = span(place, targets, from);
        rest = match taken {
            Some((html, after)) => {
                out.push_str(&html);
                after
            }
            None => {
                let (sign, after) = from.split_at(1);
                out.push_str(sign);
                after
            }
        };
    }
    out.push_str(&escape(rest));
    out
}

/// What is marked up at the start of a text, and what comes after it.
fn span<'t>(place: &Place<'_>, targets: &Targets, text: &'t str) -> Option<(String, &'t str)> {
    if let Some(inner) = text.strip_prefix('`') {
        let (inner, after) = inner.split_once('`')?;
        let html = place.find(inner).map_or_else(|| code(inner), |id| link(&id, inner));
        return Some((html, after));
    }
    if let Some(inner) = text.strip_prefix('[') {
        let (label, after) = inner.split_once(']')?;
        let direct = after.strip_prefix('(').and_then(|after| after.split_once(')'));
        let (target, after) = match direct {
            Some((target, after)) => (target.to_owned(), after),
            None => (targets.get(&label.to_lowercase())?.clone(), after),
        };
        let is_web = target.starts_with("https://") || target.starts_with("http://");
        let text = inline(place, &Targets::new(), label);
        return Some((if is_web { format!("<a href=\"{}\">{text}</a>", escape(&target)) } else { text }, after));
    }
    let (sign, tag) = if text.starts_with("**") { ("**", "strong") } else { ("*", "em") };
    let (inner, after) = text.strip_prefix(sign)?.split_once(sign)?;
    let is_emphasis = !inner.is_empty() && !inner.starts_with(' ') && !inner.ends_with(' ');
    is_emphasis.then(|| (format!("<{tag}>{}</{tag}>", inline(place, targets, inner)), after))
}
