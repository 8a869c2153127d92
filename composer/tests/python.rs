//! The package that goes with the bindings, as Python itself has it.
//!
//! The bindings of the whole world and the package over them are imported by the Python of the build, and the tests of
//! `composer/tests/support/package/` are run there. What the host has a part in is tested on the host.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use composer::python::launch::Launch;
use composer::python::{self, Change};
use serde_json::Value;
use support::bound::{self, calling, program, ran, runtime};
use support::host::WORLD;
use support::repository;

/// A folder with the bindings and the package.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = bound::folder("python", &BTreeMap::new());
    calling(&folder);
    runtime(&folder);
    launch(&folder);
    folder
});

/// Writes what a build starts from beside them, without the module that starts it.
fn launch(folder: &Path) {
    let launch = Launch { entry: "main", package: None, roots: Vec::new(), trace: false, files: None };
    let folder = folder.join("launch");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in launch.files(&WORLD.plan).into_iter().filter(|(name, _)| name != "__init__.py") {
        fs::write(folder.join(name), text).expect("a file");
    }
}

/// Runs a script over the bindings and the package.
fn python(script: &str, args: &[&str]) -> Output {
    let folder = &*FOLDER;
    let script = repository("composer/tests/support/package").join(script);
    let mut command = Command::new(program("python3"));
    ran(command.args(["-W", "error", "-B"]).arg(script).args(args).env("PYTHONPATH", folder))
}

/// Runs a module of tests.
fn run(test: &str) {
    let output = python(test, &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("\nRan ") && !said.contains("Ran 0 tests"), "{said}");
}

#[test]
fn exceptions() {
    run("errors_test.py");
}

#[test]
fn options_and_arguments() {
    run("options_test.py");
}

#[test]
fn modules_that_are_not_there() {
    run("late_test.py");
}

#[test]
fn what_the_host_calls() {
    run("handlers_test.py");
}

/// What the bindings hold, by path.
fn contents(package: &[&str]) -> BTreeMap<String, Value> {
    let output = python("contents.py", package);
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

#[test]
fn nothing_is_changed_but_what_is_listed() {
    let name = &WORLD.plan.python.package;
    let (plain, own) = (contents(&[]), contents(&[name]));
    assert!(plain.keys().all(|path| own.contains_key(path)));
    assert!(plain.len() > 500, "{}", plain.len());
    let differs = own.iter().filter(|(path, value)| plain.get(*path) != Some(*value));
    let changed: BTreeSet<String> = differs.map(|(path, _)| path.clone()).collect();
    let listed = python::changes(&WORLD.plan, &BTreeMap::new()).into_iter().filter_map(|change| match change {
        Change::Errors { .. } => Some("Err".to_owned()),
        Change::Options { class, .. } | Change::Replaced { class, .. } => Some(class),
        Change::Function { function, .. } | Change::Closed { function } | Change::Closes { function } => Some(function),
        // Without a host, nothing fails.
        Change::LetsGo { .. } => None,
    });
    let listed: BTreeSet<String> = listed.collect();
    assert_eq!(changed, listed);
    assert!(listed.len() > 200, "{}", listed.len());
}

/// What a function of the bindings is on a host, as far as its failure is concerned.
const FAILS: &str = "class Store:\n    def get(self) -> str:\n        \"\"\"\n        raise result\n        \"\"\"\n        \
    result = componentize_py_runtime.call_import(0, [self])\n        if isinstance(result, Err):\n            raise result\n";

#[test]
fn a_function_that_fails_lets_go_of_its_error() {
    let script = format!(
        "from {} import bindings; import sys; print(bindings.changed(sys.argv[1], 'none'))",
        WORLD.plan.python.package
    );
    let mut command = Command::new(program("python3"));
    let output = ran(command.args(["-c", &script, FAILS]).env("PYTHONPATH", &*FOLDER));
    let said = String::from_utf8(output.stdout).expect("it is text");
    assert!(said.ends_with("            try: raise result\n            finally: del result\n\n"), "{said}");
    assert!(said.contains("\"\"\"\n        raise result\n"), "docs stay as they are: {said}");
}
