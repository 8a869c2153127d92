//! The files of an app's packages: their modules, their data, and what says which versions they have.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::collect::{File, read, sorted};
use super::patterns::Patterns;

/// The files of a folder of packages that go in. It is the build's own copy, without links.
pub fn files(root: &Path, patterns: &Patterns, loaded: &BTreeSet<String>) -> Result<Vec<File>> {
    // A folder of tests of which something was imported is no folder of tests.
    let is_loaded = |path: &Path| {
        let parts: Vec<_> = path.parent().into_iter().flatten().map(|part| part.to_string_lossy()).collect();
        loaded.contains(&parts.join("."))
    };
    let all = below(root)?;
    let in_root = |path: &PathBuf| path.strip_prefix(root).map(Path::to_owned).unwrap_or_default();
    let wanted = all.iter().filter(|path| {
        let path = in_root(path);
        patterns.has_of_package(&path, is_source(&path) && is_loaded(&path))
    });
    wanted.map(|path| read(root, path)).collect()
}

/// The modules of a folder that are not loaded.
pub fn not_loaded(root: &Path, loaded: &BTreeSet<String>) -> Result<Vec<File>> {
    let all = if root.is_dir() { below(root)? } else { Vec::new() };
    let files = all.iter().filter(|path| is_source(path)).map(|path| read(root, path));
    let files: Vec<File> = files.collect::<Result<_>>()?;
    Ok(files.into_iter().filter(|(path, _)| !loaded.contains(&module(path))).collect())
}

/// What a source is imported as: `a.b` for `a/b.py` and for `a/b/__init__.py`.
pub fn module(path: &str) -> String {
    let name = path.strip_suffix(".py").unwrap_or(path);
    name.strip_suffix("/__init__").unwrap_or(name).replace('/', ".")
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

/// All regular files below a folder, sorted.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in sorted(folder)? {
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() {
            found.extend(below(&path)?);
        } else if metadata.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}
