//! Each name that Python, its bindings or WIT have of their own, at every place of a world where an item has one.
//!
//! What the composer refuses is accepted with the line that it advises. What it accepts is built into an app twice, with
//! the package and with the bindings as they are, and the app calls every function on a host that answers with what it
//! was given.

#[path = "names/host.rs"]
mod host;
#[path = "names/words.rs"]
mod words;
#[path = "names/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use composer::python::{self, BINDINGS, Bound};
use composer::wit;
use host::Outcome;
use world::Names;

static NAMES: LazyLock<Names> = LazyLock::new(world::accepted);

/// What is refused, and nothing else.
#[test]
fn what_would_hide_something_is_refused_with_a_line_that_helps() {
    let functions = ["bool", "bytes", "classmethod", "float", "int", "str"];
    let bodies = ["componentize-py-runtime", "isinstance", "weakref"];
    let paths = |place: &str, names: &[&str]| names.iter().map(|name| format!("{place}.{name}")).collect::<Vec<_>>();
    let methods: Vec<_> = functions.iter().copied().chain(["finalizer"]).collect();
    let renamed = [
        paths("functions", &functions),
        paths("functions", &bodies),
        paths("methods.holder", &methods),
        paths("statics.holder", &methods),
        paths("parameters.numbers", &bodies),
        paths("parameters.texts", &bodies),
        paths("parameters.holder.constructor", &bodies),
        paths("parameters.holder.numbers", &bodies),
        paths("parameters.holder.texts", &bodies),
        paths("parameters.holder.texts", &["cls"]),
        paths("kinds", &["enum", "err", "list", "not-implemented", "optional", "result", "some", "tuple", "union"]),
        paths("kinds", &["flag", "option"]),
    ];
    let guests = ["from-handle", "handle", "take-handle"];
    let left_out =
        [paths("methods.holder", &guests), paths("methods.holder", &["new"]), paths("statics.holder", &guests)];
    let of = |table: &str| -> BTreeSet<String> {
        let lines = NAMES.refused.iter().filter(|(_, (of, _))| of == table);
        lines.map(|(path, _)| path.clone()).collect()
    };
    assert_eq!(of("rename"), renamed.into_iter().flatten().collect());
    assert_eq!(of("leave-out"), left_out.into_iter().flatten().collect());
    let interfaces = ["abstractmethod", "auto", "classmethod", "dataclass", "isinstance", "weakref"];
    assert_eq!(NAMES.interfaces, interfaces.map(str::to_owned).into());
}

#[test]
fn what_is_accepted_works_with_the_package() {
    works(true);
}

#[test]
fn what_is_accepted_works_with_the_bindings_as_they_are() {
    works(false);
}

fn works(package: bool) {
    let Outcome { report, uncalled } = host::run(&build(package));
    let mut lines = report.lines();
    let calls: u32 = lines.next().and_then(|line| line.parse().ok()).expect("it says how many calls there were");
    let wrong: Vec<_> = lines.collect();
    assert!(wrong.is_empty(), "{} of {calls} calls:\n{}", wrong.len(), wrong.join("\n"));
    assert!(calls > 2000, "{calls}");
    // Without the package, options are made and not passed by keyword.
    let of_no_calls = |name: &&String| ["docs@", "tool@"].iter().any(|interface| name.contains(interface));
    let uncalled = uncalled.iter().filter(|name| !of_no_calls(name));
    let uncalled: Vec<_> = uncalled.filter(|name| package || !name.contains("settings@")).collect();
    assert!(uncalled.is_empty(), "not called: {uncalled:?}");
}

/// The app as a component that imports the friendly world.
fn build(package: bool) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    let plan = &NAMES.world.plan;
    let own = plan.interfaces.iter().map(|interface| interface.name.clone());
    let bound: BTreeSet<_> = own.chain(plan.platform.iter().cloned()).collect();
    let friendly = wit::write_for(plan, &NAMES.world.raw, &bound).expect("the WIT parses");
    for (file, text) in wit::folder(&friendly).expect("the WIT is written") {
        write(&place("wit").join(file), &text);
    }
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/names/main.py");
    write(&place("app/main.py"), &fs::read_to_string(app).expect("there is an app"));
    write(&place("app/table.py"), &table(package));
    let mut command = Command::new(env::var_os("COMPONENTIZE_PY").expect("run the tests with `just test`"));
    command.arg("--wit-path").arg(place("wit"));
    command.args(["--world", &wit::qualified(&plan.friendly, wit::APP_WORLD), "componentize"]);
    let name = &plan.python.package;
    if package {
        let bound = Bound::new(friendly.app_imports());
        let modules = python::package(plan, &bound, &BTreeMap::new()).expect("the package is written");
        modules.iter().for_each(|(file, text)| write(&place("python").join(name).join(file), text));
        command.arg("--python-path").arg(place("python"));
    }
    command.arg("main").arg("--python-path").arg(place("app")).arg("--output").arg(place("app.wasm"));
    let output = command.env_remove("VIRTUAL_ENV").env_remove("PYTHONPATH").output().expect("componentize-py runs");
    assert!(output.status.success(), "{BINDINGS}: {}", String::from_utf8_lossy(&output.stderr));
    fs::read(place("app.wasm")).expect("the component is there")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is made");
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// What the app is told, as a module of Python.
fn table(package: bool) -> String {
    let list = |names: &[&str]| format!("{names:?}");
    let file = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("composer").join("src/names").join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let (modules, classes) = (file("modules.txt"), file("classes.txt"));
    let python = &NAMES.world.plan.python;
    let mut text = String::new();
    let lines: String =
        NAMES.refused.iter().map(|(path, (of, name))| format!("{path:?}: ({of:?}, {name:?}), ")).collect();
    let interfaces: Vec<_> = NAMES.interfaces.iter().map(String::as_str).collect();
    let constants = [
        ("NAMES", list(&words::words())),
        ("LINES", format!("{{{lines}}}")),
        ("INTERFACES", list(&interfaces)),
        ("PACKAGE", if package { format!("{:?}", python.package) } else { "None".to_owned() }),
        ("BASE", format!("{:?}", python.error)),
        ("STDLIB", list(&modules.lines().collect::<Vec<_>>())),
        ("CAPITALS", list(&classes.lines().collect::<Vec<_>>())),
    ];
    for (name, value) in constants {
        writeln!(text, "{name} = {value}").expect("text can be written");
    }
    text
}
