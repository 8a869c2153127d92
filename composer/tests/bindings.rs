//! What Python programmers see: the bindings of the host's whole friendly world, read by Python itself.
//!
//! The bindings are made with the componentize-py of `COMPONENTIZE_PY`, which `just test` sets, and compiled by
//! the Python beside it. The WIT is what was meant; the docstrings, names and signatures are what came of it.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use composer::wit;
use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};
use serde::Deserialize;
use support::host::WORLD;
use support::leftovers::leftovers;
use support::repository;
use wit_parser::{Docs, Function, FunctionKind, Interface, Resolve, TypeDefKind, WorldItem, WorldKey};

/// What Python has by a path such as `http_req.Request.get_uri`.
#[derive(Debug, Deserialize)]
struct Item {
    path: String,
    docs: Option<String>,
    signature: String,
    members: Vec<String>,
}

/// The bindings, by path.
static BINDINGS: LazyLock<BTreeMap<String, Item>> = LazyLock::new(|| {
    let componentize = std::env::var_os("COMPONENTIZE_PY");
    let componentize = componentize.expect("COMPONENTIZE_PY names no program; run the tests with `just test`");
    let scratch = tempfile::tempdir().expect("a folder");
    let (folder, bindings) = (scratch.path().join("wit"), scratch.path().join("bindings"));
    for (name, text) in wit::folder(&WORLD.friendly).expect("the world can be written") {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder for it");
        fs::write(file, text).expect("it can be written");
    }
    fs::create_dir(&bindings).expect("a folder for the bindings");
    let world = wit::qualified(&WORLD.plan.friendly, wit::APP_WORLD);
    let mut command = Command::new(&componentize);
    ran(command.arg("--wit-path").arg(folder).args(["--world", &world, "bindings"]).arg(&bindings));
    let python = Path::new(&componentize).with_file_name("python3");
    let script = repository("composer/tests/support/bindings.py");
    let output = ran(Command::new(python).arg(script).arg(bindings.join("wit_world")));
    let lines = String::from_utf8(output.stdout).expect("it is text");
    let items = lines.lines().map(|line| serde_json::from_str::<Item>(line).expect("an item a line"));
    items.map(|item| (item.path.clone(), item)).collect()
});

fn ran(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// What an item of the WIT should have become.
struct Wanted {
    path: String,
    docs: Option<String>,
    /// Its cases or fields.
    members: Option<Vec<String>>,
    /// Whether it is a case of a variant, which tells of its cases itself.
    is_case: bool,
}

/// A doc of the WIT without its escapes.
fn unescaped(docs: &Docs) -> Option<String> {
    let mut text = String::new();
    let mut chars = docs.contents.as_deref()?.chars();
    while let Some(c) = chars.next() {
        text.push(if c == '\\' { chars.next()? } else { c });
    }
    Some(text.trim_end().to_owned())
}

/// The names that Python keeps for itself have an underscore more.
fn escaped(name: String) -> String {
    if ["None", "from", "import"].contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The interfaces of the app's world: those that it imports, then those that it exports.
fn interfaces() -> Vec<(&'static Interface, bool)> {
    let resolve: &Resolve = &WORLD.friendly.resolve;
    let world = resolve.select_world(&[WORLD.friendly.package], Some(wit::APP_WORLD)).expect("the app has a world");
    let world = &resolve.worlds[world];
    let interfaces = |items: &'static wit_parser::IndexMap<WorldKey, WorldItem>, exported| {
        items.values().filter_map(move |item| match item {
            WorldItem::Interface { id, .. } => Some((&resolve.interfaces[*id], exported)),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        })
    };
    interfaces(&world.imports, false).chain(interfaces(&world.exports, true)).collect()
}

fn wanted() -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for (interface, exported) in interfaces() {
        let name = interface.name.as_deref().expect("it has a name");
        let module = name.to_snake_case();
        wanted.push(Wanted { path: module.clone(), docs: unescaped(&interface.docs), members: None, is_case: false });
        types(interface, &module, &mut wanted);
        // What the app exports is a class that it implements.
        let module = if exported { format!("exports.{}", name.to_upper_camel_case()) } else { module };
        wanted.extend(interface.functions.values().map(|function| wanted_function(&module, function)));
    }
    wanted
}

fn types(interface: &Interface, module: &str, wanted: &mut Vec<Wanted>) {
    for (name, id) in &interface.types {
        let ty = &WORLD.friendly.resolve.types[*id];
        // Another name for a type is nothing in Python.
        if matches!(ty.kind, TypeDefKind::Type(_)) {
            continue;
        }
        let members = members(&ty.kind);
        let path = format!("{module}.{}", name.to_upper_camel_case());
        if let TypeDefKind::Variant(variant) = &ty.kind {
            wanted.extend(variant.cases.iter().map(|case| Wanted {
                path: format!("{path}_{}", escaped(case.name.to_upper_camel_case())),
                docs: None,
                members: case.ty.map(|_| vec!["value".to_owned()]),
                is_case: true,
            }));
        }
        wanted.push(Wanted { path, docs: unescaped(&ty.docs), members, is_case: false });
    }
}

