//! Names as WIT spells them: a keyword gets a `%` in front.
//!
//! `wit-encoder` does so itself for a name by itself and for the keywords that it knows. It does not know `map`, and
//! the names in `acme:raw/list` are none by themselves. What has its `%` already is printed as it is.

/// The keywords of `wit-parser`.
const KEYWORDS: [&str; 43] = [
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "f32",
    "f64",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
    "world",
];

/// A name.
pub(super) fn ident(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("%{name}") } else { name.to_owned() }
}

/// The full name of an interface, `namespace:package/interface@version`, or a name by itself.
pub(super) fn path(full: &str) -> String {
    let Some((package, interface)) = full.split_once('/') else { return ident(full) };
    let (interface, version) = match interface.split_once('@') {
        Some((interface, version)) => (interface, format!("@{version}")),
        None => (interface, String::new()),
    };
    let package: Vec<_> = package.split(':').map(ident).collect();
    format!("{}/{}{version}", package.join(":"), ident(interface))
}
