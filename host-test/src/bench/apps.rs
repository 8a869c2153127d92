//! Apps to measure: built with the composer's own command, kept from run to run, and built again when it or they change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::error::BenchError;
use super::{Bench, command};
use crate::apps::fixture;

/// An app that can be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// What rows call it.
    pub name: String,
    /// The composed component.
    pub wasm: PathBuf,
    /// What configures the host for it.
    pub config: PathBuf,
}

/// An example app of `fixtures/apps`.
pub fn example(bench: &Bench, name: &str) -> Result<App, BenchError> {
    let (folder, apps) = (fixture("apps").join(name), bench.out().join("apps"));
    fs::create_dir_all(&apps).map_err(BenchError::file("make", &apps))?;
    let wasm = apps.join(format!("{name}.wasm"));
    let composer = bench.composer()?;
    if is_older(&wasm, &[&folder, &composer, bench.guests_folder()])? {
        let mut build = Command::new(composer);
        build.env("COMPOSER_GUESTS", bench.guests_folder()).arg("build").arg(&folder).arg("-o").arg(&wasm);
        command::output(&mut build)?;
    }
    Ok(App { name: name.to_owned(), wasm, config: folder.join("fastly.toml") })
}

/// Whether a file is missing, or older than anything that it is made of.
fn is_older(made: &Path, sources: &[&Path]) -> Result<bool, BenchError> {
    let Ok(made) = fs::metadata(made).and_then(|data| data.modified()) else { return Ok(true) };
    for source in sources {
        if newest(source)?.is_some_and(|newest| newest > made) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When the newest file of a folder was written; of a file, when it was.
fn newest(path: &Path) -> Result<Option<SystemTime>, BenchError> {
    let read = |path: &Path| BenchError::file("read", path.to_owned());
    let data = fs::metadata(path).map_err(read(path))?;
    if data.is_file() {
        return data.modified().map(Some).map_err(read(path));
    }
    let mut newest = None;
    for entry in fs::read_dir(path).map_err(read(path))? {
        let entry = entry.map_err(read(path))?;
        // What is in folders below is written with what is beside them.
        if entry.file_type().map_err(read(path))?.is_file() {
            newest = newest.max(entry.metadata().and_then(|data| data.modified()).ok());
        }
    }
    Ok(newest)
}
