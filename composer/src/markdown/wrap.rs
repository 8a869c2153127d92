//! Text in lines of a limited length.

/// How long a line may get.
const WIDTH: usize = 88;

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
