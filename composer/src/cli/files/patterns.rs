//! Which files go in: what no app needs is left out, and patterns say otherwise.
//!
//! Patterns are those of a `.gitignore` file, from the app's folder. A package's file is below `site-packages/`. What
//! `exclude` has is out; of the rest, what `include` has is in, and what neither has is in unless a default or a
//! `.gitignore` leaves it out.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use composer::rules::HostRules;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Settings;

/// What no app reads, in its own folder: what is hidden, byte code, caches, environments, what other tools keep there.
const APP: &[&str] = &[
    ".*",
    "!.well-known/",
    "__pycache__/",
    "*.pyc",
    "*.pyo",
    "node_modules/",
    "*.egg-info/",
    "/*.wasm",
    "/uv.lock",
    "/poetry.lock",
    "/pdm.lock",
    "/Pipfile.lock",
];

/// What no app reads of packages: their tests, byte code, what is for compilers, type checkers and shells.
const PACKAGES: &[&str] = &[
    "__pycache__/",
    "*.pyc",
    "*.pyo",
    "*.pyi",
    "*.pyx",
    "*.pxd",
    "*.c",
    "*.cpp",
    "*.h",
    "*.so",
    "*.pyd",
    "tests/",
    "test/",
    "/bin/",
];

/// What patterns say of packages' files begins with this.
pub const SITE_PACKAGES: &str = "site-packages";

/// The patterns of a build.
pub struct Patterns {
    include: Asked,
    exclude: Asked,
    app: Gitignore,
    packages: Gitignore,
    gitignore: bool,
}

/// Patterns that somebody gave, and which of them were of use.
struct Asked {
    option: &'static str,
    matcher: Gitignore,
    given: Vec<String>,
    used: RefCell<Vec<String>>,
}

impl Patterns {
    /// Reads the patterns.
    pub fn new(app: &Path, settings: &Settings, host: &HostRules) -> Result<Self> {
        let own: Vec<&str> = APP.iter().copied().chain(host.project_files.iter().map(String::as_str)).collect();
        Ok(Self {
            include: Asked::new("include", app, &settings.include)?,
            exclude: Asked::new("exclude", app, &settings.exclude)?,
            app: matcher(app, &own)?,
            packages: matcher(Path::new(SITE_PACKAGES), PACKAGES)?,
            gitignore: settings.gitignore,
        })
    }

    /// Whether a file of the app's own goes in. `path` is in the app's folder, `above` are the `.gitignore` files that
    /// bear on it, the outermost first.
    pub fn has(&self, path: &Path, above: &[Gitignore]) -> bool {
        if self.exclude.has(path, false) {
            return false;
        }
        let is_left_out = self.app.matched_path_or_any_parents(path, false).is_ignore() || ignored(path, false, above);
        !is_left_out || self.include.has(path, false)
    }

    /// Whether nothing in a folder of the app's own can go in, so that it need not be looked through.
    pub fn is_closed(&self, path: &Path, above: &[Gitignore]) -> bool {
        let is_left_out = self.app.matched_path_or_any_parents(path, true).is_ignore() || ignored(path, true, above);
        self.exclude.has(path, true) || (is_left_out && self.include.given.is_empty())
    }

    /// The same for a file of a package, which is at `path` in its folder of packages.
    pub fn has_of_package(&self, path: &Path, is_loaded: bool) -> bool {
        let shown = Path::new(SITE_PACKAGES).join(path);
        let in_app = self.exclude.matcher.path().join(&shown);
        if self.exclude.has(&in_app, false) {
            return false;
        }
        let is_left_out = self.packages.matched_path_or_any_parents(&shown, false).is_ignore();
        !is_left_out || is_loaded || self.include.has(&in_app, false)
    }

    /// The `.gitignore` files above the app's folder, as far as the repository goes.
    pub fn above(&self, app: &Path) -> Result<Vec<Gitignore>> {
        let mut found = Vec::new();
        if !self.gitignore || app.join(".git").exists() {
            return Ok(found);
        }
        let app = app.canonicalize().with_context(|| format!("cannot find {}", app.display()))?;
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in app.ancestors().skip(1) {
            folders.push(folder.to_owned());
            if folder.join(".git").exists() {
                for folder in folders.iter().rev() {
                    found.extend(self.in_folder(folder)?);
                }
                break;
            }
        }
        Ok(found)
    }

    /// The `.gitignore` file of a folder, if there is one and it counts.
    pub fn in_folder(&self, folder: &Path) -> Result<Option<Gitignore>> {
        let file = folder.join(".gitignore");
        if !self.gitignore || !file.is_file() {
            return Ok(None);
        }
        let mut builder = GitignoreBuilder::new(folder);
        if let Some(error) = builder.add(&file) {
            return Err(anyhow!("cannot read {}: {error}", file.display()));
        }
        Ok(Some(builder.build().with_context(|| format!("cannot read {}", file.display()))?))
    }

    /// A line for each pattern that matched nothing.
    pub fn unused(&self) -> Vec<String> {
        [&self.include, &self.exclude].into_iter().flat_map(Asked::unused).collect()
    }
}

impl Asked {
    fn new(option: &'static str, app: &Path, given: &[String]) -> Result<Self> {
        let lines: Vec<&str> = given.iter().map(String::as_str).collect();
        let matcher = matcher(app, &lines)
            .with_context(|| format!("cannot use a pattern of `{option}`; write it as in a .gitignore file"))?;
        Ok(Self { option, matcher, given: given.to_vec(), used: RefCell::default() })
    }

    fn has(&self, path: &Path, is_folder: bool) -> bool {
        match self.matcher.matched_path_or_any_parents(path, is_folder) {
            Match::Ignore(glob) => {
                let mut used = self.used.borrow_mut();
                if !used.iter().any(|known| known == glob.original()) {
                    used.push(glob.original().to_owned());
                }
                true
            }
            Match::Whitelist(_) | Match::None => false,
        }
    }

    fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        let unused = self.given.iter().filter(|pattern| !pattern.starts_with('!') && !used.contains(pattern));
        let note = |pattern: &String| {
            format!(
                "the pattern `{pattern}` of `{}` matches no file; patterns are those of a .gitignore file, from the app's folder",
                self.option
            )
        };
        unused.map(note).collect()
    }
}

/// Whether the innermost `.gitignore` file that says something leaves a path out.
fn ignored(path: &Path, is_folder: bool, above: &[Gitignore]) -> bool {
    let said = above.iter().rev().map(|file| file.matched(path, is_folder)).find(|said| !said.is_none());
    said.is_some_and(|said| said.is_ignore())
}

fn matcher(root: &Path, lines: &[&str]) -> Result<Gitignore> {
    let mut builder = GitignoreBuilder::new(root);
    for line in lines {
        builder.add_line(None, line).with_context(|| format!("`{line}` is no pattern"))?;
    }
    builder.build().context("the patterns cannot be used together")
}
