//! Apps to measure: built with the composer's own command, kept from run to run, and built again when it or they change.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::error::BenchError;
use super::{Bench, command};
use crate::apps::fixture;

/// The option that leaves the file system out of an app.
pub(super) const NO_FILES: &str = "--no-files";

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

/// Where an app comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It is one of `fixtures/apps`.
    Example(&'static str),
    /// It is one of those whose core modules stay as componentize-py wired them.
    Unlinked(&'static str),
    /// It is one of those without a file system.
    WithoutFiles(&'static str),
    /// It is one of `fixtures/bench/python`.
    Python(&'static str),
}

impl Source {
    /// The app, built.
    pub fn app(self, bench: &Bench) -> Result<App, BenchError> {
        match self {
            Self::Example(name) => built(bench, name, name, &[]),
            Self::Unlinked(name) => built(bench, name, &format!("{name}-unlinked"), &["--no-link"]),
            Self::WithoutFiles(name) => built(bench, name, &format!("{name}-no-files"), &[NO_FILES]),
            Self::Python(name) => python(bench, name),
        }
    }
}

/// An example app of `fixtures/apps`.
pub fn example(bench: &Bench, name: &'static str) -> Result<App, BenchError> {
    Source::Example(name).app(bench)
}

/// An example app, built with these flags into a file of this name.
fn built(bench: &Bench, name: &str, file: &str, flags: &[&str]) -> Result<App, BenchError> {
    let (folder, apps) = (fixture("apps").join(name), bench.out().join("apps"));
    fs::create_dir_all(&apps).map_err(BenchError::file("make", &apps))?;
    let wasm = apps.join(format!("{file}.wasm"));
    let composer = bench.composer()?;
    if is_older(&wasm, &[&folder, &composer, bench.guests_folder()])? {
        let mut build = Command::new(composer);
        build.env("COMPOSER_GUESTS", bench.guests_folder()).arg("build").arg(&folder).arg("-o").arg(&wasm).args(flags);
        command::output(&mut build)?;
    }
    Ok(App { name: file.to_owned(), wasm, config: folder.join("fastly.toml") })
}

/// An app of `fixtures/bench/python`, which has a builder of its own for apps of all kinds.
pub fn python(bench: &Bench, name: &str) -> Result<App, BenchError> {
    let folder = match bench.built_apps() {
        Some(folder) => folder.to_owned(),
        None => {
            let folder = bench.out().join("python");
            command::output(&mut builder(bench, &folder, name)?)?;
            folder
        }
    };
    let wasm = folder.join(format!("{name}.wasm"));
    if !wasm.is_file() {
        return Err(BenchError::NoApp { path: wasm });
    }
    Ok(App { name: name.to_owned(), wasm, config: folder.join("fastly.toml") })
}

/// The builder with all that it needs. What is up to date it leaves as it is.
fn builder(bench: &Bench, out: &Path, name: &str) -> Result<Command, BenchError> {
    let script = bench.repository().join("fixtures/bench/python/build.py");
    let componentize = env::var_os("COMPONENTIZE_PY").map_or_else(|| PathBuf::from("componentize-py"), PathBuf::from);
    // The interpreter that componentize-py is installed for, if it is in an environment.
    let python = Some(componentize.with_file_name("python")).filter(|python| python.is_file());
    let mut command = Command::new(python.unwrap_or_else(|| PathBuf::from("python3")));
    command.arg(script).arg("--composer").arg(bench.composer()?);
    command.arg("--guests").arg(bench.guests_folder()).arg("--componentize-py").arg(componentize);
    let raw = crate::apps::raw_wit();
    let raw = raw
        .map_err(|error| BenchError::Command { command: "cargo metadata".to_owned(), stderr: format!("{error:#}") })?;
    command.arg("--raw-wit").arg(raw).arg("--out").arg(out).arg(name);
    Ok(command)
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
