//! A function for each pair of rules: its signature is one that both rules are about, and the rules name it.
//!
//! Each pair is derived by itself, to see whether the composer takes it. Those that it takes are the interfaces of one
//! world, so that their bindings and their glue are compiled once.

use std::collections::BTreeMap;

use composer::bundle::{World, WorldError};
use wit_parser::Resolve;

/// What a rule wants of the function that it names, and its lines.
#[derive(Debug, Clone, Copy)]
struct RuleUse {
    /// The table, and what of it.
    name: &'static str,
    site: Site,
    /// Lines of tables; `@` is the interface, `%` the path of what is named.
    lines: &'static [(&'static str, &'static str)],
}

/// What a line is about.
#[derive(Debug, Clone, Copy)]
enum Site {
    /// What the function gives is of this type.
    Answer(&'static str),
    /// It has a parameter of this type.
    Param(&'static str),
    /// It takes this, and gives that.
    Both(&'static str, &'static str),
    /// It fails with this error.
    Error(&'static str),
    /// Any function.
    Function,
}

const fn rule(name: &'static str, site: Site, lines: &'static [(&'static str, &'static str)]) -> RuleUse {
    RuleUse { name, site, lines }
}

const TUPLE: &[(&str, &str)] =
    &[("records.\"@.pair\"", "at = [\"%\"]\ndocs = \"Two.\"\nfields = { a = \"A.\", b = \"B.\" }")];
const PACKED: &[(&str, &str)] = &[(
    "records.\"@.packed\"",
    "at = [\"%\"]\ndocs = \"Two.\"\nfields = { on = \"On.\", b = \"B.\" }\nflags = [\"on\"]",
)];
const CHOICE: &[(&str, &str)] =
    &[("choices.\"@.choice\"", "at = [\"%\"]\ndocs = \"One.\"\ncases = { one = { is = 1, docs = \"1.\" } }")];

/// All of them. A type that begins with `own` of the interface's resource is a handle.
const RULES: &[RuleUse] = &[
    rule("seconds", Site::Answer("u64"), &[("seconds", "\"%\" = \"ms\"")]),
    rule("seconds of a parameter", Site::Param("u32"), &[("seconds", "\"%\" = \"s\"")]),
    rule("text of bytes", Site::Answer("list<u8>"), &[("text", "values = [\"%\"]")]),
    rule("text of a parameter", Site::Param("list<u8>"), &[("text", "values = [\"%\"]")]),
    rule("text variant", Site::Answer("list<u8>"), &[("text", "variants = [\"%\"]")]),
    rule("text variant of options", Site::Answer("option<list<u8>>"), &[("text", "variants = [\"%\"]")]),
    rule("text variant of a list", Site::Answer("list<list<u8>>"), &[("text", "variants = [\"%\"]")]),
    rule("joined by spaces", Site::Answer("string"), &[("joined", "\"%\" = \"space\"")]),
    rule("joined by NULs", Site::Answer("string"), &[("joined", "\"%\" = \"nul\"")]),
    rule("bytes joined by spaces", Site::Answer("list<u8>"), &[("joined", "\"%\" = \"space\"")]),
    rule("bytes joined by NULs", Site::Answer("list<u8>"), &[("joined", "\"%\" = \"nul\"")]),
    rule("joined bytes of a parameter", Site::Param("list<u8>"), &[("joined", "\"%\" = \"space\"")]),
    rule("joined texts of a parameter", Site::Param("string"), &[("joined", "\"%\" = \"nul\"")]),
    rule("record of a tuple", Site::Answer("tuple<u32, string>"), TUPLE),
    rule("record of a tuple that is a parameter", Site::Param("tuple<u32, string>"), TUPLE),
    rule("record of a text", Site::Answer("string"), PACKED),
    rule("choices", Site::Answer("u32"), CHOICE),
    rule("choices of a parameter", Site::Param("u8"), CHOICE),
    rule("flags", Site::Answer("u32"), &[("flags", "values = [\"%\"]")]),
    rule("flags of a parameter", Site::Param("u8"), &[("flags", "values = [\"%\"]")]),
    rule("address", Site::Answer("address"), &[("addresses", "types = [\"@.address\"]")]),
    rule("address of a parameter", Site::Param("address"), &[("addresses", "types = [\"@.address\"]")]),
    rule("buffers", Site::Both("max-len: u64", "string"), &[]),
    rule("pages", Site::Both("max-len: u64, cursor: u32", "tuple<string, option<u32>>"), &[]),
    rule("pages of bytes", Site::Both("max-len: u64, cursor: u32", "tuple<list<u8>, option<u32>>"), &[]),
    rule(
        "absent",
        Site::Answer("option<string>"),
        &[("absent.\"%\"", "errors = [\"missing\"]\nempty = true\nwhy = \"It is.\"")],
    ),
    rule(
        "absent and not optional",
        Site::Answer("string"),
        &[("absent.\"%\"", "errors = [\"missing\"]\nempty = true\nwhy = \"It is.\"")],
    ),
    rule("absent by error", Site::Function, &[("absent.\"%\"", "errors = [\"missing\"]\nwhy = \"It is.\"")]),
    rule("remember", Site::Function, &[("remember", "\"%\" = \"It is said once.\"")]),
    rule("rename", Site::Function, &[("rename", "\"%\" = \"other\"")]),
    rule(
        "move",
        Site::Function,
        &[("move", "\"@.thing\" = \"home-of-@\"\n\"@.shade\" = \"home-of-@\"\n\"@.address\" = \"home-of-@\"")],
    ),
    rule("hold", Site::Answer("option<ink>"), &[("hold", "\"%\" = \"@.ink.is-dry\"")]),
    rule("handle", Site::Answer("thing"), &[]),
    rule("taken handle", Site::Param("ink"), &[]),
    rule(
        "lent handles",
        Site::Param("list<borrow<thing>>"),
        &[("handles", "\"%\" = { at-least-one = true, distinct = true }")],
    ),
    rule("options", Site::Param("choices-made"), &[]),
    rule("split", Site::Param("fate"), &[("split.\"%\"", "keep = \"keep\"\nsend = \"send\"")]),
    rule("complete", Site::Both("bytes: list<u8>", "u32"), &[("complete", "\"%\" = \"write-some\"")]),
    rule("read-all", Site::Both("size: u32", "list<u8>"), &[("read-all", "\"%\" = \"read-everything\"")]),
    rule(
        "groups",
        Site::Function,
        &[(
            "groups.\"@.thing.facts\"",
            "record = \"all-facts\"\ndocs = \"All.\"\nrecord-docs = \"All.\"\nmissing = [\"types.error.missing\"]\nkeep = [\"one\"]\nmembers = { one = \"%\", other = \"@.thing.weight\" }",
        )],
    ),
    rule(
        "pairs",
        Site::Both("max-len: u64, cursor: u32", "tuple<string, option<u32>>"),
        &[("pairs.\"@.thing.everything\"", "names = \"%\"\nvalues = \"@.thing.value\"\ndocs = \"All.\"")],
    ),
    rule("details", Site::Error("detailed"), &[]),
    rule("details with seconds", Site::Error("detailed"), &[("seconds", "\"@.numbers.after-ms\" = \"ms\"")]),
    rule("error with a placeholder", Site::Error("open-error"), &[]),
    rule("no error", Site::Error("none"), &[]),
    rule("shade", Site::Answer("shade"), &[]),
];

/// Types, what they need, and what is written where a function or a rule is about one.
const ITEMS: &[(&str, &[&str], &str)] = &[
    ("shade", &[], "enum shade { light, dark, green }"),
    (
        "address",
        &[],
        "variant address { ipv4(tuple<u8, u8, u8, u8>), ipv6(tuple<u16, u16, u16, u16, u16, u16, u16, u16>) }",
    ),
    ("extra-reason", &["shade"], "resource extra-reason { what: func() -> shade; }"),
    ("open-error", &["extra-reason"], "variant open-error { missing, busy, too-small(u64), open(extra-reason) }"),
    ("numbers", &["shade", "address"], "record numbers { after-ms: u64, shade: shade, origin: option<address> }"),
    ("reason", &["numbers"], "variant reason { full, closed(numbers) }"),
    ("detailed", &["reason"], "record detailed { detail: option<reason>, error: error }"),
    ("choices-made", &[], "record choices-made { size: u32, label: option<string> }"),
    ("paint", &["choices-made"], "paint: func(options: choices-made) -> result<_, error>;"),
    ("fate", &["paint"], "variant fate { keep, send(choices-made) }"),
    ("ink", &[], "resource ink { is-dry: func() -> bool; }\n  blot: func(ink: ink) -> result<_, error>;"),
];

/// Those that a text names, with what they need.
fn items(text: &str) -> Vec<&'static str> {
    let words: Vec<_> = text.split(|at: char| !(at.is_alphanumeric() || at == '-')).collect();
    let mut wanted: Vec<&str> = ITEMS.iter().map(|item| item.0).filter(|name| words.contains(name)).collect();
    let mut place = 0;
    while let Some(name) = wanted.get(place) {
        let needs = ITEMS.iter().filter(|item| item.0 == *name).flat_map(|item| item.1);
        let needs: Vec<_> = needs.filter(|need| !wanted.contains(need)).copied().collect();
        wanted.extend(needs);
        place += 1;
    }
    wanted
}

/// A pair that the composer takes.
pub struct Pair {
    /// The two rules.
    pub rules: [&'static str; 2],
    wit: String,
    lines: Lines,
}

type Lines = BTreeMap<&'static str, Vec<String>>;

/// Each pair of rules that one function can have, and how many the composer refuses.
pub fn pairs() -> (Vec<Pair>, usize) {
    let (mut taken, mut refused) = (Vec::new(), 0);
    for (place, first) in RULES.iter().enumerate() {
        for (other, second) in RULES.iter().enumerate().skip(place) {
            let interface = format!("pair-{}-{}", letters(place), letters(other));
            let Some(pair) = pair(&interface, first, second) else { continue };
            match world(std::slice::from_ref(&pair)) {
                Ok(_) => taken.push(pair),
                Err(error @ (WorldError::Wit(_) | WorldError::Bundle { .. } | WorldError::Read(_))) => {
                    panic!("{:?}: {error}\n{}", pair.rules, pair.wit)
                }
                // Two lines of one table with one key.
                Err(WorldError::Rules(_)) => {}
                Err(WorldError::Refused(refusals)) => {
                    eprintln!("{:?}: {refusals}", pair.rules);
                    refused += 1;
                }
            }
        }
    }
    (taken, refused)
}

/// A number as letters, as a part of a WIT name begins with one.
pub fn letters(number: usize) -> String {
    let digit = |value: usize| char::from(b'a' + u8::try_from(value % 26).expect("it is below 26"));
    [digit(number / 26), digit(number)].into_iter().collect()
}

/// The function that both rules are about, if there can be one.
fn pair(interface: &str, first: &RuleUse, second: &RuleUse) -> Option<Pair> {
    let is_one = std::ptr::eq(first, second);
    let rules: &[&RuleUse] = if is_one { &[first] } else { &[first, second] };
    let (mut params, mut answer, mut error) = (Vec::new(), None, None);
    for (place, rule) in rules.iter().enumerate() {
        let param = |ty: &str| format!("p{}: {ty}", letters(place));
        let (given, gives) = match rule.site {
            Site::Answer(ty) => (None, Some(ty)),
            Site::Param(ty) => (Some(param(ty)), None),
            Site::Both(given, ty) => (Some(given.to_owned()), Some(ty)),
            Site::Error(ty) if error.replace(ty).is_some() => return None,
            Site::Error(_) | Site::Function => (None, None),
        };
        params.extend(given);
        if let Some(gives) = gives
            && answer.replace(gives).is_some_and(|other| other != gives)
        {
            return None;
        }
    }
    params.dedup();
    let answer = answer.unwrap_or("string");
    let result = match error.unwrap_or("error") {
        "none" => answer.to_owned(),
        error => format!("result<{answer}, {error}>"),
    };
    let resource = format!(
        "  resource thing {{\n    get: func({}) -> {result};\n    weight: func() -> result<u32, error>;\n    value: func(name: string) -> result<option<string>, error>;\n  }}\n",
        params.join(", ")
    );
    let home = format!("interface home-of-{interface} {{\n  nothing: func();\n}}\n");
    let wanted = items(&resource);
    let has = |name: &str| wanted.contains(&name);
    let items = ITEMS.iter().filter(|item| has(item.0)).map(|item| format!("  {}\n", item.2));
    let items: String = items.collect();
    let wit = format!("interface {interface} {{\n  use types.{{error}};\n{items}{resource}}}\n{home}");
    let mut lines = Lines::new();
    if has("choices-made") {
        let options = format!("options.\"{interface}.choices-made\"\ndefaults = {{ size = \"1\" }}");
        lines.entry("options").or_default().push(options);
    }
    for (place, rule) in rules.iter().enumerate() {
        let function = format!("{interface}.thing.get");
        let named = match rule.site {
            Site::Param(_) if !rule.name.starts_with("split") => format!("{function}.p{}", letters(place)),
            Site::Param(_) | Site::Answer(_) | Site::Both(..) | Site::Error(_) | Site::Function => function,
        };
        for (table, line) in rule.lines {
            let filled = |text: &str| text.replace('%', &named).replace('@', interface);
            // What is not there cannot move.
            let is_there =
                |line: &&str| ITEMS.iter().all(|item| has(item.0) || !line.starts_with(&format!("\"@.{}\"", item.0)));
            let line: Vec<_> = line.lines().filter(is_there).collect();
            lines.entry(table).or_default().push(format!("{}\n{}", filled(table), filled(&line.join("\n"))));
        }
    }
    Some(Pair { rules: [first.name, second.name], wit, lines })
}

/// A world with an interface for each pair.
pub fn world(pairs: &[Pair]) -> Result<World, WorldError> {
    let interfaces: String = pairs.iter().map(|pair| pair.wit.as_str()).collect();
    let name = |pair: &Pair| pair.wit.split(' ').nth(1).expect("an interface has a name").to_owned();
    let imports = pairs.iter().map(name).map(|name| format!("  import {name};\n  import home-of-{name};\n"));
    let imports: String = imports.collect();
    let wit = format!(
        "package acme:raw@1.0.0;\n\ninterface types {{\n  variant error {{ missing, busy, too-small(u64) }}\n  resource extra-nothing;\n  pages: func(max-len: u64, cursor: u32) -> result<tuple<string, option<u32>>, error>;\n}}\n{interfaces}\nworld pairs {{\n  import types;\n{imports}}}\n"
    );
    let mut resolve = Resolve::default();
    resolve.push_source("raw.wit", &wit).unwrap_or_else(|error| panic!("{error:#}\n{wit}"));
    World::new(resolve, "pairs", &rules(pairs))
}

/// Lines of one table are one table; lists of one key are one list.
fn rules(pairs: &[Pair]) -> String {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut lists: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for line in pairs.iter().flat_map(|pair| pair.lines.values().flatten()) {
        let (table, lines) = line.split_once('\n').expect("a table, and its lines");
        for line in lines.lines() {
            match line.split_once(" = [") {
                Some((key, list)) => {
                    let list = list.trim_end_matches(']').to_owned();
                    lists.entry((table.to_owned(), key.to_owned())).or_default().push(list);
                }
                None => tables.entry(table.to_owned()).or_default().push(line.to_owned()),
            }
        }
    }
    for ((table, key), mut items) in lists {
        items.sort();
        items.dedup();
        tables.entry(table).or_default().push(format!("{key} = [{}]", items.join(", ")));
    }
    let mut text = String::from(
        "[errors]\ndefault = \"types.error\"\n\n[extra]\nprefix = \"extra-\"\n\n[buffers]\nsize-parameter = \"max-len\"\ncursor-parameter = \"cursor\"\ntoo-small = [\"types.error.too-small\"]\n",
    );
    for (table, mut lines) in tables {
        lines.sort();
        lines.dedup();
        text.push_str(&format!("\n[{table}]\n{}\n", lines.join("\n")));
    }
    text
}
