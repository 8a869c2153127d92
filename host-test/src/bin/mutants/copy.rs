//! A copy of the project to break: the files that git tracks, as they are in the folder now.
//!
//! Its packages have a version of their own. Cargo tells packages of two folders apart by name and version alone, so
//! that in the folder of all builds a mutant would else pass for what the project itself has built.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// How the project's version is written, and that of its copy.
const VERSION: &str = concat!("\nversion = \"", env!("CARGO_PKG_VERSION"), "\"\n");
const OWN_VERSION: &str = concat!("\nversion = \"", env!("CARGO_PKG_VERSION"), "+mutants\"\n");

/// A copy, and what it is a copy of.
pub struct Copy {
    root: PathBuf,
    folder: PathBuf,
}

impl Copy {
    /// Makes the copy, or brings the one that is there up to date. Files that are the same stay untouched, so
    /// that cargo sees no change.
    pub fn make(root: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let folder = folder.canonicalize().with_context(|| format!("cannot find {}", folder.display()))?;
        let copy = Self { root: root.to_owned(), folder };
        let tracked = tracked(root)?;
        for file in &tracked {
            copy.bring(file)?;
        }
        let kept: HashSet<_> = tracked.iter().map(|file| copy.folder.join(file)).collect();
        remove_others(&copy.folder, &kept)?;
        Ok(copy)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a file holds.
    pub fn read(&self, file: &str) -> Result<String> {
        let path = self.folder.join(file);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Writes another text into a file.
    pub fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.folder.join(file);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Makes a file what it is in the project.
    fn bring(&self, file: &str) -> Result<()> {
        let (from, to) = (self.root.join(file), self.folder.join(file));
        let mut bytes = fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
        if file == "Cargo.toml" || file == "Cargo.lock" {
            bytes = with_own_version(&bytes);
        }
        if fs::read(&to).ok().as_ref() == Some(&bytes) {
            return Ok(());
        }
        let parent = to.parent().context("a file is in a folder")?;
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        fs::write(&to, bytes).with_context(|| format!("cannot write {}", to.display()))
    }
}

/// A manifest or a lock file with the version of a copy, for the packages that are the project's own.
fn with_own_version(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    // What comes out of a registry says so; a manifest has the one version for all of its packages.
    let parts = text.split_inclusive("\n\n").map(|part| {
        if part.contains("\nsource = ") { part.to_owned() } else { part.replacen(VERSION, OWN_VERSION, 1) }
    });
    parts.collect::<String>().into_bytes()
}

/// The files that git tracks, but for those that were deleted since.
fn tracked(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().context("cannot run git")?;
    if !output.status.success() {
        bail!("git cannot list the files of {}: {}", root.display(), String::from_utf8_lossy(&output.stderr));
    }
    let files = String::from_utf8(output.stdout).context("git tracks a file whose name is no text")?;
    Ok(files.split_terminator('\0').filter(|file| root.join(file).exists()).map(str::to_owned).collect())
}

/// Files of an earlier copy that the project has no longer, and what tests left behind.
fn remove_others(folder: &Path, kept: &HashSet<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        if path.is_dir() {
            remove_others(&path, kept)?;
        } else if !kept.contains(&path) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}
