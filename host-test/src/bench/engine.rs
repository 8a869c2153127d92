//! The guest's rows on the wasmtime of the day, by a crate outside the workspace: one version a workspace.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::error::BenchError;
use super::guest::{self, Spec};
use super::row::{Group, Row};
use super::{Bench, Measurement, command};

/// Where the crate is, below the repository.
const FOLDER: &str = "fixtures/bench/engine";

/// The crate compiled, and the guests where it finds them.
#[derive(Debug)]
pub struct Engine {
    binary: PathBuf,
    version: String,
    raw: PathBuf,
    adapted: PathBuf,
}

#[derive(Deserialize)]
struct Samples {
    baseline: Vec<f64>,
    candidate: Vec<f64>,
}

/// How the engine is set up: what the crate calls it, and what follows its version in the table.
type Mode = (&'static str, &'static str);

/// As it comes, and without what costs each call between components something although nothing here uses it.
const MODES: [Mode; 2] = [("timed", ""), ("sequential", " without concurrency")];

/// A measurement for each row, on the newest engine.
pub fn measurements() -> Vec<Measurement> {
    let one = |mode: Mode, spec: &'static Spec| {
        let name = format!("{} on the newest wasmtime{}", spec.name, mode.1);
        Measurement::new(Group::Guest, name, move |bench| time(bench, mode, spec))
    };
    MODES.into_iter().flat_map(|mode| guest::SPECS.iter().map(move |spec| one(mode, spec))).collect()
}

fn time(bench: &Bench, mode: Mode, spec: &Spec) -> Result<Vec<Row>, BenchError> {
    let engine = bench.engine()?;
    let mut command = Command::new(&engine.binary);
    command.arg(mode.0).args([&engine.raw, &engine.adapted]);
    command.args([spec.row, &spec.size.to_string(), &bench.rounds().to_string()]);
    let failed = |message: String| BenchError::Guest { doing: format!("do `{}`", spec.name), message };
    let samples: Samples =
        serde_json::from_str(&command::output(&mut command)?).map_err(|error| failed(error.to_string()))?;
    let engine = format!("wasmtime {}{}", engine.version, mode.1);
    Ok(vec![guest::row(spec, &engine, samples.baseline, samples.candidate)])
}

/// Compiles the crate, and writes the guests where it can read them.
pub fn build(bench: &Bench) -> Result<Engine, BenchError> {
    let folder = bench.repository().join(FOLDER);
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| bench.out().join("target"), PathBuf::from);
    let mut cargo = Command::new("cargo");
    cargo.current_dir(&folder).args(["build", "--release", "--locked", "--target-dir"]).arg(&target);
    command::output(&mut cargo)?;
    let parts = bench.parts()?;
    let write = |name: &str, component: &[u8]| {
        let path = bench.out().join(name);
        fs::write(&path, component).map_err(BenchError::file("write", &path))?;
        path.canonicalize().map_err(BenchError::file("find", path))
    };
    Ok(Engine {
        binary: binary(&target),
        version: guest::engine_version(&folder.join("Cargo.lock"))?,
        raw: write("raw-guest.wasm", &parts.raw)?,
        adapted: write("adapted-guest.wasm", &parts.adapted)?,
    })
}

fn binary(target: &Path) -> PathBuf {
    target.join("release").join(format!("bench-engine{}", env::consts::EXE_SUFFIX))
}
