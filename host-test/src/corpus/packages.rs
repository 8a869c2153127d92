//! Packages: each is the only requirement of an app that does its first real thing.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde_json::Value;

use super::subject::{self, Asked, Subject};
use super::table::{self, Outcome, Row};
use super::trial::{self, Built};
use super::{CorpusError, app};

/// How the first lines of a failure begin that say no more than that it is one.
const APP_FAILS: &str = "the app fails when it is imported";

/// How the notes begin that are about all that a package does.
const WANTS: [&str; 2] = ["these packages read files of data", "these packages import modules by names"];

/// What is added to what a request said when a note of the build had said it before.
pub const TOLD: &str = " (a note of the build says so)";

/// The packages that are tried, and what came of them the last time.
#[derive(Debug)]
pub struct Corpus {
    table: PathBuf,
    packages: IndexMap<String, Subject>,
    rows: Vec<Row>,
}

/// Which version of a package is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The latest there is, as for a user who does not say.
    Latest,
    /// The one of the table.
    OfTable,
}

impl Corpus {
    /// Reads the list of packages of a folder, and the table beside it.
    pub fn read(folder: &Path) -> Result<Self, CorpusError> {
        let (list, table) = (folder.join("packages.toml"), folder.join("packages.txt"));
        let packages: IndexMap<String, Subject> = subject::read(&list)?;
        for (name, package) in &packages {
            package.asked().map_err(|wrong| subject::list(&list, format!("{name}: {wrong}")))?;
        }
        Ok(Self { rows: table::read(&table)?, table, packages })
    }

    /// The packages, in the order of the list.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(String::as_str)
    }

    /// What came of a package the last time.
    pub fn row(&self, package: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.package == package)
    }

    /// Builds the app of a package in a folder, serves it, and asks it once.
    pub fn try_out(&self, package: &str, version: Version, folder: &Path) -> Result<Row, CorpusError> {
        let Some(subject) = self.packages.get(package) else {
            return Err(subject::list(&self.table, format!("{package} is not in the list of packages")));
        };
        let requirement = match (version, self.row(package).and_then(|row| row.version.as_deref())) {
            (Version::OfTable, Some(version)) => format!("{package}=={version}"),
            (Version::OfTable, None) | (Version::Latest, _) => package.to_owned(),
        };
        let app = folder.join(package);
        match subject.asked() {
            Ok(Asked::Wsgi(name)) => app::write_wsgi(&app, &[requirement], subject, name)?,
            Ok(Asked::First(_)) | Err(_) => app::write(&app, &[requirement], &[("/".to_owned(), subject)])?,
        }
        match trial::build(folder, package)? {
            Err(refusal) => Ok(Row::new(package, None, Outcome::Refused, &reason(package, &refusal))),
            Ok(built) => ask(folder, package, subject, &built),
        }
    }

    /// The table with these rows in it; packages that are no longer in the list go.
    pub fn with(&self, new: &[Row]) -> Vec<Row> {
        let row = |name: &str| new.iter().find(|row| row.package == name).or_else(|| self.row(name));
        self.names().filter_map(row).cloned().collect()
    }

    /// Where the table is kept.
    pub fn table(&self) -> &Path {
        &self.table
    }
}

fn ask(folder: &Path, package: &str, subject: &Subject, built: &Built) -> Result<Row, CorpusError> {
    let version = trial::version(folder, package, package)?;
    let server = trial::serve(&built.wasm)?;
    let response = trial::ask(&server, "/")?;
    let found = match subject.asked() {
        Ok(Asked::Wsgi(_)) => trial::page(&server, &response),
        Ok(Asked::First(_)) | Err(_) => trial::answer(&server, &response)?,
    };
    let (outcome, said) = came_to(found, &subject.value);
    let said = if outcome == Outcome::Fails && is_told(package, &said, &built.said) { said + TOLD } else { said };
    Ok(Row::new(package, version, outcome, &said))
}

