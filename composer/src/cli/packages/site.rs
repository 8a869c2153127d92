//! What is in a folder of installed packages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::compiled::MissingFunction;
use crate::cli::componentize::said;
use crate::cli::{output, process, sandbox};

const SCRIPTS: [(&str, &str); 3] = [
    ("site_packages.py", include_str!("site_packages.py")),
    ("editable.py", include_str!("editable.py")),
    ("compiled.py", include_str!("compiled.py")),
];

/// What `site_packages.py` found.
#[derive(Debug, Deserialize)]
pub struct Site {
    /// Folders that are on the path, too.
    pub paths: Vec<PathBuf>,
    /// Modules that are elsewhere, by their name: a package's folder or a file.
    pub modules: BTreeMap<String, PathBuf>,
    /// Names that are no part of an app.
    pub leave_out: Vec<String>,
    pub distributions: BTreeMap<String, String>,
    /// Packages that lose compiled modules.
    pub lost: Vec<MissingFunction>,
    /// What a person should know of them.
    pub notes: Vec<String>,
}

impl Site {
    /// Looks at a folder; nothing in it is run.
    pub fn look(folder: &Path, python: &Path, scratch: &Path) -> Result<Self> {
        let scripts = scratch.join("site");
        std::fs::create_dir_all(&scripts).with_context(|| format!("cannot make {}", scripts.display()))?;
        for (name, text) in SCRIPTS {
            output::write(&scripts.join(name), text.as_bytes())?;
        }
        let markers = scripts.join("sandbox.json");
        output::write(&markers, &sandbox::markers())?;
        let [(script, _), ..] = SCRIPTS;
        let mut command = Command::new(python);
        command.arg(scripts.join(script)).arg(folder).arg(markers);
        let output = process::run(&mut command, None).with_context(|| format!("cannot run {}", python.display()))?;
        if !output.status.success() {
            bail!("cannot look at the packages in {}\n{}", folder.display(), said(&output));
        }
        serde_json::from_slice(&output.stdout).context("cannot read what Python says of the packages")
    }
}
