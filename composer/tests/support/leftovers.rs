//! What no doc for Python has.

/// Wherever it stands.
pub const LEFTOVERS: [&str; 26] = [
    "ok(",
    "err(",
    "some(",
    "`none`",
    "`true`",
    "`false`",
    "max-len",
    "buffer-len",
    "NUL",
    "::",
    "`u8`",
    "u16",
    "u32",
    "u64",
    "s32",
    "hostcall",
    "list<",
    "option<",
    "result<",
    "tuple<",
    "Tuple[",
    "nanosecond",
    "millisecond",
    "TODO",
    "extensib",
    "cache-override`",
];

/// What of it a text has.
pub fn leftovers(text: &str) -> impl Iterator<Item = &'static str> {
    LEFTOVERS.into_iter().filter(move |leftover| text.contains(leftover))
}
