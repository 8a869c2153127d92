//! Packages of PyPI that `composer/tests/requirements.txt` names.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a package is, which must have this version.
pub fn package(name: &str, version: &str) -> PathBuf {
    let componentize = std::env::var_os("COMPONENTIZE_PY");
    let componentize = componentize.expect("COMPONENTIZE_PY names no program; run the tests with `just test`");
    let code = "import importlib.metadata, importlib.util, sys
print(importlib.metadata.version(sys.argv[1]))
print(importlib.util.find_spec(sys.argv[1]).submodule_search_locations[0])";
    let mut python = Command::new(Path::new(&componentize).with_file_name("python"));
    let output = python.args(["-c", code, name]).output().expect("Python runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = said.lines().collect();
    let [has, folder] = lines.as_slice() else { panic!("there is no `{name}`; `just checkers` installs it") };
    assert_eq!(*has, version, "`{name}` has another version than fixtures/corpus/worlds.toml names");
    PathBuf::from(folder)
}
