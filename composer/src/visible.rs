//! Text out of files that nobody vouches for, made fit to be shown.
//!
//! A terminal obeys control characters, and characters that turn the direction of text show it in another order than
//! it has. Both are written as escapes.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Text of several lines, with escapes in the place of all that a terminal would obey.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_obeyed(c) && !['\n', '\t'].contains(&c), |out, c| out.extend(c.escape_default()))
}

/// Likewise for a name, which has one line.
pub fn visible_name(name: &str) -> Cow<'_, str> {
    escaped(name, is_obeyed, |out, c| out.extend(c.escape_default()))
}

/// Likewise for JSON, which stays what it is: such characters stand only in its strings, and its lines.
pub fn visible_json(text: &str) -> Cow<'_, str> {
    let escape = |out: &mut String, c: char| {
        // All of them are of the first plane. Writing to a string cannot fail.
        let _ = write!(out, "\\u{:04x}", u32::from(c));
    };
    escaped(text, |c| is_obeyed(c) && c != '\n', escape)
}

fn escaped(text: &str, is_to: impl Fn(char) -> bool, escape: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(&is_to) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| if is_to(c) { escape(&mut out, c) } else { out.push(c) });
    Cow::Owned(out)
}

/// Control characters, and those that turn the direction of what follows.
fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}
