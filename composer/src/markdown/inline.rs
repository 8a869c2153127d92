//! The spans of a text: code, links and emphasis.

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, Tag};

use super::Targets;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Span {
    /// Words, without what marks them up.
    Text(String),
    /// What stands between backticks.
    Code(String),
    /// What is stressed.
    Emphasis(String),
    /// What is stressed strongly.
    Strong(String),
    /// A link.
    Link {
        /// What is read.
        text: String,
        /// Where it leads.
        target: String,
    },
}

/// What the parser makes of a source whose links may be defined elsewhere. HTML is text: docs of interfaces have
/// types such as `list<u8>` outside of code.
pub(crate) fn events<'t>(source: &'t str, targets: &'t Targets) -> impl Iterator<Item = Event<'t>> {
    let defined = |link: BrokenLink<'t>| {
        let target = targets.get(&link.reference.to_lowercase())?;
        Some((CowStr::from(target.as_str()), CowStr::from("")))
    };
    let parser = Parser::new_with_broken_link_callback(source, Options::ENABLE_TABLES, Some(defined));
    parser.map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(_)
        | Event::End(_)
        | Event::Text(_)
        | Event::Code(_)
        | Event::InlineMath(_)
        | Event::DisplayMath(_)
        | Event::FootnoteReference(_)
        | Event::SoftBreak
        | Event::HardBreak
        | Event::Rule
        | Event::TaskListMarker(_) => event,
    })
}

/// What a text has before it while it is parsed: so that it begins no list, no heading and no table.
const LEAD: &str = "x ";

/// Takes the text of a block apart.
pub(crate) fn spans(text: &str, targets: &Targets) -> Vec<Span> {
    let source = format!("{LEAD}{text}");
    let mut spans = vec![Span::Text(String::new())];
    // How deep the event is in a span, whose text is flat.
    let mut depth = 0;
    for event in events(&source, targets) {
        match event {
            Event::Start(tag) => {
                if let Some(span) = opened(&tag) {
                    depth += 1;
                    if depth == 1 {
                        spans.push(span);
                    }
                }
            }
            Event::End(tag) => {
                use pulldown_cmark::TagEnd::{Emphasis, Image, Link, Strikethrough, Strong, Subscript, Superscript};
                if matches!(tag, Emphasis | Strong | Strikethrough | Superscript | Subscript | Link | Image) {
                    depth -= 1;
                    if depth == 0 {
                        spans.push(Span::Text(String::new()));
                    }
                }
            }
            Event::Code(code) if depth == 0 => {
                spans.extend([Span::Code(code.into_string()), Span::Text(String::new())]);
            }
            Event::Code(text)
            | Event::Text(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::FootnoteReference(text) => push(&mut spans, &text),
            Event::SoftBreak | Event::HardBreak => push(&mut spans, " "),
            Event::Rule | Event::TaskListMarker(_) => {}
        }
    }
    if let Some(Span::Text(first)) = spans.first_mut() {
        *first = first.strip_prefix(LEAD).unwrap_or_default().to_owned();
    }
    spans.retain(|span| !matches!(span, Span::Text(text) if text.is_empty()));
    spans
}

/// The span that a tag opens; none where it opens a block.
fn opened(tag: &Tag<'_>) -> Option<Span> {
    match tag {
        Tag::Emphasis | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => Some(Span::Emphasis(String::new())),
        Tag::Strong => Some(Span::Strong(String::new())),
        Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
            Some(Span::Link { text: String::new(), target: dest_url.to_string() })
        }
        Tag::Paragraph
        | Tag::Heading { .. }
        | Tag::BlockQuote(_)
        | Tag::CodeBlock(_)
        | Tag::HtmlBlock
        | Tag::List(_)
        | Tag::Item
        | Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition
        | Tag::Table(_)
        | Tag::TableHead
        | Tag::TableRow
        | Tag::TableCell
        | Tag::MetadataBlock(_) => None,
    }
}

fn push(spans: &mut [Span], more: &str) {
    if let Some(
        Span::Text(text) | Span::Code(text) | Span::Emphasis(text) | Span::Strong(text) | Span::Link { text, .. },
    ) = spans.last_mut()
    {
        text.push_str(more);
    }
}
