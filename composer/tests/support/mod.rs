//! What the tests share: golden files, the raw WIT of the host, components made of WIT alone.
#![allow(dead_code, reason = "each test takes what it needs")]

pub mod bound;
pub mod cases;
pub mod composed;
pub mod dummy;
pub mod fates;
pub mod hold;
pub mod host;
pub mod hosts;
pub mod import_scenes;
pub mod leftovers;
pub mod package_scenes;
pub mod page;
pub mod public;
pub mod python;
pub mod scans;
pub mod scene;
pub mod scenes;
pub mod source;
pub mod stubs;
pub mod wheels;
pub mod written;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use similar::{ChangeTag, TextDiff};

/// A path below the root of the repository.
pub fn repository(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the crate is a folder of the repository").join(path)
}

/// Whether `BLESS=1` asks to rewrite the golden files.
pub fn bless() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// Compares a text with a golden file, or rewrites the file.
pub fn golden(path: &Path, actual: &str) -> Result<(), String> {
    if bless() {
        if fs::read_to_string(path).ok().as_deref() != Some(actual) {
            fs::write(path, actual).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
        return Ok(());
    }
    let expected =
        fs::read_to_string(path).map_err(|error| format!("{}: {error}; write it with BLESS=1", path.display()))?;
    if expected == actual {
        return Ok(());
    }
    let name = path.strip_prefix(repository("")).unwrap_or(path).display();
    Err(format!("{name} differs; if this is right, rewrite it with BLESS=1\n{}", difference(&expected, actual)))
}

/// The lines that differ, with a few of those around them.
fn difference(expected: &str, actual: &str) -> String {
    let diff = TextDiff::from_lines(expected, actual);
    let mut text = String::new();
    for change in diff.grouped_ops(2).iter().flatten().flat_map(|op| diff.iter_changes(op)) {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{sign}{}", change.value());
    }
    text
}

/// The folders of a folder, in order.
pub fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut folders: Vec<_> =
        entries.map(|entry| entry.expect("the folder can be read").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The last part of a path, as text.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
