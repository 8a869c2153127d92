//! What an app imports too late: a module is imported when the app is built, or never. Said, and no error: only a
//! request shows whether the app comes there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::componentize::said;
use super::{output, process};

const LATE: &str = include_str!("late.py");

/// As many of a kind are told; a line that nobody reads to its end helps nobody.
const MOST: usize = 8;

/// What `late.py` found.
#[derive(Debug, Deserialize)]
struct Late {
    own: Vec<Import>,
    packages: Vec<(String, String)>,
    computed: Vec<(String, String)>,
    data: Vec<String>,
}

/// An import inside a function of the app's own.
#[derive(Debug, Deserialize)]
struct Import {
    module: String,
    file: String,
    line: usize,
    function: String,
}

/// Where the app is, and what the sandbox had loaded in the end.
pub struct Imported<'a> {
    /// The Python to look with.
    pub python: &'a Path,
    /// The folders of the app's own modules.
    pub app: &'a [PathBuf],
    /// The folders of packages.
    pub packages: &'a [PathBuf],
    /// The file with the names of the modules.
    pub loaded: &'a Path,
}

/// What a person should know of an app that was built.
pub fn notes(imported: &Imported<'_>, scratch: &Path) -> Result<Vec<String>> {
    let script = scratch.join("late.py");
    output::write(&script, LATE.as_bytes())?;
    let mut command = Command::new(imported.python);
    command.arg(&script).arg(imported.loaded).args(imported.app).arg("--").args(imported.packages);
    let output =
        process::run(&mut command, None).with_context(|| format!("cannot run {}", imported.python.display()))?;
    if !output.status.success() {
        bail!("cannot look for imports inside functions\n{}", said(&output));
    }
    let late: Late = serde_json::from_slice(&output.stdout).context("cannot read what Python says of late imports")?;
    Ok(late.notes())
}

impl Late {
    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<_> = self.own.iter().take(MOST).map(Import::note).collect();
        if self.own.len() > MOST {
            notes.push(format!(
                "{} more imports inside functions of the app are not there at a request",
                self.own.len() - MOST
            ));
        }
        if !self.packages.is_empty() {
            notes.push(format!(
                "packages import these inside functions, and they are not there at a request; import at the top of the app's modules what it needs of them: {}",
                listed(&self.packages)
            ));
        }
        if !self.computed.is_empty() {
            notes.push(format!(
                "these packages import modules by names that they compute, and what is not imported yet is not there at a request; import at the top of the app's modules what it needs of them: {}",
                listed(&self.computed)
            ));
        }
        if !self.data.is_empty() {
            notes.push(format!(
                "these packages read files of data, and there are no files at a request; have what the app needs read when it is imported: {}",
                bounded(self.data.iter().cloned())
            ));
        }
        notes
    }
}

impl Import {
    fn note(&self) -> String {
        let Self { module, file, line, function } = self;
        format!(
            "{file}:{line}: `{function}` imports `{module}`, which fails at a request: a module is imported when the app is built, or never; import it at the top of the module"
        )
    }
}

/// Names, each with a place.
fn listed(places: &[(String, String)]) -> String {
    bounded(places.iter().map(|(name, place)| format!("{name} ({place})")))
}

/// The first of them, and how many more there are.
fn bounded(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(MOST);
    let mut first: Vec<_> = names.take(MOST).collect();
    if more > 0 {
        first.push(format!("and {more} more"));
    }
    first.join(", ")
}
