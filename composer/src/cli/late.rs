//! What an app imports late. With files that takes time in each sandbox; without, a module is imported when the app is
//! built, or never. Said, and no error: only a request shows whether the app comes there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use composer::files::Files;
use serde::Deserialize;

use super::componentize::said;
use super::files::module;
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

/// The modules that the sandbox had loaded in the end.
pub fn loaded(file: &Path) -> Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Says what a person should know of an app that was built, with these files or with none.
pub fn tell(imported: &Imported<'_>, files: Option<&Files>, scratch: &Path) -> Result<()> {
    notes(imported, files, scratch)?.iter().for_each(|note| output::say(format_args!("note: {note}")));
    Ok(())
}

fn notes(imported: &Imported<'_>, files: Option<&Files>, scratch: &Path) -> Result<Vec<String>> {
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
    Ok(match files {
        Some(files) => late.notes_with(&modules(files)),
        None => late.notes(),
    })
}

/// The modules that there are as files.
fn modules(files: &Files) -> BTreeSet<String> {
    let sources = files.tree.files().filter(|(path, _)| path.ends_with(".py"));
    sources.filter_map(|(path, _)| Some(module(path.split_once('/')?.1))).collect()
}

impl Late {
    /// What there is to say of an app with files: what is missing, and what takes time.
    fn notes_with(&self, modules: &BTreeSet<String>) -> Vec<String> {
        let (there, missing): (Vec<_>, Vec<_>) = self.own.iter().partition(|import| modules.contains(&import.module));
        let mut notes: Vec<_> = missing.iter().take(MOST).map(|import| import.note_missing()).collect();
        if missing.len() > MOST {
            notes.push(format!("{} more imports inside functions of the app find no module", missing.len() - MOST));
        }
        if !there.is_empty() {
            let places = there.iter().map(|Import { module, file, line, .. }| format!("{module} ({file}:{line})"));
            notes.push(format!(
                "the app imports these inside functions, so that the first request of a sandbox that comes there compiles them; import them at the top of a module to have them ready: {}",
                bounded(places)
            ));
        }
        notes
    }

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
    fn note_missing(&self) -> String {
        let Self { module, file, line, function } = self;
        format!(
            "{file}:{line}: `{function}` imports `{module}`, which the app has not: it is no module of the app, of its packages or of the sandbox's standard library"
        )
    }

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
