//! What a person sees, and how files are written: whole or not at all.

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

/// Writes a file whole: into a temporary one beside it, renamed when it is complete.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let what = || format!("cannot write {}", path.display());
    let mut file = tempfile::Builder::new().prefix(".composer-").tempfile_in(folder).with_context(what)?;
    file.write_all(bytes).with_context(what)?;
    make_readable(file.as_file()).with_context(what)?;
    file.persist(path).map_err(|error| error.error).with_context(what)?;
    Ok(())
}

/// Prints to the standard output. Whoever reads it may have seen enough, as `head` has.
pub fn print(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.context("cannot print"),
    }
}

/// Fails early where a long build could not be written in the end.
pub fn check_writable(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        anyhow::bail!("cannot write {}: there is no folder {}; make it first", path.display(), folder.display());
    }
    tempfile::Builder::new()
        .prefix(".composer-")
        .tempfile_in(folder)
        .map(drop)
        .with_context(|| format!("cannot write {}", path.display()))?;
    if path.is_dir() {
        anyhow::bail!("cannot write {}: it is a folder; name a file with -o", path.display());
    }
    Ok(())
}

/// A temporary file is its owner's alone; an output is everybody's to read, as the umask allows.
#[cfg(unix)]
fn make_readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// A long step: a spinner on a terminal, a plain line elsewhere.
pub struct Step(Option<ProgressBar>);

impl Step {
    pub fn start(message: impl Into<String>) -> Self {
        let message = message.into();
        if !io::stderr().is_terminal() {
            eprintln!("{message}");
            return Self(None);
        }
        let bar = ProgressBar::new_spinner().with_message(message);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A size as people say it.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} KB", bytes / 1000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
