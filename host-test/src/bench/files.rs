//! What the files of an app cost: an app with a file system by the same without, and files by data in the app's memory.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::apps::{self, NO_FILES, Source};
use super::error::BenchError;
use super::requests::{Page, Promised, Side, loads};
use super::row::{Group, Row, Series, Target, Unit};
use super::{Bench, Measurement, child, linking, python, runner};
use crate::apps::fixture;

/// The example app that is served, instantiated and built with files and without.
const APP: &str = "hello";

const HELLO: Page = ("hello with files", "/");
const TEMPLATE: Page = ("Flask template page", "/");
const DATA: Page = ("a line of a file", "/");

const WITHOUT: Side = Side(Source::WithoutFiles(APP), "without files");
const WITH: Side = Side(Source::Example(APP), "with files");
const DICT: Side = Side(Source::Python("page-dict"), "DictLoader");
const TEMPLATES: Side = Side(Source::Python("page-files"), "templates");
const SMALL: Side = Side(Source::Python("data-20k"), "20 KB of files");
const LARGE: Side = Side(Source::Python("data-20m"), "20 MB of files");

/// All measurements.
pub fn measurements() -> Vec<Measurement> {
    let at_least = |least| Promised { throughput: Some(Target::AtLeast(least)), ..Promised::default() };
    let hello = Promised { memory: Some(Target::AtMost(1.02)), ..at_least(0.98) };
    let mut all: Vec<_> = loads(HELLO, WITHOUT, WITH, hello).collect();
    all.extend(loads(TEMPLATE, DICT, TEMPLATES, at_least(0.95)));
    all.extend(loads(DATA, SMALL, LARGE, at_least(0.97)));
    all.push(Measurement::new(Group::Python, "files: reading 64 KB by the same from bytes", reading));
    all.push(Measurement::new(Group::Build, "files: instantiate hello, with by without", instantiate));
    all.push(Measurement::new(Group::Build, "files: build hello, with by without", build));
    all
}

fn reading(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let served = |name: &str| bench.served(&apps::python(bench, name)?);
    let (bytes, file) = (served("read-bytes")?, served("read-file")?);
    let rows = python::against(bench.rounds(), ("bytes", bytes.addr()), ("a file", file.addr()))?;
    let named = |row: Row| Row { name: format!("64 KB: {}", row.name), ..row }.target(Target::AtMost(1.5));
    Ok(rows.into_iter().map(named).collect())
}

fn instantiate(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let read = |side: Side| {
        let wasm = side.0.app(bench)?.wasm;
        fs::read(&wasm).map_err(BenchError::file("read", wasm))
    };
    let (without, with) = (read(WITHOUT)?, read(WITH)?);
    let sizes = [without.len(), with.len()].map(|size| vec![size as f64]);
    let engine = linking::engine().map_err(BenchError::guest("make an engine"))?;
    let pairs = linking::instantiations(bench, &engine, &without, &with)?;
    let [baseline, candidate] = sizes;
    Ok(vec![
        row("instantiate hello", Unit::Nanoseconds, pairs.baseline, pairs.candidate).target(Target::AtMost(1.05)),
        row("size of hello with files", Unit::Bytes, baseline, candidate),
    ])
}

/// The whole command, as a process.
fn build(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let (app, out) = (fixture("apps").join(APP), bench.out().join("out.wasm"));
    let took = |flags: &[&str]| {
        let mut command = Command::new(bench.composer()?);
        command.env("COMPOSER_GUESTS", bench.guests_folder()).args(args(&app, &out)).args(flags);
        Ok::<_, BenchError>(child::took(&bench.measured()?, &command)?.nanoseconds)
    };
    // Several seconds each.
    let pairs = runner::interleave(bench.rounds().div_ceil(5), || took(&[NO_FILES]), || took(&[]))?;
    let row = row("build hello, the command", Unit::Nanoseconds, pairs.baseline, pairs.candidate);
    Ok(vec![row.target(Target::AtMost(1.15))])
}

fn args<'a>(app: &'a Path, out: &'a Path) -> [&'a OsStr; 4] {
    [OsStr::new("build"), app.as_os_str(), OsStr::new("-o"), out.as_os_str()]
}

fn row(name: &str, unit: Unit, without: Vec<f64>, with: Vec<f64>) -> Row {
    Row::new(Group::Build, name, unit, Series::new(WITHOUT.1, without), Series::new(WITH.1, with))
}
