//! The package that goes with the bindings, as Python itself has it.
//!
//! The bindings of the whole world and the package over them are imported by the Python of the build, and the tests of
//! `composer/tests/support/package/` are run there. What the host has a part in is tested on the host.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use composer::python::{self, Bound};
use composer::wit;
use support::host::WORLD;
use support::repository;

/// A folder with the bindings and the package.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let componentize = std::env::var_os("COMPONENTIZE_PY");
    let componentize = componentize.expect("COMPONENTIZE_PY names no program; run the tests with `just test`");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("python");
    let _ = fs::remove_dir_all(&folder);
    let wit_folder = folder.join("wit");
    for (name, text) in wit::folder(&WORLD.friendly).expect("the world can be written") {
        write(&wit_folder.join(name), &text);
    }
    let world = wit::qualified(&WORLD.plan.friendly, wit::APP_WORLD);
    let mut command = Command::new(componentize);
    ran(command.arg("--wit-path").arg(&wit_folder).args(["--world", &world, "bindings"]).arg(&folder));
    calling(&folder.join("wit_world/imports"));
    let runtime = fs::read_to_string(repository("composer/tests/support/package/componentize_py_runtime.py"));
    write(&folder.join("componentize_py_runtime.py"), &runtime.expect("it is there"));
    let bound = Bound::new(WORLD.friendly.app_imports());
    let package = python::package(&WORLD.plan, &bound, &BTreeMap::new(), "main").expect("a package");
    for (name, text) in package {
        write(&folder.join(&WORLD.plan.python.package).join(name), &text);
    }
    folder
});

/// Makes functions that call the host of functions without a body, as they are where there is one.
fn calling(modules: &Path) {
    for entry in fs::read_dir(modules).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("it is text");
        let call = "result = componentize_py_runtime.call_import(0, dict(locals()))";
        let text = text.replace("raise NotImplementedError", call);
        write(&path, &text.replacen("import weakref\n", "import weakref\nimport componentize_py_runtime\n", 1));
    }
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder for it");
    fs::write(file, text).expect("it can be written");
}

fn ran(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Runs a module of tests.
fn run(test: &str) {
    let componentize = PathBuf::from(std::env::var_os("COMPONENTIZE_PY").expect("it was there before"));
    let script = repository("composer/tests/support/package").join(test);
    let mut command = Command::new(componentize.with_file_name("python3"));
    let output = ran(command.args(["-W", "error", "-B"]).arg(script).env("PYTHONPATH", &*FOLDER));
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
