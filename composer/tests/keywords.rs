//! Every keyword of WIT as a name, in every place where an item has one: what `wit-parser` reads with a `%`, the friendly
//! WIT has so, too.

use std::collections::BTreeSet;

use composer::bundle::World;
use composer::wit;
use wit_parser::Resolve;

/// The keywords of `wit-parser` 0.263.
const KEYWORDS: &str = "as async bool borrow char constructor enum error-context export f32 f64 flags from func future \
    import include interface list map option own package record resource result s16 s32 s64 s8 static stream string \
    tuple type u16 u32 u64 u8 use variant with world";

/// What the bindings of Python or of the guests cannot have as a type, or as a function.
const NO_TYPES: [&str; 5] = ["enum", "list", "option", "result", "tuple"];
const NO_FUNCTIONS: [&str; 1] = ["bool"];

fn each(words: &[&str], item: impl Fn(&str) -> String) -> String {
    words.iter().map(|word| item(word)).collect()
}

fn raw(words: &[&str]) -> String {
    let without = |taken: &[&str]| words.iter().copied().filter(|word| !taken.contains(word)).collect::<Vec<_>>();
    let functions = without(&NO_FUNCTIONS);
    let types = without(&NO_TYPES);
    [
        "package %list:%map@1.0.0;\n\ninterface items {\n".to_owned(),
        format!("  enum fault {{ gone }}\n  enum cases {{ {} }}\n", each(words, |word| format!("%{word}, "))),
        format!("  variant choice {{ {} }}\n", each(words, |word| format!("%{word}(u32), "))),
        format!("  record fields {{ {} }}\n", each(words, |word| format!("%{word}: u32, "))),
        "  resource thing {\n".to_owned(),
        each(&functions, |word| format!("    %{word}: func(%{word}: cases) -> result<choice, fault>;\n")),
        "  }\n  resource other {\n".to_owned(),
        each(&functions, |word| format!("    %{word}: static func(%{word}: fields) -> other;\n")),
        "  }\n  use-up: func(thing: thing) -> result<_, fault>;\n".to_owned(),
        each(&functions, |word| format!("  %{word}: func(a: u32, %{word}: borrow<thing>) -> result<u32, fault>;\n")),
        "}\n".to_owned(),
        "interface types {\n  use items.{thing, fault};\n".to_owned(),
        each(&types, |word| format!("  record %{word} {{ %{word}: u32 }}\n  get-{word}: func() -> %{word};\n")),
        "  use-it-up: func(thing: thing) -> result<_, fault>;\n}\n".to_owned(),
        each(words, |word| {
            format!("interface %{word} {{\n  use types.{{%map as it, %with}};\n  go: func(a: it) -> %with;\n}}\n")
        }),
        "interface flat {\n  go: func() -> u32;\n}\n".to_owned(),
        "world service {\n  import items;\n  import types;\n  import flat;\n".to_owned(),
        each(words, |word| format!("  import %{word};\n")),
        "}\n".to_owned(),
    ]
    .concat()
}

#[test]
fn every_keyword_is_a_name_wherever_there_are_names() {
    let words: Vec<_> = KEYWORDS.split_whitespace().collect();
    let raw = raw(&words);
    let mut resolve = Resolve::default();
    resolve.push_source("raw.wit", &raw).unwrap_or_else(|error| panic!("{error:#}\n{raw}"));
    let rules = "[package]\nname = \"world:package\"\n";
    let world = World::new(resolve, "service", rules).unwrap_or_else(|error| panic!("{error}"));
    let friendly = &world.friendly.resolve;
    let package = &friendly.packages[world.friendly.package];
    let items = &friendly.interfaces[package.interfaces["items"]];
    let has = |name: &str| items.functions.contains_key(name);
    for word in words.iter().filter(|word| !NO_FUNCTIONS.contains(word)) {
        assert!(has(&format!("[method]thing.{word}")) || has(&format!("[method]thing.{word}-with")), "{word}");
        assert!(has(&format!("[static]other.{word}")), "{word}");
    }
    // What componentize-py is given is read again, the packages that stay as they are among it.
    let files = wit::folder(&world.friendly).expect("it is written");
    let mut again = Resolve::default();
    for (name, text) in files.iter().rev() {
        again.push_source(name, text).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    }
    let imports: BTreeSet<_> = world.friendly.app_imports().into_iter().collect();
    assert!(
        words.iter().all(|word| imports.iter().any(|(name, _)| name.contains(&format!("/{word}@")))),
        "{imports:?}"
    );
}

/// The list is whole: what is no keyword needs no `%`, and each of these does.
#[test]
fn the_list_has_the_keywords_of_the_parser() {
    for word in KEYWORDS.split_whitespace() {
        let parse = |name: &str| {
            let text = format!("package a:b;\ninterface i {{ f: func() -> u32; }}\ninterface {name} {{}}\n");
            Resolve::default().push_source("a.wit", &text).is_ok()
        };
        assert!(!parse(word) && parse(&format!("%{word}")), "{word}");
    }
}
