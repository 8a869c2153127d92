//! The Markdown of a doc, taken apart into blocks and put together again.
//!
//! Only as much of it as docs of interfaces use. What flows is unwrapped, so that sentences are seen
//! whole, and wrapped again; tables and code stay as they are.

/// How long a line may get.
const WIDTH: usize = 88;

/// How far code is indented.
const CODE: usize = 4;

/// A block, and whether a blank line comes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) spaced: bool,
    pub(crate) body: Body,
}

/// What a block holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
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
    Verbatim(Vec<String>),
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

/// The sections of a docstring.
const SECTIONS: [&str; 3] = ["Args:", "Attributes:", "Returns:"];

impl Block {
    /// A paragraph.
    pub(crate) fn paragraph(text: String) -> Self {
        Self { spaced: true, body: Body::Text { indent: 0, marker: String::new(), text } }
    }

    /// A section: a title, and entries of a name and a text each.
    pub(crate) fn section(title: &str, entries: &[(String, String)]) -> Self {
        let mut lines = vec![title.to_owned()];
        for (name, text) in entries {
            let entry = if text.is_empty() { name.clone() } else { format!("{name}: {text}") };
            lines.extend(wrap(&entry, "    ", "        "));
        }
        Self { spaced: true, body: Body::Section(lines) }
    }

    /// Whether it is a section of this title.
    pub(crate) fn is_section(&self, title: &str) -> bool {
        matches!(&self.body, Body::Section(lines) if lines.first().is_some_and(|line| line == title))
    }

    /// The flowing text, if that is what it is.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text { text, .. } => Some(text),
            Body::Verbatim(_) | Body::Section(_) | Body::Definition { .. } => None,
        }
    }

    fn is_definition(&self) -> bool {
        matches!(self.body, Body::Definition { .. })
    }
}

/// Takes a doc apart.
pub(crate) fn parse(doc: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut spaced = false;
    let mut fence: Option<String> = None;
    for line in doc.lines() {
        let (line, indent) = (line.trim_end(), line.len() - line.trim_start().len());
        let content = line.trim_start();
        let last = blocks.last_mut().map(|block| &mut block.body);
        match (&fence, last) {
            (Some(open), Some(Body::Verbatim(lines))) => {
                lines.push(line.to_owned());
                if content.starts_with(open.as_str()) {
                    fence = None;
                }
                continue;
            }
            (None, _) if content.is_empty() => {
                spaced = true;
                continue;
            }
            (None, Some(Body::Section(lines))) if !spaced && indent > 0 => {
                lines.push(line.to_owned());
                continue;
            }
            (None, Some(Body::Verbatim(lines))) if !spaced && goes_on(lines, line) => {
                lines.push(line.to_owned());
                continue;
            }
            (None, Some(Body::Text { text, .. })) if !spaced && starts_nothing(content) => {
                text.push(' ');
                text.push_str(content);
                continue;
            }
            (Some(_) | None, _) => {}
        }
        if content.starts_with("```") {
            fence = Some("```".to_owned());
        }
        let is_in_list = blocks.last().is_some_and(|block| match &block.body {
            Body::Text { indent, marker, .. } => *indent > 0 || !marker.is_empty(),
            Body::Verbatim(_) | Body::Section(_) | Body::Definition { .. } => false,
        });
        let is_code = indent >= CODE && !is_in_list && (spaced || blocks.is_empty());
        let body = if is_code { Body::Verbatim(vec![line.to_owned()]) } else { start(line, content, indent) };
        blocks.push(Block { spaced: std::mem::take(&mut spaced), body });
    }
    blocks
}

/// Whether a line belongs to the table, the quote or the code before it.
fn goes_on(lines: &[String], line: &str) -> bool {
    let first = lines.first().map(String::as_str).unwrap_or_default();
    let indent = " ".repeat(CODE);
    ["|", ">", &indent].iter().any(|start| first.starts_with(start) && line.starts_with(start))
}

