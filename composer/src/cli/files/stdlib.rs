//! The standard library of the sandbox: the modules of it that can still be imported at a request.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use composer::files::Tree;
use composer::python::launch::LIBRARY;

use super::collect::{File, name, read};
use super::imports::imports;
use super::packages::{below, module};
use super::{Sources, Stdlib};

/// What Python itself imports in the middle of something, by the module that does: no source says so. A name that ends
/// in `*` is all that begin so.
const IMPLIED: [(&str, &[&str]); 6] = [
    // Codecs are modules that are looked up by name.
    ("encodings", &["encodings.*"]),
    // What this Python was built with is a module that is called after the platform.
    ("sysconfig", &["_sysconfigdata_*"]),
    // What `importlib.resources` asks a package's loader for.
    ("importlib", &["importlib.readers", "importlib.resources._adapters", "importlib.resources.simple"]),
    ("datetime", &["_strptime"]),
    ("time", &["_strptime"]),
    ("pickle", &["_compat_pickle", "copyreg"]),
];

/// What the library imports for a person at a terminal, for other processes, for a debugger or for tests, and what stands
/// for compiled modules that the sandbox has. An app that names one of these gets it.
const ASIDE: [&str; 24] = [
    "_pydatetime",
    "_pydecimal",
    "_pyio",
    "_pyrepl",
    "bdb",
    "cProfile",
    "cmd",
    "code",
    "ctypes",
    "curses",
    "doctest",
    "ensurepip",
    "ftplib",
    "idlelib",
    "multiprocessing",
    "pdb",
    "profile",
    "pydoc",
    "pydoc_data",
    "subprocess",
    "tkinter",
    "unittest",
    "venv",
    "xmlrpc",
];

/// The files of the library that go in. The sandbox's library was copied to a folder while the app was imported.
pub fn files(sources: &Sources<'_>, wanted: Stdlib, tree: &Tree) -> Result<Vec<File>> {
    let folder = sources.copies.join(LIBRARY);
    let all = match wanted {
        Stdlib::None => return Ok(Vec::new()),
        Stdlib::All | Stdlib::Reachable => below(&folder)?,
    };
    let reached = match wanted {
        Stdlib::All => return all.iter().map(|path| read(&folder, path)).collect(),
        Stdlib::None | Stdlib::Reachable => reachable(sources, &folder, &all, tree)?,
    };
    reached.iter().map(|path| read(&folder, path)).collect()
}

/// The modules that are not loaded, and that what is loaded or in the app's folder leads to.
fn reachable(sources: &Sources<'_>, folder: &Path, all: &[PathBuf], tree: &Tree) -> Result<Vec<PathBuf>> {
    let library: BTreeMap<String, &PathBuf> =
        all.iter().map(|path| Ok((module(&name(folder, path)?), path))).collect::<Result<_>>()?;
    let modules = Modules { library, own: own(sources, tree) };
    let mut waiting: Vec<String> = sources.loaded.iter().cloned().collect();
    // The app's own modules may be found by other means than an import, and so may those of a package that is in use:
    // plugins are looked up by names that are computed.
    let in_use: BTreeSet<&str> = sources.loaded.iter().map(|name| top(name)).collect();
    let roots = modules.own.iter().filter(|(name, own)| own.is_app || in_use.contains(top(name)));
    waiting.extend(roots.map(|(name, _)| name.clone()));
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        // A package is imported before what is in it.
        waiting.extend(name.rsplit_once('.').map(|(package, _)| package.to_owned()));
        if !seen.insert(name.clone()) {
            continue;
        }
        if let Some(path) = modules.library.get(&name).filter(|_| !sources.loaded.contains(&name)) {
            found.insert((*path).clone());
        }
        let is_library = !modules.own.contains_key(&name);
        let leads_to = modules.leads_to(&name)?.into_iter();
        waiting.extend(leads_to.filter(|to| !seen.contains(to) && (!is_library || !is_aside(&name, to))));
    }
    Ok(found.into_iter().collect())
}

/// Whether a module of the library imports another one for what no request does.
fn is_aside(from: &str, to: &str) -> bool {
    top(from) != top(to) && ASIDE.contains(&top(to))
}

/// The package that a module is in, or the module itself.
fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The sources that there are, by module.
struct Modules<'a> {
    library: BTreeMap<String, &'a PathBuf>,
    own: BTreeMap<String, Own<'a>>,
}

/// A source of the app's or of a package's.
struct Own<'a> {
    path: &'a str,
    contents: &'a [u8],
    is_app: bool,
}

/// The modules of the tree. The first folder on the path that has one counts.
fn own<'a>(sources: &Sources<'_>, tree: &'a Tree) -> BTreeMap<String, Own<'a>> {
    let mut found = BTreeMap::new();
    for (path, contents) in tree.files().filter(|(path, _)| path.ends_with(".py")) {
        let Some((root, below)) = path.split_once('/') else { continue };
        let is_app = sources.numbers.roots.iter().any(|(number, _)| number.to_string() == root);
        found.entry(module(below)).or_insert(Own { path, contents, is_app });
    }
    found
}

impl Modules<'_> {
    /// What a module may import.
    fn leads_to(&self, name: &str) -> Result<Vec<String>> {
        let mut found: Vec<String> = Vec::new();
        for implied in IMPLIED.iter().filter(|(of, _)| *of == name).flat_map(|(_, names)| names.iter()) {
            match implied.strip_suffix('*') {
                Some(start) => found.extend(self.library.keys().filter(|name| name.starts_with(start)).cloned()),
                None => found.push((*implied).to_owned()),
            }
        }
        let source = match (self.own.get(name), self.library.get(name)) {
            (Some(own), _) => Some((own.path.to_owned(), own.contents.to_vec())),
            (None, Some(path)) => {
                let contents = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
                Some((path.display().to_string(), contents))
            }
            // It is built in, or nowhere.
            (None, None) => None,
        };
        if let Some((path, contents)) = source {
            let is_package = path.ends_with("/__init__.py");
            let package = if is_package { name } else { name.rsplit_once('.').map_or("", |(package, _)| package) };
            found.extend(imports(&String::from_utf8_lossy(&contents), package));
        }
        Ok(found)
    }
}
