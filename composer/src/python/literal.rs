//! Values as Python spells them.

/// A string.
pub(super) fn text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A string, or nothing.
pub(super) fn optional(value: Option<&str>) -> String {
    value.map_or_else(|| "None".to_owned(), text)
}

/// A tuple of values.
pub(super) fn tuple(values: &[String]) -> String {
    match values {
        [one] => format!("({one},)"),
        values => format!("({})", values.join(", ")),
    }
}

/// A list of values, one a line, at this depth.
pub(super) fn list(values: &[String], depth: usize) -> String {
    lines("[", values.iter().cloned(), "]", depth)
}

/// A dictionary, an item a line, at this depth.
pub(super) fn dict(items: &[(String, String)], depth: usize) -> String {
    lines("{", items.iter().map(|(key, value)| format!("{key}: {value}")), "}", depth)
}

fn lines(open: &str, items: impl Iterator<Item = String>, close: &str, depth: usize) -> String {
    let (inner, outer) = ("    ".repeat(depth + 1), "    ".repeat(depth));
    let items: String = items.map(|item| format!("{inner}{item},\n")).collect();
    if items.is_empty() { format!("{open}{close}") } else { format!("{open}\n{items}{outer}{close}") }
}
