//! The bindings of the host's whole friendly world, and the package over them, as files for Python.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use composer::python::{self, Bound};
use composer::wit;

use super::host::WORLD;
use super::repository;

/// A program beside the Python of the build.
pub fn program(name: &str) -> PathBuf {
    let componentize = std::env::var_os("COMPONENTIZE_PY");
    let componentize = componentize.expect("COMPONENTIZE_PY names no program; run the tests with `just test`");
    PathBuf::from(componentize).with_file_name(name)
}

/// Runs a command, which must end well.
pub fn ran(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    assert!(output.status.success(), "{command:?}\n{said}");
    output
}

/// Writes files into a folder.
pub fn write<'f>(folder: &Path, files: impl IntoIterator<Item = (&'f String, &'f String)>) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder for it");
        fs::write(file, text).expect("it can be written");
    }
}

/// A folder with the bindings, and the package with these modules.
pub fn folder(name: &str, own: &BTreeMap<String, String>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    let wit_folder = folder.join("wit");
    let files = wit::folder(&WORLD.friendly).expect("the world can be written");
    write(&wit_folder, files.iter().map(|(name, text)| (name, text)));
    let world = wit::qualified(&WORLD.plan.friendly, wit::APP_WORLD);
    let mut command = Command::new(program("componentize-py"));
    ran(command.arg("--wit-path").arg(&wit_folder).args(["--world", &world, "bindings"]).arg(&folder));
    let bound = Bound::new(WORLD.friendly.app_imports());
    let package = python::package(&WORLD.plan, &bound, own).expect("a package");
    write(&folder.join(&WORLD.plan.python.package), &package);
    folder
}

/// Makes functions that call the host of functions without a body, as they are where there is one. The host is
/// `componentize_py_runtime.py` beside the tests.
pub fn calling(folder: &Path) {
    for entry in fs::read_dir(folder.join("wit_world/imports")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("it is text");
        let call = "result = componentize_py_runtime.call_import(0, dict(locals()))";
        let text = text.replace("raise NotImplementedError", call);
        let text = text.replacen("import weakref\n", "import weakref\nimport componentize_py_runtime\n", 1);
        fs::write(path, text).expect("it can be written");
    }
}

/// That host, which notes what it is called with.
pub fn runtime(folder: &Path) {
    let from = repository("composer/tests/support/package/componentize_py_runtime.py");
    fs::copy(from, folder.join("componentize_py_runtime.py")).expect("it can be copied");
}
