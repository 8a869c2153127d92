//! Docs as HTML: Markdown, and the sections of docstrings.

use pulldown_cmark::html::push_html;
use pulldown_cmark::{Event, Tag, TagEnd};

use super::anchors::Place;
use super::html::{code, escape, link};
use crate::markdown::{self, Block, Content, Targets};
use crate::prose::text::sentences;

/// How the paragraphs begin that are set apart: what a function uses up, and what it raises.
const NOTES: [&str; 3] = ["<p>Raises <code>Err", "<p>Uses up ", "<p>To fail, raise "];

/// A doc. The members of a type are told by the page and not again here.
pub(super) fn render(place: &Place<'_>, doc: &str) -> String {
    let blocks = markdown::parse(doc);
    let targets = markdown::targets(&blocks);
    let stretches = blocks.chunk_by(|one, next| !is_section(one) && !is_section(next));
    stretches.map(|stretch| self::stretch(place, &targets, stretch)).collect()
}

fn is_section(block: &Block) -> bool {
    matches!(block.content, Content::Section(_))
}

/// A section, or what is between sections.
fn stretch(place: &Place<'_>, targets: &Targets, blocks: &[Block]) -> String {
    if let [Block { content: Content::Section(lines), .. }] = blocks {
        return section(place, targets, lines);
    }
    let html = markdown::write(blocks).map(|text| html(place, targets, &text)).unwrap_or_default();
    NOTES.iter().fold(html, |html, note| html.replace(note, &note.replacen("<p>", "<p class=\"note\">", 1)))
}

/// The first sentence of a doc.
pub(super) fn summary(place: &Place<'_>, doc: &str) -> String {
    let blocks = markdown::parse(doc);
    let first = blocks.iter().find_map(Block::text).unwrap_or_default();
    let sentence = sentences(first).first().copied().unwrap_or_default().to_owned();
    // Links elsewhere would draw the eye away from the names.
    let labels = markdown::targets(&blocks).into_keys().map(|label| (label, String::new())).collect();
    inline(place, &labels, &sentence)
}

/// Text with code in it, and nothing else that is marked up.
pub(super) fn plain(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { code(part) } else { escape(part) }).collect()
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

/// A text without the paragraph around it.
fn inline(place: &Place<'_>, targets: &Targets, text: &str) -> String {
    let html = html(place, targets, text);
    let inner = html.trim_end().strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    inner.unwrap_or(&html).to_owned()
}

/// Markdown as HTML. Names lead to their places, and links to pages of the web alone.
fn html(place: &Place<'_>, targets: &Targets, text: &str) -> String {
    let mut is_followed = Vec::new();
    let events = markdown::events(text, targets).flat_map(|event| match event {
        Event::Code(name) => match place.find(&name) {
            Some(id) => vec![Event::InlineHtml(link(&id, &name).into())],
            None => vec![Event::Code(name)],
        },
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            is_followed.push(["https://", "http://"].iter().any(|scheme| dest_url.starts_with(scheme)));
            if is_followed.last() == Some(&true) { vec![event] } else { Vec::new() }
        }
        Event::End(TagEnd::Link) => {
            if is_followed.pop() == Some(true) {
                vec![event]
            } else {
                Vec::new()
            }
        }
        // The page has headings of its own.
        Event::Start(Tag::Heading { .. }) => vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)],
        Event::End(TagEnd::Heading(_)) => vec![Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)],
        // Pictures would be loaded from elsewhere.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Vec::new(),
        Event::Start(_)
        | Event::End(_)
        | Event::Text(_)
        | Event::InlineMath(_)
        | Event::DisplayMath(_)
        | Event::Html(_)
        | Event::InlineHtml(_)
        | Event::FootnoteReference(_)
        | Event::SoftBreak
        | Event::HardBreak
        | Event::Rule
        | Event::TaskListMarker(_) => vec![event],
    });
    let mut html = String::new();
    push_html(&mut html, events);
    html
}
