//! Worlds that others wrote, in the packages that `fixtures/corpus/worlds.toml` names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use composer::bundle::{World, WorldError};
use composer::init;
use serde::Deserialize;
use wit_parser::Resolve;

use super::host::crates;
use super::{python, repository};

#[derive(Deserialize)]
struct Corpus {
    packages: BTreeMap<String, String>,
    python: BTreeMap<String, PythonPackage>,
}

/// A package of PyPI that ships WIT for all of its worlds in one folder.
#[derive(Deserialize)]
struct PythonPackage {
    /// Its version, which `composer/tests/requirements.txt` names.
    version: String,
    /// The folder, below the package's own.
    folder: PathBuf,
    /// Of the worlds in it, those of packages with these namespaces.
    namespaces: Vec<String>,
}

/// A package that ships WIT.
pub struct Package {
    /// Its name and its version.
    pub name: String,
    /// The worlds in it, by the file or folder that they are read from and their full names.
    pub worlds: BTreeMap<String, Found>,
    /// How many files and folders are no WIT by themselves.
    pub unread: usize,
}

/// A world, and the packages that it was resolved among.
pub struct Found {
    pub resolve: Resolve,
    pub name: String,
}

/// What became of a world.
pub enum Came {
    /// It derives without rules.
    Derives(Box<World>),
    /// It derives with so many lines of rules, which were written for it.
    WithRules(Box<World>, usize),
    /// It is refused.
    Refused(WorldError),
}

/// All packages.
pub fn packages() -> Vec<Package> {
    let text = fs::read_to_string(repository("fixtures/corpus/worlds.toml")).expect("the corpus is there");
    let Corpus { packages, python } = toml::from_str(&text).expect("it is TOML");
    let of_cargo = folders(packages).into_iter().map(|(name, folder)| package(name, &folder));
    of_cargo.chain(python.iter().map(|(name, of)| python_package(name, of))).collect()
}

impl Found {
    /// Tries the world without rules, and then with those that are written for it.
    pub fn tried(&self) -> Came {
        match World::new(self.resolve.clone(), &self.name, "") {
            Ok(world) => return Came::Derives(Box::new(world)),
            Err(WorldError::Refused(_)) => {}
            Err(error) => return Came::Refused(error),
        }
        let rules = match init::rules(&self.resolve, &self.name) {
            Ok(rules) => rules,
            Err(error) => return Came::Refused(error),
        };
        let world = World::new(self.resolve.clone(), &self.name, &rules);
        let world = world.unwrap_or_else(|error| panic!("{}: {error}", self.name));
        Came::WithRules(Box::new(world), rules.lines().filter(|line| line.contains(" = ")).count())
    }
}

fn package(name: String, folder: &Path) -> Package {
    let (mut unread, mut worlds) = (0, BTreeMap::new());
    for source in sources(folder) {
        let path = source.strip_prefix(folder).expect("it is in the package").display().to_string();
        let Some(resolve) = read(&source) else {
            unread += 1;
            continue;
        };
        for world in names(&resolve) {
            let found = Found { resolve: resolve.clone(), name: world.clone() };
            worlds.entry(format!("{path} {world}")).or_insert(found);
        }
    }
    Package { name, worlds, unread }
}

fn python_package(name: &str, package: &PythonPackage) -> Package {
    let source = python::package(name, &package.version).join(&package.folder);
    let resolve = read(&source).unwrap_or_else(|| panic!("{} is no WIT", source.display()));
    let is_wanted = |world: &&String| package.namespaces.iter().any(|of| world.starts_with(&format!("{of}:")));
    let names = names(&resolve);
    let worlds = names.iter().filter(is_wanted).map(|world| {
        let found = Found { resolve: resolve.clone(), name: world.clone() };
        (format!("{} {world}", package.folder.display()), found)
    });
    Package { name: format!("{name} {}", package.version), worlds: worlds.collect(), unread: 0 }
}

/// The packages, and where cargo has put them.
fn folders(packages: BTreeMap<String, String>) -> Vec<(String, PathBuf)> {
    let all = crates();
    let folder = |(name, version): (String, String)| {
        let found = all.iter().find(|(of, at, _)| *of == name && *at == version);
        let (.., folder) = found.unwrap_or_else(|| {
            panic!("{name} {version} is not in Cargo.lock; write the version that is into fixtures/corpus/worlds.toml")
        });
        (format!("{name} {version}"), folder.clone())
    };
    packages.into_iter().map(folder).collect()
}

/// The files of WIT below a folder, and the folders that hold some, in a fixed order.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let mut found = Vec::new();
    for entry in &entries {
        if entry.is_dir() {
            found.extend(sources(entry));
        } else if entry.extension().is_some_and(|kind| kind == "wit") {
            found.push(entry.clone());
        }
    }
    let has_wit = entries.iter().any(|entry| entry.is_file() && entry.extension().is_some_and(|kind| kind == "wit"));
    found.extend(has_wit.then(|| folder.to_owned()));
    found
}

/// The packages that a file or a folder is, if it is any by itself.
fn read(source: &Path) -> Option<Resolve> {
    let mut resolve = Resolve::default();
    let read = if source.is_dir() { resolve.push_dir(source).map(drop) } else { resolve.push_file(source).map(drop) };
    read.is_ok().then_some(resolve)
}

/// The full names of all worlds.
fn names(resolve: &Resolve) -> Vec<String> {
    let named = resolve
        .worlds
        .iter()
        .filter_map(|(_, world)| Some(resolve.packages[world.package?].name.interface_id(&world.name)));
    named.collect()
}
