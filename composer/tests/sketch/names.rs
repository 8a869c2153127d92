//! Names, and docs that speak of them: those that a reader of WIT expects, and some that Python or the composer mind.

use std::collections::BTreeSet;

use proptest::sample::Index;

/// Interfaces.
pub const INTERFACES: [&str; 8] = ["yard", "types", "http-in", "gates", "shelf", "key-store", "wind", "class"];
/// How many of the types, functions and parts below, the last ones, are refused: bindings need them for themselves.
pub const REFUSED: usize = 1;
/// Types.
pub const TYPES: [&str; 17] = [
    "crane",
    "crate",
    "gate",
    "state",
    "entry",
    "stock",
    "order",
    "bill",
    "ship",
    "list-of",
    "kind",
    "mode",
    "row-book",
    "error",
    "pass",
    "result-of",
    "optional",
];
/// Functions.
pub const FUNCTIONS: [&str; 20] = [
    "open",
    "get-name",
    "get-state",
    "set-name",
    "lift",
    "crane-lift",
    "crane-drop",
    "count",
    "close",
    "new",
    "load-all",
    "find",
    "is-open",
    "gate-open",
    "wait-ms",
    "yard-size",
    "import",
    "describe",
    "as-crate",
    "str",
];
/// Parameters, fields and cases.
pub const PARTS: [&str; 16] = [
    "name",
    "key",
    "value",
    "count",
    "at",
    "width",
    "from",
    "to",
    "load",
    "note",
    "kind",
    "timeout-ms",
    "body",
    "none",
    "limit",
    "self",
];
/// What items say of themselves.
pub const DOCS: [&str; 8] = [
    "Gets the `name`.",
    "Sets the `value` of the `crate`, which must not be `none`.",
    "The `state`; see `get-name` and `yard.open`.\n\n- one `count`\n- two <b> & \"quotes\"",
    "Returns `ok(none)` if there is no `key`, and `err(error.missing)` otherwise.",
    "If `max-len` is too small, fails with `too-small`, and the buffer length that is needed.",
    "Takes milliseconds.\n\n```\nlet x = open(\"a\\b\");\n```",
    "| Value | Meaning |\n| ----- | ------- |\n| `0` | *nothing* |",
    "A `list<u8>` of `borrow<crane>`: **all** of \"\"\"them\"\"\" at [a place](https://example.com/?a=1&b=2)",
];

/// One of these names that was not given yet; with a letter behind it where it was.
pub fn fresh(pick: &Index, pool: &[&str], taken: &mut BTreeSet<String>) -> String {
    let name = *pick.get(pool);
    let others = ('b'..='z').map(|letter| format!("{name}-{letter}"));
    let free = [name.to_owned()].into_iter().chain(others).find(|name| !taken.contains(name));
    let name = free.unwrap_or_else(|| format!("{name}-{}", "x".repeat(taken.len() + 1)));
    taken.insert(name.clone());
    name
}

/// A doc comment.
pub fn docs(pick: &Option<Index>, indent: &str) -> String {
    let Some(pick) = pick else { return String::new() };
    pick.get(&DOCS).lines().map(|line| format!("{indent}/// {line}\n")).collect()
}
