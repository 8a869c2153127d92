//! Compiled modules: those of the machine that builds do not run in the sandbox, and not every package can do without.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Result, bail};
use serde::Deserialize;

use super::origin::Listed;
use crate::cli::output;

/// How files of machine code end.
const LIBRARIES: [&str; 4] = [".so", ".pyd", ".dylib", ".dll"];

/// A package that loses compiled modules.
#[derive(Debug, Deserialize)]
pub struct MissingFunction {
    /// The package's name as it is compared, and as it is shown.
    key: String,
    name: String,
    version: String,
    /// Those that no Python module stands in for.
    modules: Vec<String>,
    /// The import that fails whatever of the package is imported.
    needs: Option<Need>,
    /// The packages that need this one, the nearest first.
    needed_by: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Need {
    module: String,
    file: Option<String>,
    line: usize,
}

impl MissingFunction {
    /// The package, and why it is there.
    fn title(&self) -> String {
        match self.needed_by.as_slice() {
            [] => format!("{} {}", self.name, self.version),
            [first, rest @ ..] => {
                let rest: String = rest.iter().map(|other| format!(", which {other} needs")).collect();
                format!("{} {} (needed by {first}{rest})", self.name, self.version)
            }
        }
    }

    /// Why the package cannot be used.
    fn without(&self, module: &str, place: &str) -> String {
        format!(
            "{} cannot do without its compiled module `{module}`{place}, and that does not run in the sandbox",
            self.title()
        )
    }

    /// Why a package that surely cannot do without its modules cannot be used; none for others.
    fn why(&self) -> Option<String> {
        let Need { module, file, line } = self.needs.as_ref()?;
        let place = file.as_ref().map(|file| format!(", which {file}:{line} imports"));
        Some(self.without(module, &place.unwrap_or_default()))
    }
}

/// Refuses packages that surely cannot do without; `pure` has the newest versions without compiled modules.
pub fn refuse(losses: &[MissingFunction], listed: &Listed, pure: &BTreeMap<String, String>) -> Result<()> {
    let line = |loss: &MissingFunction| {
        let why = loss.why()?;
        Some(match pure.get(&loss.key) {
            // What needs a package says which version.
            Some(version) if loss.needed_by.is_empty() => format!("  {why}; `{}=={version}` has none", loss.key),
            Some(_) => format!("  {why}"),
            None => format!("  {why}; no version of it has a wheel without"),
        })
    };
    let lines: Vec<_> = losses.iter().filter_map(line).collect();
    if lines.is_empty() {
        return Ok(());
    }
    bail!(
        "cannot use what {listed} lists; take another package, or pin an older version, of it or of what needs it. If the app never imports it, leave it out, or install the packages into a virtual environment and give --virtualenv\n{}",
        lines.join("\n")
    )
}

/// Names the packages that go without.
pub fn tell(losses: &[MissingFunction]) {
    let without = losses.iter().filter(|loss| !loss.modules.is_empty());
    let names: Vec<_> = without.map(|loss| format!("{} {}", loss.name, loss.version)).collect();
    if !names.is_empty() {
        output::say(format_args!("without their compiled modules: {}", names.join(", ")));
    }
}

/// What to do where the import of one of them failed after all.
pub fn advice(losses: &[MissingFunction], traceback: &str) -> Option<String> {
    let (_, error) = traceback.rsplit_once("Traceback (most recent call last):").unwrap_or(("", traceback));
    let is_import = |line: &str| line.starts_with("ModuleNotFoundError:") || line.starts_with("ImportError:");
    let lines = error.lines().skip_while(|line| !is_import(line)).collect::<Vec<_>>().join("\n");
    let named = losses.iter().flat_map(|loss| loss.modules.iter().map(move |module| (loss, module)));
    let (loss, module) = named.into_iter().find(|(_, module)| is_named(&lines, module))?;
    Some(format!(
        "{}; take a package without compiled modules, or a version of it that does without",
        loss.without(module, "")
    ))
}

/// Whether an error is about a module: `No module named 'a.b'`, or `cannot import name 'b' from 'a'`.
fn is_named(error: &str, module: &str) -> bool {
    let (package, name) = module.rsplit_once('.').unwrap_or(("", module));
    error.contains(&format!("'{module}'")) || error.contains(&format!("cannot import name '{name}' from '{package}'"))
}

/// Whether it is a compiled module for another machine than the sandbox's, which is WebAssembly.
pub fn is_native(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_library = name.contains(".so.") || LIBRARIES.iter().any(|ending| name.ends_with(ending));
    if !is_library || !path.is_file() {
        return false;
    }
    let mut start = [0; 4];
    !File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok() && &start == b"\0asm")
}