/// Whether a note of the build is about what fails at the request: it names the module that is missing or the package of
/// that, or it says that this package wants files or computes names of modules.
fn is_told(package: &str, error: &str, said: &str) -> bool {
    let notes = || said.lines().filter_map(|line| line.strip_prefix("note: "));
    let missing = missing(error);
    let parents = missing.iter().flat_map(|module| module.match_indices('.').map(|(at, _)| module.split_at(at).0));
    let mut names = missing.iter().map(String::as_str).chain(parents);
    // An import of what is inside of a module needs the module first.
    let is_above = |note: &str| missing.as_ref().is_some_and(|module| note.contains(&format!(" {module}.")));
    let module = package.to_lowercase().replace('-', "_");
    let mut general = notes().filter(|note| WANTS.iter().any(|wants| note.starts_with(wants)));
    names.any(|name| notes().any(|note| has_word(note, name) || is_above(note)))
        || general.any(|note| has_word(note, &module))
}

/// The module that an exception misses.
fn missing(error: &str) -> Option<String> {
    let quoted = |start: &str| error.split_once(start).and_then(|(_, rest)| rest.split('\'').next());
    let inside = quoted("cannot import name '").zip(quoted("' from '"));
    quoted("No module named '").map(str::to_owned).or_else(|| inside.map(|(name, module)| format!("{module}.{name}")))
}

/// Whether a note names a module, and not one whose name begins or ends so.
fn has_word(note: &str, name: &str) -> bool {
    let is_apart = |c: char| !(c.is_alphanumeric() || c == '_' || c == '.');
    note.split(is_apart).any(|word| word == name)
}

/// How a value compares with the right one.
fn came_to(found: Result<Value, String>, right: &Value) -> (Outcome, String) {
    match found {
        Ok(value) if value == *right => (Outcome::Right, String::new()),
        Ok(value) => (Outcome::Wrong, format!("{value} instead of {right}")),
        Err(error) => (Outcome::Fails, error),
    }
}

/// A refusal in a line: what is said of the first package, else the first line; with the exception, where that says no more
/// than that there was one.
fn reason(package: &str, refusal: &str) -> String {
    if let Some(of_package) = refusal.lines().nth(1).filter(|line| line.starts_with("  ")) {
        return of_package.trim().to_owned();
    }
    let first = refusal.lines().next().unwrap_or_default();
    let first = first.strip_prefix(&format!("cannot build {package}/main.py: ")).unwrap_or(first);
    match refusal.lines().last() {
        Some(last) if first.starts_with(APP_FAILS) && last != first => format!("{first}: {last}"),
        Some(_) | None => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_a_line() {
        let told = |refusal| reason("a", refusal);
        assert_eq!(told("cannot build a/main.py: no\nTraceback\nKeyError: 'b'"), "no");
        assert_eq!(told("cannot use what it lists\n  b 1 is compiled\n  c 1 too"), "b 1 is compiled");
        let fails =
            "cannot build a/main.py: the app fails when it is imported, at build time\nTraceback\nKeyError: 'b'";
        assert_eq!(told(fails), "the app fails when it is imported, at build time: KeyError: 'b'");
    }

    #[test]
    fn a_failure_is_told_by_a_note_about_it() {
        let said =
            "building\nnote: these packages read files of data: a_b\nnote: packages import these: c.late, d\na: 1 MB";
        assert!(is_told("a-b", "FileNotFoundError: no file", said));
        assert!(is_told("e", "ModuleNotFoundError: No module named 'c.late' at a request", said));
        assert!(is_told("e", "ModuleNotFoundError: No module named 'a_b.late.later' at a request", said));
        assert!(is_told("e", "ImportError: cannot import name 'late' from 'c' (/python/c.py)", said));
        assert!(is_told("e", "ModuleNotFoundError: No module named 'c' at a request", said));
        assert!(!is_told("e", "ImportError: cannot import name 'later' from 'c' (/python/c.py)", said));
        assert!(!is_told("e", "ModuleNotFoundError: No module named 'f'", said));
        assert!(!is_told("d", "LookupError: unknown encoding", said));
        assert!(!is_told("building", "KeyError: 1", said));
    }

    #[test]
    fn values_are_compared_as_json() {
        assert_eq!(came_to(Ok(1.into()), &1.into()).0, Outcome::Right);
        assert_eq!(came_to(Ok("1".into()), &1.into()), (Outcome::Wrong, "\"1\" instead of 1".to_owned()));
        assert_eq!(came_to(Err("E: a".to_owned()), &1.into()), (Outcome::Fails, "E: a".to_owned()));
    }
}
