//! Temporary files and folders. They go when they are dropped or at an interrupt; what a process that was killed
//! left behind goes when the next one starts.
//!
//! Whoever makes one holds a lock on it. One that nobody holds is left over. A process in another container has
//! process ids of its own, so a process id in the name could not tell.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

use super::interrupt::{self, Known};

/// What names begin with; six letters or digits follow.
const PREFIX: &str = ".composer-tmp-";
const RANDOM: usize = 6;

/// The file that is locked in a folder.
const LOCK: &str = "lock";

/// How often one is made again that somebody took for left over before it was locked.
const ATTEMPTS: usize = 10;

/// A temporary folder.
pub struct Folder {
    folder: TempDir,
    _lock: File,
    _known: Known,
}

impl Folder {
    /// Makes one where temporary files go, and removes those that were left there.
    pub fn new() -> io::Result<Self> {
        sweep(&std::env::temp_dir());
        for _ in 0..ATTEMPTS {
            let make = || builder().tempdir();
            let (folder, known) = interrupt::temporary(make, |folder| folder.path())?;
            let Ok(lock) = File::create_new(folder.path().join(LOCK)) else { continue };
            lock.lock()?;
            if folder.path().join(LOCK).is_file() {
                return Ok(Self { folder, _lock: lock, _known: known });
            }
        }
        Err(io::Error::other("it is removed again and again"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A temporary file, to be renamed when it is complete.
pub struct Unfinished {
    file: NamedTempFile,
    _known: Known,
}

impl Unfinished {
    /// Makes one in a folder. Everybody may read it whom the umask lets.
    pub fn new(folder: &Path) -> io::Result<Self> {
        for _ in 0..ATTEMPTS {
            let make = || readable(&mut builder()).tempfile_in(folder);
            let (file, known) = interrupt::temporary(make, |file| file.path())?;
            // Some file systems know no locks. Nothing is removed from them then.
            let is_locked = file.as_file().lock().is_ok();
            if !is_locked || file.path().is_file() {
                return Ok(Self { file, _known: known });
            }
        }
        Err(io::Error::other("it is removed again and again"))
    }

    /// What is written to.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives it its name, in the place of what has it now.
    pub fn rename(self, path: &Path) -> io::Result<()> {
        self.file.persist(path).map(drop).map_err(|error| error.error)
    }
}

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).rand_bytes(RANDOM);
    builder
}

#[cfg(unix)]
fn readable<'b>(builder: &'b mut Builder<'static, 'static>) -> &'b mut Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn readable<'b>(builder: &'b mut Builder<'static, 'static>) -> &'b mut Builder<'static, 'static> {
    builder
}

/// Removes what was left over in a folder. What cannot be removed stays, and harms nobody.
pub fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| is_name(&entry.file_name().to_string_lossy())).for_each(|entry| {
        let _ = remove_left_over(&entry.path());
    });
}

fn is_name(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX);
    random.is_some_and(|random| random.len() == RANDOM && random.chars().all(|c| c.is_ascii_alphanumeric()))
}

fn remove_left_over(path: &PathBuf) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if !is_ours(&metadata) || metadata.is_symlink() {
        return Ok(());
    }
    let locked = if metadata.is_dir() { path.join(LOCK) } else { path.clone() };
    if !fs::symlink_metadata(&locked)?.is_file() {
        return Ok(());
    }
    let lock = File::open(&locked)?;
    // Somebody who is making it holds it, or finds that it is gone.
    lock.try_lock()?;
    if metadata.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// Whether it is of the user who runs this: others' files are theirs.
#[cfg(unix)]
fn is_ours(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_ours(_: &fs::Metadata) -> bool {
    true
}
