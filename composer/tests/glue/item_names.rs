//! An interface for each name and each place where a WIT has a name: what the composer takes must compile.
//!
//! The names are those that mean something in one of the languages between: WIT, Rust, what wit-bindgen writes, the glue
//! and Python.

use composer::bundle::{World, WorldError};
use wit_parser::Resolve;

use crate::rule_pairs::letters;

/// Those that mean something as the name of a function, a parameter, a field or a module.
const NAMES: &[&str] = &[
    // Rust's keywords, and those that it keeps for later.
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    // What wit-bindgen's code and the glue have.
    "alloc",
    "core",
    "std",
    "drop",
    "handle",
    "from-handle",
    "take-handle",
    "into-handle",
    "new",
    "rep",
    "raw",
    "bits",
    "answer",
    "converted",
    "cursor",
    "held",
    "kept",
    "limit",
    "raw-options",
    "raw-self",
    "raw-thing",
    "rest",
    "size",
    "value",
    "lift-thing",
    "adapter-runtime",
    "kind",
    "base",
    "bindings",
    "exports",
    "imports",
    // WIT's keywords.
    "flags",
    "func",
    "future",
    "interface",
    "list",
    "map",
    "package",
    "record",
    "stream",
    "tuple",
    "variant",
    "world",
    "include",
    "with",
    "import",
    "export",
    "constructor",
    // Python's.
    "and",
    "assert",
    "class",
    "def",
    "del",
    "elif",
    "except",
    "finally",
    "global",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "print",
    "int",
    "bytes",
    "cls",
    "typing",
    "app",
    "adapter",
    "entry",
    "bridge",
];

/// Those that mean something as the name of a type or a case.
const CAMEL: &[&str] = &[
    "box",
    "self",
    "super",
    "type",
    "union",
    "clone",
    "copy",
    "debug",
    "default",
    "drop",
    "err",
    "error",
    "from",
    "into",
    "none",
    "ok",
    "option",
    "result",
    "send",
    "sync",
    "some",
    "str",
    "string",
    "t",
    "to-owned",
    "to-string",
    "u8",
    "vec",
    "iterator",
    "handle",
    "guest",
    "guest-thing",
    "guest-pot",
    "guest-borrow",
    "borrow",
    "own",
    "resource",
    "bits",
    "empty",
    "glue-thing",
    "glue-pot",
    "make-thing",
    "limit",
    "fit",
    "failure",
    "list",
    "map",
    "stream",
    "int",
    "bytes",
    "enum",
];

/// Where a name stands, whether it is that of a type or a case, and what an interface has with it.
const PLACES: &[(&str, bool, &str)] = &[
    ("case", true, "  enum role { %@, other }\n  ask: func(role: role) -> result<role, error>;\n"),
    (
        "variant-case",
        true,
        "  variant role { %@(u32), other(string) }\n  ask: func(role: role) -> result<role, error>;\n",
    ),
    ("field", false, "  record role { %@: option<u32>, other: list<u8> }\n  ask: func() -> result<role, error>;\n"),
    (
        "option-field",
        false,
        "  record role { %@: option<u32>, %other: option<string> }\n  ask: func(role: role) -> result<_, error>;\n",
    ),
    ("flag", true, "  flags role { %@, other }\n  ask: func(role: role) -> result<role, error>;\n"),
    ("enum", true, "  enum %@ { one, two }\n  ask: func(of: %@) -> result<option<%@>, error>;\n"),
    ("record", true, "  record %@ { one: u32 }\n  ask: func(of: %@) -> result<option<%@>, error>;\n"),
    ("variant", true, "  variant %@ { one(string), two }\n  ask: func(of: %@) -> result<option<%@>, error>;\n"),
    ("flags", true, "  flags %@ { one, two }\n  ask: func(of: %@) -> result<option<%@>, error>;\n"),
    ("alias", true, "  type %@ = list<string>;\n  ask: func(of: %@) -> result<option<%@>, error>;\n"),
    (
        "resource",
        true,
        "  resource %@ { make: static func() -> %@; look: func() -> u32; }\n  ask: func(of: %@) -> result<option<%@>, error>;\n",
    ),
    ("method", false, "  resource pot { %@: func(of: list<string>) -> result<string, error>; }\n"),
    ("static", false, "  resource pot { %@: static func(of: u32) -> result<string, error>; }\n"),
    ("function", false, "  %@: func(of: string) -> result<string, error>;\n"),
    ("parameter", false, "  ask: func(thing: borrow<thing>, %@: string, other: list<u8>) -> result<string, error>;\n"),
    (
        "handle-parameter",
        false,
        "  ask: func(%@: thing, others: list<borrow<thing>>, max-len: u64) -> result<string, error>;\n",
    ),
    (
        "buffer-parameter",
        false,
        "  ask: func(%@: option<borrow<thing>>, max-len: u64, cursor: u32) -> result<tuple<string, option<u32>>, error>;\n",
    ),
];

/// The world of all that the composer takes, and how much it takes and refuses.
pub fn world() -> (World, usize, usize) {
    let mut all = Vec::new();
    for (place, is_camel, items) in PLACES {
        let names = if *is_camel { CAMEL } else { NAMES };
        let named = names.iter().enumerate();
        all.extend(named.map(|(at, name)| (format!("%in-{place}-{}", letters(at)), items.replace('@', name))));
    }
    let ask = "  ask: func(of: list<string>, max-len: u64) -> result<string, error>;\n";
    all.extend(NAMES.iter().map(|name| (format!("%{name}"), ask.to_owned())));
    let (mut taken, mut refused) = (Vec::new(), 0);
    // What is another name in the same scope is no test of this one.
    for interface in all.into_iter().filter(|interface| wit(std::slice::from_ref(interface)).is_some()) {
        match derived(std::slice::from_ref(&interface)) {
            Ok(_) => taken.push(interface),
            Err(WorldError::Refused(_)) => refused += 1,
            Err(error) => panic!("{interface:?}: {error}"),
        }
    }
    let world = derived(&taken).unwrap_or_else(|error| panic!("all names together: {error}"));
    (world, taken.len(), refused)
}

/// The package, if it is WIT: some names are twice in one scope.
fn wit(interfaces: &[(String, String)]) -> Option<Resolve> {
    let body =
        |(name, items): &(String, String)| format!("interface {name} {{\n  use errors.{{error, thing}};\n{items}}}\n");
    let bodies: String = interfaces.iter().map(body).collect();
    let imports: String = interfaces.iter().map(|(name, _)| format!("  import {name};\n")).collect();
    let text = format!(
        "package acme:raw@1.0.0;\n\ninterface errors {{\n  variant error {{ missing, too-small(u64) }}\n  resource thing {{}}\n  eat: func(thing: thing) -> result<_, error>;\n  pages: func(max-len: u64, cursor: u32) -> result<tuple<string, option<u32>>, error>;\n}}\n{bodies}\nworld names {{\n  import errors;\n{imports}}}\n"
    );
    let mut resolve = Resolve::default();
    resolve.push_source("raw.wit", &text).ok()?;
    Some(resolve)
}

fn derived(interfaces: &[(String, String)]) -> Result<World, WorldError> {
    let rules = "[errors]\ndefault = \"errors.error\"\n\n[buffers]\nsize-parameter = \"max-len\"\ncursor-parameter = \"cursor\"\ntoo-small = [\"errors.error.too-small\"]\n";
    World::new(wit(interfaces).expect("it is WIT"), "names", rules)
}
