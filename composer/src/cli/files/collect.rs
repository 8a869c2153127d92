//! The files of the app's own folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ignore::gitignore::Gitignore;

use super::patterns::Patterns;
use crate::cli::namesakes;

/// A path and what is there.
pub type File = (String, Vec<u8>);

/// Reads the files of a folder of the app that go in, by their paths in it. `app` is the folder that patterns are about.
/// What is called as generated bindings are in one of the `roots`, is passed by.
pub fn app(app: &Path, root: &Path, roots: &[(usize, &Path)], patterns: &Patterns, out: &Path) -> Result<Vec<File>> {
    let canonical = root.canonicalize().with_context(|| format!("cannot read {}", root.display()))?;
    let mut walk = Walk {
        root: root.to_owned(),
        roots: roots.iter().map(|(_, root)| root.to_path_buf()).collect(),
        patterns,
        // There need not be one yet.
        out: out.canonicalize().ok(),
        above: vec![canonical],
        ignores: patterns.above(app)?,
        found: Vec::new(),
    };
    // What is between the app's folder and the root has its say, too.
    let between = root.ancestors().skip(1).take_while(|folder| folder.starts_with(app));
    for folder in between.collect::<Vec<_>>().into_iter().rev() {
        walk.ignores.extend(patterns.in_folder(folder)?);
    }
    walk.folder(root)?;
    Ok(walk.found)
}

struct Walk<'a> {
    root: PathBuf,
    roots: Vec<PathBuf>,
    patterns: &'a Patterns,
    out: Option<PathBuf>,
    /// The folder and those that it is in, without links.
    above: Vec<PathBuf>,
    ignores: Vec<Gitignore>,
    found: Vec<File>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path) -> Result<()> {
        let own = self.patterns.in_folder(folder)?;
        let has_own = own.is_some();
        self.ignores.extend(own);
        for path in sorted(folder)? {
            if namesakes::is_generated(&path, &self.roots) {
                continue;
            }
            // A link that leads nowhere has none.
            let Ok(metadata) = fs::metadata(&path) else { continue };
            if metadata.is_dir() {
                self.inside(&path)?;
            } else if metadata.is_file() && self.patterns.has(&path, &self.ignores) && !self.is_out(&path) {
                self.found.push(read(&self.root, &path)?);
            }
        }
        if has_own {
            self.ignores.pop();
        }
        Ok(())
    }

    fn inside(&mut self, path: &Path) -> Result<()> {
        let is_environment = path.join("pyvenv.cfg").is_file();
        let is_repository = path.file_name().is_some_and(|name| name == ".git");
        if is_environment || is_repository || self.patterns.is_closed(path, &self.ignores) {
            return Ok(());
        }
        let Ok(canonical) = path.canonicalize() else { return Ok(()) };
        // A link to a folder that it is in has no end.
        if self.above.iter().any(|above| above.starts_with(&canonical)) {
            return Ok(());
        }
        self.above.push(canonical);
        self.folder(path)?;
        self.above.pop();
        Ok(())
    }

    fn is_out(&self, path: &Path) -> bool {
        self.out.as_ref().is_some_and(|out| path.canonicalize().is_ok_and(|path| path == *out))
    }
}

/// What is in a folder, in the order of the names.
pub fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let what = || format!("cannot read {}", folder.display());
    let entries = fs::read_dir(folder).with_context(what)?;
    let mut paths: Vec<_> =
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>().with_context(what)?;
    paths.sort();
    Ok(paths)
}

/// A file by its path in a folder.
pub fn read(root: &Path, path: &Path) -> Result<File> {
    let contents = fs::read(path).with_context(|| {
        format!("cannot read {}; leave it out with --exclude if the app does without", path.display())
    })?;
    Ok((name(root, path)?, contents))
}

/// The path of a file in a folder, as the sandbox has it.
pub fn name(root: &Path, path: &Path) -> Result<String> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    let parts = parts.with_context(|| {
        format!("the name of {} is not UTF-8, and files of a component have names that are; rename it", path.display())
    })?;
    Ok(parts.join("/"))
}