/// Whether a line only goes on with the paragraph above it.
fn starts_nothing(content: &str) -> bool {
    marker(content).is_none()
        && definition(content).is_none()
        && !content.starts_with(['|', '#', '>'])
        && !content.starts_with("```")
        && !SECTIONS.contains(&content)
}

fn start(line: &str, content: &str, indent: usize) -> Body {
    if content.starts_with(['|', '#', '>']) || content.starts_with("```") {
        return Body::Verbatim(vec![line.to_owned()]);
    }
    if SECTIONS.contains(&content) {
        return Body::Section(vec![content.to_owned()]);
    }
    if let Some((label, target)) = definition(content) {
        return Body::Definition { label: label.to_owned(), target: target.to_owned() };
    }
    match marker(content) {
        Some(length) => {
            let (marker, text) = content.split_at(length);
            Body::Text { indent, marker: format!("{} ", marker.trim_end()), text: text.to_owned() }
        }
        None => Body::Text { indent, marker: String::new(), text: content.to_owned() },
    }
}

/// How long the marker of a list item is, with the space after it.
fn marker(content: &str) -> Option<usize> {
    let digits = content.bytes().take_while(u8::is_ascii_digit).count();
    let bullet = if digits > 0 { content.get(digits..digits + 1)? } else { content.get(..1)? };
    let fits = if digits > 0 { [".", ")"].contains(&bullet) } else { ["-", "*", "+"].contains(&bullet) };
    (fits && content.get(digits + 1..)?.starts_with(' ')).then(|| {
        let after = &content[digits + 1..];
        digits + 1 + after.len() - after.trim_start().len()
    })
}

fn definition(content: &str) -> Option<(&str, &str)> {
    let (label, target) = content.strip_prefix('[')?.split_once("]: ")?;
    (!label.contains(']')).then(|| (label, target.trim()))
}

/// Puts a doc together; none where nothing is left of it.
pub(crate) fn render(blocks: &[Block]) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let follows = index.checked_sub(1).and_then(|before| blocks.get(before));
        let is_packed = block.is_definition() && follows.is_some_and(Block::is_definition);
        // A definition has a blank line before it even where something was put before it.
        if (block.spaced || block.is_definition()) && !is_packed && !lines.is_empty() {
            lines.push(String::new());
        }
        match &block.body {
            Body::Text { indent, marker, text } => {
                let first = format!("{}{marker}", " ".repeat(*indent));
                lines.extend(wrap(text, &first, &" ".repeat(first.len())));
            }
            Body::Verbatim(kept) | Body::Section(kept) => lines.extend(kept.iter().cloned()),
            Body::Definition { label, target } => lines.push(format!("[{label}]: {target}")),
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
        // At the start of a line, a dash would begin a list.
        let must_stay = marker(&format!("{word} ")).is_some() || word.starts_with(['#', '|']);
        if !is_empty && !fits && !must_stay {
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

/// Adds a block before the definitions of links, which come last.
pub(crate) fn insert(blocks: &mut Vec<Block>, block: Block) {
    let trailing = blocks.iter().rev().take_while(|block| block.is_definition()).count();
    blocks.insert(blocks.len() - trailing, block);
}

/// Drops the definitions that nothing refers to any more.
pub(crate) fn drop_unused_definitions(blocks: &mut Vec<Block>) {
    let texts: Vec<String> = blocks.iter().map(|block| searchable(&block.body)).collect();
    let is_used = |label: &str| {
        let reference = format!("[{}]", label.to_lowercase());
        texts.iter().any(|text| text.contains(&reference))
    };
    blocks.retain(|block| match &block.body {
        Body::Definition { label, .. } => is_used(label),
        Body::Text { .. } | Body::Verbatim(_) | Body::Section(_) => true,
    });
}

fn searchable(body: &Body) -> String {
    match body {
        Body::Text { text, .. } => text.to_lowercase(),
        Body::Verbatim(lines) => lines.join(" ").to_lowercase(),
        Body::Section(lines) => {
            let words: Vec<_> = lines.iter().map(|line| line.trim()).collect();
            words.join(" ").to_lowercase()
        }
        Body::Definition { .. } => String::new(),
    }
}
