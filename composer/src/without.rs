//! The rules file without one of its lines, and what the app then sees.

use std::fmt::Write as _;

use similar::TextDiff;
use thiserror::Error;
use toml::{Table, Value};

use crate::bundle::World;
use crate::glue::{self, GlueError};

/// Why a line cannot be left out.
#[derive(Debug, Error)]
pub enum WithoutError {
    /// The rules are no TOML.
    #[error("cannot read the rules: {message}")]
    Parse {
        /// What the parser says.
        message: String,
    },
    /// There is no such line.
    #[error(
        "the rules have no line `{rule}`{hint}; name a table or a line of it, as `rename.\"store.take\"` or `text.values.\"store.take\"`"
    )]
    NoLine {
        /// What was asked for.
        rule: String,
        /// What there is like it.
        hint: String,
    },
    /// The guests are compiled for it.
    #[error(
        "without `{rule}` the {guests} would be other code, and these guests were compiled with it; build guests without it, and use those:\n  composer guests --without '{rule}' --sources adapter --out guests-without\n  composer --guests guests-without {command}"
    )]
    Guests {
        /// The line.
        rule: String,
        /// Which of the guests.
        guests: &'static str,
        /// What was asked for.
        command: &'static str,
    },
    /// The glue cannot be written.
    #[error(transparent)]
    Glue(#[from] GlueError),
}

/// How many lines of a table may be named where the one that was asked for is not there.
const NEAR: usize = 5;

/// The text of rules without one line: a table, a key of one, or an item of a list.
pub fn without(rules: &str, rule: &str) -> Result<String, WithoutError> {
    let mut table: Table =
        rules.parse().map_err(|error: toml::de::Error| WithoutError::Parse { message: error.message().to_owned() })?;
    let plain = rule.replace(['"', '\''], "");
    if !remove(&mut table, &plain) {
        let mut all = Vec::new();
        lines(&table, "", &mut all);
        let last = plain.rsplit('.').next().unwrap_or_default();
        let near = all.iter().filter(|line| line.contains(last)).take(NEAR);
        let near: Vec<_> = near.map(|line| format!("`{line}`")).collect();
        let hint = if near.is_empty() { String::new() } else { format!("; there is {}", near.join(", ")) };
        return Err(WithoutError::NoLine { rule: rule.to_owned(), hint });
    }
    toml::to_string(&table).map_err(|error| WithoutError::Parse { message: error.to_string() })
}

/// Removes what is at a path: keys have dots, so a path may be split at any of them.
fn remove(table: &mut Table, path: &str) -> bool {
    if table.remove(path).is_some() {
        return true;
    }
    let keys: Vec<String> = table.keys().cloned().collect();
    keys.iter().any(|key| {
        let Some(rest) = path.strip_prefix(key.as_str()).and_then(|rest| rest.strip_prefix('.')) else { return false };
        match table.get_mut(key) {
            Some(Value::Table(inner)) => remove(inner, rest),
            Some(Value::Array(items)) => {
                let place = items.iter().position(|item| item.as_str() == Some(rest));
                place.map(|place| items.remove(place)).is_some()
            }
            Some(Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_))
            | None => false,
        }
    })
}

/// Every line that can be named.
fn lines(table: &Table, before: &str, to: &mut Vec<String>) {
    for (key, value) in table {
        let key = if key.contains('.') { format!("\"{key}\"") } else { key.clone() };
        let line = if before.is_empty() { key } else { format!("{before}.{key}") };
        match value {
            Value::Table(inner) => lines(inner, &line, to),
            Value::Array(items) => {
                to.extend(items.iter().filter_map(Value::as_str).map(|item| format!("{line}.\"{item}\"")));
            }
            Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
        }
        to.push(line);
    }
}

/// Refuses a line that the guests are compiled with; `command` is what needs them.
pub fn check(with: &World, without: &World, rule: &str, command: &'static str) -> Result<(), WithoutError> {
    // Where the WIT is says nothing of the code.
    let glue =
        |world: &World| Ok::<_, GlueError>([glue::adapter(&world.plan, "wit")?, glue::entry(&world.plan, "wit")?]);
    let ([adapter, entry], [other_adapter, other_entry]) = (glue(with)?, glue(without)?);
    let guests = match (adapter == other_adapter, entry == other_entry) {
        (true, true) => return Ok(()),
        (false, true) => "adapter",
        (true, false) => "entry",
        (false, false) => "adapter and the entry",
    };
    Err(WithoutError::Guests { rule: rule.to_owned(), guests, command })
}

/// What changes for the app: the lines of the friendly WIT that go, and those that come.
pub fn changes(with: &World, without: &World, rule: &str) -> String {
    let (old, new) = (&with.friendly.text, &without.friendly.text);
    let mut out = String::new();
    // Writing to a string cannot fail.
    if old == new {
        let _ = writeln!(out, "without `{rule}` the app sees the same world");
        return out;
    }
    let _ = writeln!(out, "without `{rule}` the app sees this instead:");
    for hunk in TextDiff::from_lines(old.as_str(), new.as_str()).unified_diff().context_radius(0).iter_hunks() {
        let at = hunk.ops().first().map_or(0, |op| op.new_range().start);
        let interface = new.lines().take(at + 1).filter_map(|line| line.strip_prefix("interface ")).last();
        let interface = interface.map_or("", |line| line.trim_end_matches(" {"));
        let _ = writeln!(out, "\n{interface}");
        for change in hunk.iter_changes() {
            let _ = writeln!(out, "{}{}", change.tag(), change.value().trim_end_matches('\n'));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "[rename]\n\"a.b\" = \"c\"\n\"a.b.c\" = \"d\"\n[text]\nvalues = [\"a.b\", \"x.y\"]\n[groups.\"a.info\"]\nof = \"a.b\"\n";

    #[test]
    fn a_line_is_a_table_a_key_or_an_item() {
        for (rule, gone, stays) in [
            ("rename.\"a.b\"", "\"a.b\" = \"c\"", "\"a.b.c\" = \"d\""),
            ("rename.a.b.c", "\"a.b.c\" = \"d\"", "\"a.b\" = \"c\""),
            ("text.values.\"x.y\"", "x.y", "\"a.b\""),
            ("groups.\"a.info\"", "a.info", "values"),
            ("text", "values", "rename"),
        ] {
            let left = without(RULES, rule).unwrap_or_else(|error| panic!("{error}"));
            assert!(!left.contains(gone) && left.contains(stays), "{rule}\n{left}");
        }
    }

    #[test]
    fn a_line_that_is_not_there_is_told_what_there_is() {
        let error = without(RULES, "text.values.\"a.y\"").expect_err("there is none").to_string();
        assert!(error.contains("there is `text.values.\"x.y\"`"), "{error}");
        assert!(without(RULES, "zzz").is_err() && without("[", "a").is_err() && without(RULES, "").is_err());
    }
}
