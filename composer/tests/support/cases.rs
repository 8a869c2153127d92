//! The worlds of the fixtures: golden cases in one file each, whole worlds in a folder of WIT.

use std::fs;
use std::path::Path;

use composer::bundle::{World, WorldError};
use wit_parser::Resolve;

/// The rules of a case that has none of its own.
pub const RULES: &str = "[package]\nname = \"acme:friendly\"\n";

/// The raw world of every case.
pub const WORLD: &str = "service";

/// The world of a golden case, or why there is none.
pub fn reshape(case: &Path) -> Result<Result<World, WorldError>, String> {
    let rules = case.join("rules.toml");
    let rules =
        if rules.exists() { fs::read_to_string(rules).map_err(|error| error.to_string())? } else { RULES.to_owned() };
    Ok(World::new(raw(case)?, WORLD, &rules))
}

/// The raw WIT of a golden case.
pub fn raw(case: &Path) -> Result<Resolve, String> {
    let mut resolve = Resolve::default();
    let text = fs::read_to_string(case.join("raw.wit")).map_err(|error| error.to_string())?;
    resolve.push_source("raw.wit", &text).map_err(|error| format!("raw.wit does not parse: {error:#}"))?;
    Ok(resolve)
}

/// The world of a golden case that is reshaped.
pub fn golden_world(case: &Path) -> World {
    let world = reshape(case).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
    world.unwrap_or_else(|error| panic!("{}: {error}", case.display()))
}

/// The blocks of `composer/README.md` that are marked as this language.
pub fn readme_blocks(language: &str) -> Vec<String> {
    blocks("composer/README.md", language)
}

/// The blocks of a page that are marked as this language.
pub fn blocks(page: &str, language: &str) -> Vec<String> {
    let page = super::source::text(Path::new(page));
    let start = format!("```{language}\n");
    let blocks = page.split(&start).skip(1).filter_map(|rest| rest.split_once("```"));
    blocks.map(|(block, _)| block.to_owned()).collect()
}

/// The world of that page, with the examples of all tables as its rules.
pub fn readme_world() -> World {
    let mut resolve = Resolve::default();
    resolve.push_source("post.wit", &readme_blocks("wit").concat()).unwrap_or_else(|error| panic!("{error:#}"));
    World::new(resolve, "post", &readme_blocks("toml").concat()).unwrap_or_else(|error| panic!("{error}"))
}

/// Worlds that import what the WIT of crates has: each with files and folders, what others use before these.
const BESIDE: [(&str, &[(&str, &str)]); 3] = [
    (
        "wasi-filesystem",
        &[
            ("wasmtime-wasi", "src/p2/wit/deps/io.wit"),
            ("wasmtime-wasi", "src/p2/wit/deps/clocks.wit"),
            ("wasmtime-wasi", "src/p2/wit/deps/filesystem.wit"),
        ],
    ),
    ("wasi-nn", &[("wasmtime-wasi-nn", "wit")]),
    ("wasi-stores", &[("wasmtime-wasi-keyvalue", "wit/deps/keyvalue"), ("wasmtime-wasi-config", "wit/deps/config")]),
];

/// A world whose WIT is in a package of PyPI: with its name, and the package and its version.
const OF_PYTHON: (&str, &str, &str, &str) = ("spin", "fermyon:spin/http-trigger@2.0.0", "spin_sdk", "5.0.0");

/// The world of a folder: `wit/` with one world in its package, and `reshape.toml`; or rules that say where the WIT is.
pub fn fixture_world(folder: &Path) -> World {
    let made = |resolve: Resolve, world: &str| {
        let rules = fs::read_to_string(folder.join("reshape.toml")).expect("the world has rules");
        World::new(resolve, world, &rules).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    };
    let mut resolve = Resolve::default();
    let (name, world, package, version) = OF_PYTHON;
    if folder.ends_with(name) {
        let wit = super::python::package(package, version).join("wit");
        resolve.push_dir(wit).unwrap_or_else(|error| panic!("{error:#}"));
        return made(resolve, world);
    }
    if !folder.join("wit").exists() {
        return super::host::sourced(&folder.join("reshape.toml"));
    }
    let beside = BESIDE.iter().find(|(world, _)| folder.ends_with(world)).map(|(_, beside)| *beside);
    for (name, path) in beside.unwrap_or_default() {
        let path = super::host::crate_folder(name).join(path);
        let read = if path.is_dir() { resolve.push_dir(&path).map(drop) } else { resolve.push_file(&path).map(drop) };
        read.unwrap_or_else(|error| panic!("{error:#}"));
    }
    let (package, _) = resolve.push_dir(folder.join("wit")).unwrap_or_else(|error| panic!("{error:#}"));
    let world = resolve.packages[package].worlds.keys().next().expect("the package has a world").clone();
    made(resolve, &world)
}
