//! What an app's sources say, read by the Python of the build: which interfaces they import, what they can call
//! something by, where they use what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use composer::python::BINDINGS;
use serde::{Deserialize, Serialize};

use super::componentize::said;
use super::{output, process};

/// The scanner, a Python program of several files.
const SCANNER: [(&str, &str); 9] = [
    ("__main__.py", include_str!("scan/__main__.py")),
    ("files.py", include_str!("scan/files.py")),
    ("graph.py", include_str!("scan/graph.py")),
    ("imports.py", include_str!("scan/imports.py")),
    ("known.py", include_str!("scan/known.py")),
    ("references.py", include_str!("scan/references.py")),
    ("report.py", include_str!("scan/report.py")),
    ("scopes.py", include_str!("scan/scopes.py")),
    ("spelled.py", include_str!("scan/spelled.py")),
];

/// What is to be looked at.
#[derive(Debug, Serialize)]
pub struct Request<'a> {
    /// The entry module.
    pub entry: &'a str,
    /// The folders of the app's own modules.
    pub app: Vec<&'a Path>,
    /// The folders of its packages.
    pub packages: Vec<&'a Path>,
    /// The package that goes with the bindings.
    pub package: &'a str,
    /// The folder of the modules that it has for this world.
    pub own: &'a Path,
    /// The folder of the stubs of both.
    pub stubs: &'a Path,
    /// Whether the app has no package.
    pub plain: bool,
    /// The names whose uses are looked for.
    pub names: BTreeSet<String>,
}

/// The request with what does not vary.
#[derive(Debug, Serialize)]
struct Whole<'a> {
    bindings: &'a str,
    #[serde(flatten)]
    request: &'a Request<'a>,
}

/// What there is to say of an app.
#[derive(Debug, Deserialize)]
pub struct Scan {
    /// The modules of the interfaces that it imports, and where it first does.
    pub interfaces: BTreeMap<String, Place>,
    /// Those that it may import, or does without.
    pub perhaps: BTreeSet<String>,
    /// Whether it may import any.
    pub whole: bool,
    /// All the names that it can call something by; none where it may compute one.
    pub names: Option<BTreeSet<String>>,
    /// Whether it may pass keyword arguments of any name.
    pub any_keyword: bool,
    /// Uses of the names that were asked for, where an import shows what they belong to.
    pub resolved: Vec<Use>,
    /// Uses of such a name as an attribute of an object that is not known.
    pub unresolved: Vec<Use>,
    /// The names that other things than those of the bindings have.
    pub ambiguous: BTreeSet<String>,
    /// Where it uses names of the bindings that do not exist.
    pub missing: Vec<Missing>,
}

/// A line of a file.
#[derive(Debug, Deserialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
}

/// A use of a name.
#[derive(Debug, Deserialize)]
pub struct Use {
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The name.
    pub name: String,
    /// Whether it is called.
    pub called: bool,
}

/// A use of a name that does not exist.
#[derive(Debug, Deserialize)]
pub struct Missing {
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The name below the bindings.
    pub name: String,
    /// A name that exists and is almost the same.
    pub near: Option<String>,
}

/// Reads the app's sources with this Python.
pub fn scan(request: &Request<'_>, python: &Path, scratch: &Path) -> Result<Scan> {
    let program = scratch.join("scan");
    write_all(&program, SCANNER)?;
    let file = scratch.join("request.json");
    output::write(&file, &serde_json::to_vec(&Whole { bindings: BINDINGS, request })?)?;
    let mut command = Command::new(python);
    command.args(["-I", "-B"]).arg(&program).arg(&file);
    let output = process::run(&mut command, None).with_context(|| format!("cannot run {}", python.display()))?;
    if !output.status.success() {
        let app: Vec<_> = request.app.iter().map(|folder| folder.display().to_string()).collect();
        bail!("cannot read {}\n{}", app.join(", "), said(&output));
    }
    serde_json::from_slice(&output.stdout).context("cannot read what Python says of the app")
}

/// Writes files into a folder of their own.
pub fn write_all<N: AsRef<Path>, T: AsRef<str>>(folder: &Path, files: impl IntoIterator<Item = (N, T)>) -> Result<()> {
    for (name, text) in files {
        let path: PathBuf = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        output::write(&path, text.as_ref().as_bytes())?;
    }
    Ok(())
}
