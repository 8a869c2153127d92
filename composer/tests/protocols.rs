//! The modules that were written for the Fastly world, as Python itself has them: `adapter/python`.
//!
//! They are imported over the bindings of the whole world by the Python of the build, with a host that the tests make
//! up. What a real host has a part in is tested on one.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::LazyLock;

use composer::python::{self, Change};
use serde_json::Value;
use support::bound::{self, calling, program, ran};
use support::host::{WORLD, own};
use support::repository;

/// Modules that replace nothing.
const OTHERS: [&str; 3] = ["erl", "log", "waiting"];

/// A folder with the bindings and the package.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = bound::folder("protocols", &own());
    calling(&folder);
    folder
});

/// Runs a script over the bindings and the package.
fn python(script: &str, args: &[String]) -> Output {
    let script = repository("composer/tests/support/package").join(script);
    let mut command = Command::new(program("python3"));
    ran(command.args(["-W", "error", "-B"]).arg(script).args(args).env("PYTHONPATH", &*FOLDER))
}

/// What the bindings hold when the package and these modules of it are imported, by path.
fn contents(modules: &[&str]) -> BTreeMap<String, Value> {
    let package = &WORLD.plan.python.package;
    let modules = modules.iter().map(|module| format!("{package}.{module}"));
    let output = python("contents.py", &[package.clone()].into_iter().chain(modules).collect::<Vec<_>>());
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

#[test]
fn they_do_what_python_people_expect() {
    for tests in ["protocols_test.py", "rates_and_logs_test.py"] {
        let output = python(tests, &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("\nRan ") && !said.contains("Ran 0 tests"), "{said}");
    }
}

#[test]
fn a_module_replaces_the_classes_that_are_listed_and_nothing_else() {
    let plain = contents(&[]);
    let package = &WORLD.plan.python.package;
    let listed: Vec<_> = python::changes(&WORLD.plan, &own()).into_iter().filter_map(replaced).collect();
    assert_eq!(listed.len(), 9, "{listed:?}");
    let replacing = listed.iter().map(|(_, by)| by.trim_start_matches(package).trim_start_matches('.'));
    for module in replacing.chain(OTHERS).collect::<BTreeSet<_>>() {
        let found = contents(&[module]);
        let changed =
            plain.iter().filter(|(path, value)| found.get(*path) != Some(value)).map(|(path, _)| path.as_str());
        let by = format!("{package}.{module}");
        let wanted = listed.iter().filter(|(_, other)| *other == by).map(|(class, _)| class.as_str());
        assert_eq!(changed.collect::<BTreeSet<_>>(), wanted.collect(), "{module}");
        assert_eq!(plain.len(), found.len(), "{module}");
    }
}

/// A class that is replaced, and by which module.
fn replaced(change: Change) -> Option<(String, String)> {
    match change {
        Change::Replaced { class, by } => Some((class, by)),
        Change::Errors { .. }
        | Change::Options { .. }
        | Change::Closed { .. }
        | Change::Closes { .. }
        | Change::LetsGo { .. }
        | Change::Function { .. } => None,
    }
}
