//! The blocks of a doc.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::wrap::wrap;

/// A block, and whether a blank line comes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) spaced: bool,
    pub(crate) content: Content,
}

/// What a block holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text that flows: a paragraph, or an item of a list.
    Text {
        /// How far it is indented.
        indent: usize,
        /// `- ` or `1. ` where it is an item; else empty.
        marker: String,
        /// Its lines in one.
        text: String,
    },
    /// Lines that stay as they are.
    Verbatim {
        /// What they are.
        form: Form,
        /// The lines of the source.
        lines: Vec<String>,
    },
    /// `Attributes:` or the like, and the indented lines below it.
    Section(Vec<String>),
    /// `[label]: target`
    Definition {
        /// What a reference names.
        label: String,
        /// Where it leads.
        target: String,
    },
}

/// What lines are that stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Code, fenced or indented.
    Code,
    /// A heading.
    Heading,
    /// A quotation.
    Quote,
    /// A table, HTML or a rule.
    Other,
}

/// The sections of a docstring.
const SECTIONS: [&str; 3] = ["Args:", "Attributes:", "Returns:"];

impl Block {
    /// A paragraph.
    pub(crate) fn paragraph(text: String) -> Self {
        Self { spaced: true, content: Content::Text { indent: 0, marker: String::new(), text } }
    }

    /// A section: a title, and entries of a name and a text each.
    pub(crate) fn section(title: &str, entries: &[(String, String)]) -> Self {
        let mut lines = vec![title.to_owned()];
        for (name, text) in entries {
            let entry = if text.is_empty() { name.clone() } else { format!("{name}: {text}") };
            lines.extend(wrap(&entry, "    ", "        "));
        }
        Self { spaced: true, content: Content::Section(lines) }
    }

    /// Whether it is a section of this title.
    pub(crate) fn is_section(&self, title: &str) -> bool {
        matches!(&self.content, Content::Section(lines) if lines.first().is_some_and(|line| line == title))
    }

    /// The flowing text, if that is what it is.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text { text, .. } => Some(text),
            Content::Verbatim { .. } | Content::Section(_) | Content::Definition { .. } => None,
        }
    }

    pub(super) fn is_definition(&self) -> bool {
        matches!(self.content, Content::Definition { .. })
    }
}

/// Takes a doc apart.
pub(crate) fn parse(doc: &str) -> Vec<Block> {
    let parser = Parser::new_ext(doc, Options::ENABLE_TABLES);
    let definitions = parser.reference_definitions().iter().map(|(_, definition)| definition.span.clone());
    let definitions: Vec<_> = definitions.collect();
    let mut reader = Reader { doc, found: Vec::new(), leaf: 0, item: None, tight: None };
    definitions.into_iter().for_each(|span| reader.definition(span));
    for (event, range) in parser.into_offset_iter() {
        reader.event(&event, range);
    }
    reader.found.sort_by_key(|(start, _)| *start);
    let blocks = reader.found.into_iter();
    blocks.map(|(start, content)| Block { spaced: follows_blank_line(doc, start), content }).collect()
}

/// Puts blocks together from the events of the parser.
struct Reader<'d> {
    doc: &'d str,
    /// The blocks so far, each with where it starts.
    found: Vec<(usize, Content)>,
    /// How deep the event is in a block that is taken as a whole.
    leaf: usize,
    /// Where the item of a list starts whose marker no block has yet.
    item: Option<usize>,
    /// The text of an item that is no paragraph of its own.
    tight: Option<Range<usize>>,
}

impl Reader<'_> {
    fn event(&mut self, event: &Event<'_>, range: Range<usize>) {
        // A block that is taken as a whole has its text already.
        if self.leaf > 0 {
            self.leaf += usize::from(matches!(event, Event::Start(_)));
            self.leaf -= usize::from(matches!(event, Event::End(_)));
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(TagEnd::Item) => {
                self.flush();
                if let Some(start) = self.item {
                    self.text(start + self.doc[start..range.end].trim_end().len()..range.end);
                }
            }
            Event::End(_) => {}
            Event::Rule => self.verbatim(Form::Other, range),
            Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::TaskListMarker(_) => self.extend(range),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::List(_) => self.flush(),
            Tag::Item => self.item = Some(range.start),
            Tag::Paragraph => {
                self.leaf = 1;
                self.text(range);
            }
            Tag::CodeBlock(_) => self.leaf(Form::Code, range),
            Tag::Heading { .. } => self.leaf(Form::Heading, range),
            Tag::BlockQuote(_) => self.leaf(Form::Quote, range),
            Tag::HtmlBlock
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::MetadataBlock(_) => self.leaf(Form::Other, range),
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. } => {
                self.leaf = 1;
                self.extend(range);
            }
        }
    }

    fn extend(&mut self, range: Range<usize>) {
        let start = self.tight.take().map_or(range.start, |tight| tight.start);
        self.tight = Some(start..range.end);
    }

    fn flush(&mut self) {
        if let Some(tight) = self.tight.take() {
            self.text(tight);
        }
    }

    fn leaf(&mut self, form: Form, range: Range<usize>) {
        self.leaf = 1;
        self.verbatim(form, range);
    }

    fn verbatim(&mut self, form: Form, range: Range<usize>) {
        self.flush();
        self.item = None;
        let lines = self.lines(&range);
        self.found.push((range.start, Content::Verbatim { form, lines }));
    }

    /// The lines of the source, whole.
    fn lines(&self, range: &Range<usize>) -> Vec<String> {
        let source = &self.doc[line_start(self.doc, range.start)..range.end];
        source.trim_end().lines().map(|line| line.trim_end().to_owned()).collect()
    }

    fn text(&mut self, range: Range<usize>) {
        let start = self.item.take().unwrap_or(range.start);
        let start = start + self.doc[start..].find(|c| c != ' ').unwrap_or_default();
        let marker = self.doc[start..range.start.max(start)].trim();
        let lines = self.lines(&range);
        let content = if marker.is_empty() && lines.first().is_some_and(|line| SECTIONS.contains(&line.as_str())) {
            Content::Section(lines)
        } else {
            let text: Vec<_> = self.doc[range].lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            let marker = if marker.is_empty() { String::new() } else { format!("{marker} ") };
            Content::Text { indent: start - line_start(self.doc, start), marker, text: text.join(" ") }
        };
        self.found.push((start, content));
    }

    fn definition(&mut self, span: Range<usize>) {
        let source = self.doc[span.clone()].trim();
        if let Some((label, target)) = source.strip_prefix('[').and_then(|source| source.split_once("]:")) {
            let content = Content::Definition { label: label.to_owned(), target: target.trim().to_owned() };
            self.found.push((span.start, content));
        }
    }
}

fn line_start(doc: &str, at: usize) -> usize {
    doc[..at].rfind('\n').map_or(0, |end| end + 1)
}

fn follows_blank_line(doc: &str, at: usize) -> bool {
    doc[..line_start(doc, at)].lines().next_back().is_some_and(|line| line.trim().is_empty())
}
