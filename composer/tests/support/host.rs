//! The raw WIT of the host that the workspace tests against, and how the adapter reshapes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use composer::bundle::World;
use wit_parser::Resolve;

use super::repository;

/// The world of `adapter/reshape.toml`.
pub static WORLD: LazyLock<World> = LazyLock::new(|| sourced(&repository("adapter/reshape.toml")));

/// The world of rules that say where its WIT is.
pub fn sourced(rules: &Path) -> World {
    let rules = fs::read_to_string(rules).unwrap_or_else(|error| panic!("{}: {error}", rules.display()));
    let source = composer::rules::Rules::parse(&rules).expect("they are rules").source;
    let source = source.expect("they say where the WIT is");
    let mut resolve = Resolve::default();
    resolve.push_dir(crate_folder(&source.crate_name).join(&source.path)).expect("the WIT parses");
    World::new(resolve, &source.world, &rules).unwrap_or_else(|error| panic!("{error}"))
}

/// The Python modules that were written for the world, by file name.
pub fn own() -> BTreeMap<String, String> {
    let files =
        fs::read_dir(repository("adapter/python")).expect("a folder").map(|entry| entry.expect("a file").path());
    let python = files.filter(|path| path.extension().is_some_and(|extension| extension == "py"));
    python.map(|path| (super::name(&path), fs::read_to_string(&path).expect("it is text"))).collect()
}

/// Where cargo keeps the version of a crate that `Cargo.lock` pins.
pub fn crate_folder(name: &str) -> PathBuf {
    let folder = crates().into_iter().find(|(of, _, _)| of == name);
    folder.unwrap_or_else(|| panic!("no crate `{name}`")).2
}

/// The crates of `Cargo.lock`: names, versions, and where cargo keeps them.
pub fn crates() -> Vec<(String, String, PathBuf)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(repository("adapter"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let found = metadata["packages"].as_array().into_iter().flatten().map(|package| {
        let text = |key: &str| package[key].as_str().expect("cargo says it of each").to_owned();
        (text("name"), text("version"), PathBuf::from(text("manifest_path")).with_file_name(""))
    });
    found.collect()
}
