//! Errors of TOML, with as much of a long line as one can read.

use super::RulesError;

/// How much of a line of the file is shown.
const WIDTH: usize = 100;

/// How much is told of what the parser says: it may list all the keys that there are.
const SAID: usize = 1000;

/// The error of what the parser refuses.
pub(super) fn refused(error: &toml::de::Error) -> RulesError {
    RulesError::Parse { message: told(error), at: error.span() }
}

/// What the parser says, with the place: of a long line, what is around it.
fn told(error: &toml::de::Error) -> String {
    let whole = error.to_string();
    let mut lines: Vec<String> = whole.trim_end().lines().map(str::to_owned).collect();
    // The parser shows a line of the file as `3 | text`, and below it where in it the error is.
    if let (Some(_), [_, _, shown, marks, ..]) = (error.span(), lines.as_mut_slice()) {
        around(shown, marks);
    }
    lines.iter().map(|line| start(line)).collect::<Vec<_>>().join("\n")
}

/// Cuts a line around the marks below it.
fn around(shown: &mut String, marks: &mut String) {
    let gutter = marks.find('|').map_or(0, |bar| bar + 2);
    let at = marks.chars().take_while(|c| *c != '^').count().saturating_sub(gutter);
    let text: Vec<char> = shown.chars().skip(gutter).collect();
    if text.len() <= WIDTH {
        return;
    }
    let from = at.saturating_sub(WIDTH / 2).min(text.len() - WIDTH);
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    let part: String = text.iter().skip(from).take(WIDTH).collect();
    let left: String = shown.chars().take(gutter).collect();
    *shown = format!("{left}{}{part}{}", cut(from > 0), cut(from + WIDTH < text.len()));
    let count = marks.matches('^').count().min((from + WIDTH).saturating_sub(at)).max(1);
    let indent = at - from + usize::from(from > 0);
    let left: String = marks.chars().take(gutter).collect();
    *marks = format!("{left}{}{}", " ".repeat(indent), "^".repeat(count));
}

/// The start of a line; what the parser says of a key has the key in it, however long that is.
fn start(line: &str) -> String {
    if line.chars().count() <= SAID {
        return line.to_owned();
    }
    format!("{}…", line.chars().take(SAID).collect::<String>())
}
