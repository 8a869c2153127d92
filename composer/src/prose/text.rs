//! Flowing text: its sentences, and the spans of code in them.

/// A stretch of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Words.
    Words(String),
    /// What stands between backticks.
    Code(String),
}

impl Piece {
    /// The code, if it is code.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Code(code) => Some(code),
            Self::Words(_) => None,
        }
    }

    /// The words, if it is words.
    pub(crate) fn words(&self) -> Option<&str> {
        match self {
            Self::Words(words) => Some(words),
            Self::Code(_) => None,
        }
    }
}

/// Takes a sentence apart: words, code, words, …; an unpaired backtick is a word.
pub(crate) fn pieces(sentence: &str) -> Vec<Piece> {
    let parts: Vec<&str> = sentence.split('`').collect();
    let mut pieces = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let is_code = index % 2 == 1;
        if is_code && index + 1 < parts.len() {
            pieces.push(Piece::Code((*part).to_owned()));
        } else if is_code {
            pieces.push(Piece::Words(format!("`{part}")));
        } else {
            pieces.push(Piece::Words((*part).to_owned()));
        }
    }
    pieces
}

/// Puts a sentence together, without the blanks that a removal leaves behind.
pub(crate) fn join(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Code(code) => {
                text.push('`');
                text.push_str(code);
                text.push('`');
            }
        }
    }
    while text.contains("  ") {
        text = text.replace("  ", " ");
    }
    for stop in [".", ",", ";"] {
        text = text.replace(&format!(" {stop} "), &format!("{stop} "));
    }
    let text = text.trim();
    text.strip_suffix(" .").map_or_else(|| text.to_owned(), |text| format!("{text}."))
}

/// What ends in a full stop without ending a sentence.
const ABBREVIATIONS: [&str; 7] = ["e.g", "i.e", "etc", "vs", "al", "cf", "approx"];

/// The sentences of a text.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut in_code = false;
    let mut stop: Option<usize> = None;
    for (at, c) in text.char_indices() {
        if c == '`' {
            in_code = !in_code;
        }
        if let Some(stopped) = stop
            && c.is_whitespace()
        {
            let rest = text[at..].trim_start();
            if starts_sentence(rest) && !is_abbreviation(&text[start..stopped]) {
                sentences.push(text[start..at].trim());
                start = at;
            }
        }
        stop = match c {
            '.' | '!' | '?' if !in_code => Some(at),
            // What closes after the stop belongs to the sentence.
            ')' | '"' | '”' | '*' | ']' | '’' if stop.is_some() => stop,
            _ => None,
        };
    }
    sentences.push(text[start..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn starts_sentence(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || "`[(“\"*".contains(c))
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(', '“', '"']).next().unwrap_or_default();
    ABBREVIATIONS.contains(&word)
}

/// A text as one sentence or several, with a full stop.
pub(crate) fn stopped(text: &str) -> String {
    let text = text.trim_end();
    let said = text.trim_end_matches([')', '"', '”', '*']);
    if said.is_empty() || said.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

/// A text with a capital at its start, unless that is code.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `a` or `an`, as what follows is spoken.
pub(crate) fn article(name: &str) -> &'static str {
    let word = name.trim_start_matches('`').to_lowercase();
    let is_spelled_out = word.starts_with("http") || word.starts_with("h2");
    if is_spelled_out || word.starts_with(['a', 'e', 'i', 'o']) || word.starts_with("un") { "an" } else { "a" }
}

/// `one`, `one or two`, `one, two or three`.
pub(crate) fn either(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// An identifier as words.
pub(crate) fn spoken(name: &str) -> String {
    name.replace('-', " ")
}