/// The cases or fields of a type that has them in Python.
fn members(kind: &TypeDefKind) -> Option<Vec<String>> {
    let shouted = |name: &String| name.to_shouty_snake_case();
    if let TypeDefKind::Enum(cases) = kind {
        Some(cases.cases.iter().map(|case| shouted(&case.name)).collect())
    } else if let TypeDefKind::Flags(flags) = kind {
        Some(flags.flags.iter().map(|flag| shouted(&flag.name)).collect())
    } else if let TypeDefKind::Record(record) = kind {
        Some(record.fields.iter().map(|field| escaped(field.name.to_snake_case())).collect())
    } else {
        None
    }
}

fn wanted_function(module: &str, function: &Function) -> Wanted {
    let class = function.kind.resource().and_then(|id| WORLD.friendly.resolve.types[id].name.as_deref());
    let class = class.map(|class| format!(".{}", class.to_upper_camel_case())).unwrap_or_default();
    let is_constructor = matches!(function.kind, FunctionKind::Constructor(_));
    let name = if is_constructor { "__init__".to_owned() } else { escaped(function.item_name().to_snake_case()) };
    Wanted { path: format!("{module}{class}.{name}"), docs: unescaped(&function.docs), members: None, is_case: false }
}

/// The docstring, without the line of the bindings' own about what is raised.
fn docstring(item: &Item) -> Option<&str> {
    let docs = item.docs.as_deref()?;
    Some(docs.split_once("\n\nRaises: `componentize_py_types.Err(").map_or(docs, |(docs, _)| docs))
}

#[test]
fn everything_is_there_with_its_doc_to_the_letter() {
    let wanted = wanted();
    assert!(wanted.len() > 400, "{}", wanted.len());
    let mut wrong = Vec::new();
    for Wanted { path, docs, members, is_case } in wanted {
        let Some(item) = BINDINGS.get(&path) else {
            wrong.push(format!("{path} is not there"));
            continue;
        };
        if members.as_ref().is_some_and(|members| *members != item.members) {
            wrong.push(format!("{path} has {:?} instead of {members:?}", item.members));
        }
        if docstring(item) != docs.as_deref() || docs.is_none() != is_case {
            wrong.push(format!("{path} says {:?} instead of {docs:?}", docstring(item)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_of_the_raw_world_is_left() {
    let own = wanted().into_iter().map(|wanted| wanted.path).collect::<BTreeSet<_>>();
    let mut left = Vec::new();
    for path in own {
        let Some(item) = BINDINGS.get(&path) else { continue };
        let docs = item.docs.as_deref().unwrap_or_default();
        // A name with its value is one.
        let is_pairs = path.ends_with("get_headers");
        let found = [docs, &item.signature].into_iter().flat_map(leftovers);
        let found = found.filter(|word| !is_pairs || *word != "Tuple[").map(str::to_owned);
        let words =
            [docs, &item.signature].into_iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
        let is_list = path.contains("ListOptions");
        let found_words = words.filter(|word| match *word {
            // Of the host, where bytes go that were written.
            "buffer" => path != "async_io.Pollable",
            "max_len" => true,
            "cursor" => !is_list,
            word => ["_ms", "_ns", "_secs"].iter().any(|unit| word.ends_with(unit)),
        });
        left.extend(found.chain(found_words.map(str::to_owned)).map(|word| format!("{path}: {word}")));
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

/// The only floats of the world are spans of time.
#[test]
fn spans_of_time_say_their_unit() {
    let times = BINDINGS.values().filter(|item| item.signature.starts_with('(') && item.signature.contains("float"));
    let (told, untold): (Vec<_>, Vec<_>) =
        times.partition(|item| docstring(item).is_some_and(|docs| docs.contains("second")));
    let untold: Vec<_> = untold.iter().map(|item| &item.path).collect();
    assert!(untold.is_empty() && told.len() > 30, "{} say it, and these do not: {untold:?}", told.len());
}

/// Whether a span of code is to be found in the bindings: a path such as `Error.NOT_TEXT`, or a class.
fn is_name(code: &str) -> bool {
    let is_word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    // Variables of VCL have dots in their names, too.
    let is_vcl = ["fastly.", "req.", "server."].iter().any(|start| code.starts_with(start));
    let is_class = code.starts_with(char::is_uppercase) && code.contains(char::is_lowercase);
    // Python's, and names of headers and bots.
    let is_other = ["None", "True", "False", "Err", "Host", "Bingbot", "GoogleBot", "GPTBot"].contains(&code);
    code.split('.').all(is_word) && (code.contains('.') || is_class) && !is_vcl && !is_other
}

#[test]
fn docs_name_what_there_is() {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for item in BINDINGS.values() {
        known.insert(item.path.clone());
        known.extend(item.members.iter().map(|member| format!("{}.{member}", item.path)));
    }
    let (mut unknown, mut count) = (Vec::new(), 0);
    for Wanted { path, docs, .. } in wanted() {
        let docs = docs.unwrap_or_default();
        let module = path.split('.').next().unwrap_or_default();
        for name in docs.split('`').skip(1).step_by(2).filter(|code| is_name(code)) {
            count += 1;
            // The bindings have a setter and no field for what options hold.
            let setter = name.rsplit_once('.').map(|(class, field)| format!("{class}.set_{field}"));
            let names = [Some(name.to_owned()), setter];
            let mut places = names
                .iter()
                .flatten()
                .flat_map(|name| [name.clone(), format!("{module}.{name}"), format!("exports.{name}")]);
            if !places.any(|place| known.contains(&place)) {
                unknown.push(format!("{path}: {name}"));
            }
        }
    }
    assert!(count > 300, "{count}");
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}
