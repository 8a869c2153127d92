//! How files are written: whole or not at all.
//!
//! A link is followed to what it leads to. What is there and is no regular file, such as a device or a pipe, is written
//! to and never replaced. `-` is the standard output.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::super::temporary::{self, Unfinished};

/// How many links lead to a file at most; systems have this limit too.
const MOST_LINKS: usize = 40;

/// What names the standard output.
const STANDARD: &str = "-";

/// Where an output goes.
enum Place {
    /// The standard output.
    Standard,
    /// A file that is there, to be replaced, with what is known of it.
    File(PathBuf, fs::Metadata),
    /// Nothing is there yet.
    New(PathBuf),
    /// Something that takes bytes as they come.
    Through(PathBuf),
}

/// Writes a file whole, and makes the folders it is in.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = match place(path)? {
        Place::Standard => return super::write_bytes(bytes),
        Place::Through(path) => write_through(&path, bytes),
        Place::New(path) => fs::create_dir_all(folder_of(&path)).and_then(|()| replace(&path, bytes, |_| Ok(()))),
        Place::File(path, before) => replace(&path, bytes, |file| keep_access(file, &before)),
    };
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.write_all(bytes)
}

/// Writes into a temporary file beside it, renamed when it is complete.
fn replace(path: &Path, bytes: &[u8], prepare: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let mut unfinished = Unfinished::new(folder_of(path))?;
    unfinished.file().write_all(bytes)?;
    prepare(unfinished.file())?;
    unfinished.rename(path)
}

/// Fails early where a long build could not be written in the end, and clears what one that was killed left there.
pub fn check_writable(path: &Path) -> Result<()> {
    let what = || format!("cannot write {}", path.display());
    let path = match place(path)? {
        Place::Standard => return Ok(()),
        // To open a pipe is to wait for its reader.
        Place::Through(_) => return Ok(()),
        Place::File(path, _) | Place::New(path) => path,
    };
    let folder = folder_of(&path);
    let there = folder.ancestors().find(|folder| folder.as_os_str().is_empty() || folder.exists());
    let there = there.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !there.is_dir() {
        bail!("{}: {} is not a folder; name another place", what(), there.display());
    }
    temporary::sweep(there);
    Unfinished::new(there).map(drop).with_context(what)
}

/// What is in a folder, in order.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let what = || format!("cannot read {}", folder.display());
    let entries = fs::read_dir(folder).with_context(what)?;
    let mut paths = entries.map(|entry| Ok(entry.with_context(what)?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Makes the folder that files of a command go into, and clears what a command that was killed left there.
pub fn make_folder(folder: &Path) -> Result<()> {
    if folder == Path::new(STANDARD) {
        bail!("cannot write a folder to the standard output; name a folder, `./-` if it is called so");
    }
    if folder.exists() && !folder.is_dir() {
        bail!("cannot make {}: a file is there; name another folder", folder.display());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    temporary::sweep(folder);
    Ok(())
}

/// Follows links, and looks at what is there.
fn place(path: &Path) -> Result<Place> {
    let what = || format!("cannot write {}", path.display());
    if path == Path::new(STANDARD) {
        return Ok(Place::Standard);
    }
    if path.to_string_lossy().ends_with(std::path::is_separator) {
        bail!("{}: it names a folder; name a file with -o", what());
    }
    let metadata = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(what),
    };
    match metadata {
        None => Ok(Place::New(end_of_links(path).with_context(what)?)),
        Some(metadata) if metadata.is_dir() => bail!("{}: it is a folder; name a file with -o", what()),
        Some(metadata) if metadata.is_file() => {
            let end = end_of_links(path).with_context(what)?;
            // What is open under `/dev/fd` may have no name of its own any more.
            let is_named = fs::symlink_metadata(&end).is_ok_and(|end| end.is_file());
            Ok(if is_named { Place::File(end, metadata) } else { Place::Through(path.to_owned()) })
        }
        Some(_) => Ok(Place::Through(path.to_owned())),
    }
}

/// What a chain of links leads to, be it there or not.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
            return Ok(path);
        }
        // A relative link starts from its own folder.
        path = folder_of(&path).join(fs::read_link(&path)?);
    }
    Err(io::Error::other("its links lead nowhere"))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Leaves a file to whom it belonged, for those to read and write who could.
#[cfg(unix)]
fn keep_access(file: &File, before: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    let now = file.metadata()?;
    if (now.uid(), now.gid()) != (before.uid(), before.gid()) {
        // Only root may give a file away. Others own what they write.
        let _ = fchown(file, Some(before.uid()), Some(before.gid()));
    }
    file.set_permissions(fs::Permissions::from_mode(before.mode() & 0o777))
}

#[cfg(not(unix))]
fn keep_access(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}
