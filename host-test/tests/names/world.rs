//! A world that has each of the names at every place where an item has one, and what the composer says of it.

use std::collections::{BTreeMap, BTreeSet};

use composer::bundle::{World, WorldError};
use wit_parser::Resolve;

use crate::words::words;

/// What makes interfaces adapted in which nothing else changes, so that the package knows their errors.
const RULES: &str = r#"
[package]
name = "odd:names"

[docs]
"docs.told" = "Rings \u0007, turns \u202e, \u0000."
"docs.sheet" = "Rings \u0007, turns \u202e, \u0000."
"#;

/// Docs that mean something to Python between its quotation marks.
const DOCS: &str = r#"  /// Such as C:\users\x, \N{dash}, \x, \u12, """quoted""" or \
"#;

/// What an app needs to know of a world of names.
pub struct Names {
    /// The world, as it is accepted.
    pub world: World,
    /// What was refused, each with the line that helped: the table and the name.
    pub refused: BTreeMap<String, (String, String)>,
    /// The interfaces that got another name in the WIT.
    pub interfaces: BTreeSet<String>,
}

/// The world, with all that its refusals advise.
pub fn accepted() -> Names {
    let mut refused = BTreeMap::new();
    let mut interfaces = BTreeSet::new();
    loop {
        let mut resolve = Resolve::default();
        let wit = wit(&interfaces);
        resolve.push_source("names.wit", &wit).unwrap_or_else(|error| panic!("{error:#}\n{wit}"));
        match World::new(resolve, "service", &rules(&refused)) {
            Ok(world) => return Names { world, refused, interfaces },
            // One at a time, as a line may lift several.
            Err(WorldError::Refused(refusals)) => {
                let said = refusals.all().first().expect("something is refused").error.to_string();
                follow(&said, &mut refused, &mut interfaces);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Does what a refusal says; a refusal that comes again is one that did not help.
fn follow(said: &str, refused: &mut BTreeMap<String, (String, String)>, interfaces: &mut BTreeSet<String>) {
    if said.contains("give the interface another name in the WIT") {
        let name = said.split('`').nth(1).expect("it names the interface");
        assert!(interfaces.insert(name.to_owned()), "another name did not help: {said}");
        return;
    }
    let (line, rest) = said.split_once("with a line `").and_then(|(_, rest)| rest.split_once('`')).expect(said);
    let (path, name) = line.split_once(" = ").expect(said);
    let table = rest.split_once("under [").and_then(|(_, rest)| rest.split_once(']')).expect(said).0;
    let line = (table.to_owned(), name.trim_matches('"').to_owned());
    let path = path.trim_matches('"').to_owned();
    assert!(refused.insert(path, line).is_none(), "the line did not help: {said}");
}

fn rules(refused: &BTreeMap<String, (String, String)>) -> String {
    let mut text = RULES.to_owned();
    for table in ["rename", "leave-out"] {
        text.push_str(&format!("\n[{table}]\n"));
        if table == "rename" {
            text.push_str("\"records.fails\" = \"fail\"\n\"cases.fails-names\" = \"fail-names\"\n");
        }
        for (path, (_, name)) in refused.iter().filter(|(_, (of, _))| of == table) {
            text.push_str(&format!("\"{path}\" = \"{name}\"\n"));
        }
    }
    text
}

/// One item for each name, joined.
fn each(words: &[&str], between: &str, item: impl Fn(usize, &str) -> String) -> String {
    words.iter().enumerate().map(|(at, word)| item(at, word)).collect::<Vec<_>>().join(between)
}

fn wit(interfaces: &BTreeSet<String>) -> String {
    let words = words();
    let plain: Vec<_> = words.iter().copied().filter(|word| *word != "self").collect();
    // What the function calls its parameters is no option by keyword.
    let unlike = words.iter().copied().filter(|word| !["keywords", "options", "type"].contains(word));
    let unlike: Vec<_> = unlike.collect();
    // A rule could not tell a method of this name from the constructor.
    let methods: Vec<_> = words.iter().copied().filter(|word| *word != "constructor").collect();
    // Refused, as no rule changes the name of a field.
    let fields: Vec<_> = words.iter().copied().filter(|word| *word != "mro").collect();
    let module = |word: &str| if interfaces.contains(word) { format!("{word}-module") } else { format!("%{word}") };
    let numbers = |words: &[&str]| each(words, ", ", |_, word| format!("%{word}: u32"));
    let texts = |words: &[&str]| each(words, ", ", |_, word| format!("%{word}: string"));
    let flags = plain.chunks(32).enumerate().map(|(at, part)| {
        let (bits, last) = (each(part, ", ", |_, word| format!("%{word}")), "bits");
        format!("  flags {last}-{at} {{ {bits} }}\n  repeat-{last}-{at}: func(a: {last}-{at}) -> {last}-{at};\n")
    });
    let parts = [
        "package odd:raw@1.0.0;\ninterface outcome { enum error { bad, worse } }\n".to_owned(),
        open("functions"),
        each(&words, "\n", |_, word| format!("  %{word}: func(a: u32) -> result<u32, error>;")),
        format!("\n}}\n{}  resource holder {{\n    constructor(a: u32);\n", open("methods")),
        each(&methods, "\n", |_, word| format!("    %{word}: func(a: u32) -> result<u32, error>;")),
        format!("\n  }}\n}}\n{}  resource holder {{\n", open("statics")),
        each(&words, "\n", |_, word| format!("    %{word}: static func(a: u32) -> result<u32, error>;")),
        format!("\n  }}\n}}\n{}", open("parameters")),
        format!("  numbers: func({}) -> result<list<u32>, error>;\n", numbers(&words)),
        format!("  texts: func({}) -> result<list<string>, error>;\n", texts(&words)),
        format!("  resource holder {{\n    constructor({});\n", texts(&plain)),
        format!("    numbers: func({}) -> result<list<u32>, error>;\n", numbers(&plain)),
        format!("    texts: static func({}) -> result<list<string>, error>;\n  }}\n}}\n", texts(&words)),
        "interface records {\n  record fields { ".to_owned(),
        numbers(&fields),
        " }\n  repeat: func(a: fields) -> fields;\n  fails: func(a: fields) -> result<u32, fields>;\n}\n".to_owned(),
        format!("interface cases {{\n  enum names {{ {} }}\n", each(&plain, ", ", |_, word| format!("%{word}"))),
        format!("  variant choices {{ {} }}\n", each(&plain, ", ", |_, word| format!("%{word}(u32)"))),
        "  repeat-names: func(a: names) -> names;\n  repeat-choices: func(a: choices) -> choices;\n".to_owned(),
        "  fails-names: func(a: names) -> result<u32, names>;\n".to_owned(),
        "  fail-choices: func(a: choices) -> result<u32, choices>;\n".to_owned(),
        flags.collect(),
        format!("}}\n{}", open("settings")),
        format!("  record find-options {{ {} }}\n", each(&unlike, ", ", |_, word| format!("%{word}: option<u32>"))),
        "  find: func(keywords: u32, %type: string, options: find-options) -> result<u32, error>;\n}\n".to_owned(),
        format!("{}{}}}\n", open("kinds"), each(&plain, "", kind)),
        each(&words, "", |_, word| {
            format!(
                "{}  record thing {{ a: u32 }}\n  go: func(a: u32) -> result<thing, error>;\n}}\n",
                open(&module(word))
            )
        }),
        open("uses"),
        each(&words, "\n", |at, word| format!("  use {}.{{thing as thing-n{at}}};", module(word))),
        "\n  flags bits { a }\n  variant choice { a(bits) }\n  resource holder {\n    constructor(a: u32);\n"
            .to_owned(),
        "    get: func(a: u32) -> result<u32, error>;\n    fixed: static func(a: u32) -> result<u32, error>;\n  }\n"
            .to_owned(),
        format!("  record all {{ {} }}\n", each(&words, ", ", |at, _| format!("a{at}: thing-n{at}"))),
        "  repeat: func(a: all) -> all;\n  choose: func(a: choice) -> choice;\n}\n".to_owned(),
        "interface checks { run: func() -> string; }\n".to_owned(),
        documented("docs"),
        format!("package odd:tools@0.1.0 {{\n{}}}\n", documented("tool")),
        "world service {\n  import docs;\n  import odd:tools/tool@0.1.0;\n".to_owned(),
        ["functions", "methods", "statics", "parameters", "records", "cases", "settings", "kinds", "uses"]
            .map(|name| format!("  import {name};\n"))
            .concat(),
        each(&words, "", |_, word| format!("  import {};\n", module(word))),
        "  export checks;\n}\n".to_owned(),
    ];
    parts.concat()
}

/// An interface that stays as it is, with docs everywhere.
fn documented(interface: &str) -> String {
    let items = [
        "resource held { ",
        "  kept: func() -> u32; }",
        "enum one { a }",
        "variant two { a, b(u32) }",
        "flags three { a }",
        "record sheet { a: u32 }",
        "told: func(a: sheet, b: two, c: three, d: one) -> u32;",
        "go: func(a: u32) -> result<u32, one>;",
    ];
    let items: String = items.iter().map(|item| format!("{DOCS}  {item}\n")).collect();
    format!("{DOCS}interface {interface} {{\n{items}}}\n")
}

fn open(interface: &str) -> String {
    format!("interface {interface} {{\n  use outcome.{{error}};\n")
}

/// A type of the name: of one kind after the other, as all are classes.
fn kind(at: usize, word: &str) -> String {
    let definition = match at % 4 {
        0 => format!("record %{word} {{ a: u32 }}"),
        1 => format!("enum %{word} {{ a, b }}"),
        2 => format!("variant %{word} {{ a(u32), b }}"),
        _ => format!("resource %{word} {{ constructor(a: u32); get: func(a: u32) -> result<u32, error>; }}"),
    };
    let given = if at % 4 == 3 { format!("borrow<%{word}>") } else { format!("%{word}") };
    let error = if at % 4 == 3 { "error".to_owned() } else { format!("%{word}") };
    format!("  {definition}\n  t{at}: func(a: u32, b: {given}) -> result<u32, {error}>;\n")
}
