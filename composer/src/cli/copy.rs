//! Copies of folders. Importing an app writes byte code beside its sources, which are not ours to write to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Copies what a folder has of regular files, through links, but for what is left out by its path. What is no regular
/// file (a pipe, a dead link, a link to a folder that it is in) or must not be read is passed by.
pub fn tree(from: &Path, to: &Path, leave_out: &dyn Fn(&Path) -> bool) -> Result<()> {
    let canonical = from.canonicalize().with_context(|| format!("cannot copy {}", from.display()))?;
    folder(from, to, leave_out, &mut vec![canonical])
}

/// Copies a module or a package: a file or a folder.
pub fn either(from: &Path, to: &Path, leave_out: &dyn Fn(&Path) -> bool) -> Result<()> {
    if from.is_dir() {
        return tree(from, to, leave_out);
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    file(from, to)
}

/// Whether an app can have no use for it: what is hidden (`.venv`, `.git`), byte code, an environment or what is npm's.
pub fn is_no_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with('.')
        || name == "node_modules"
        || path.join("pyvenv.cfg").is_file()
        || is_byte_code(path)
}

/// Whether it is the byte code of a source beside it.
pub fn is_byte_code(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "__pycache__")
}

/// `above` has the folder and those that it is in, without links.
fn folder(from: &Path, to: &Path, leave_out: &dyn Fn(&Path) -> bool, above: &mut Vec<PathBuf>) -> Result<()> {
    let what = || format!("cannot copy {}", from.display());
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let Some(entries) = readable(fs::read_dir(from)).with_context(what)? else { return Ok(()) };
    for entry in entries {
        let entry = entry.with_context(what)?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        // A link that leads nowhere, or only to itself, has none.
        let Ok(metadata) = fs::metadata(&source) else { continue };
        if leave_out(&source) {
            continue;
        }
        if metadata.is_file() {
            file(&source, &copy)?;
        } else if metadata.is_dir() {
            let Ok(canonical) = source.canonicalize() else { continue };
            if above.iter().any(|above| above.starts_with(&canonical)) {
                continue;
            }
            above.push(canonical);
            folder(&source, &copy, leave_out, above)?;
            above.pop();
        }
    }
    Ok(())
}

fn file(from: &Path, to: &Path) -> Result<()> {
    readable(fs::copy(from, to)).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// Nothing where it must not be read.
fn readable<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        Err(error) => Err(error),
    }
}
