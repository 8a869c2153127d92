//! Rows of a small guest that calls the host: the raw world is the baseline, the adapter the candidate.

use std::fs;
use std::path::Path;

use indexmap::IndexMap;

use super::error::BenchError;
use super::host::{Guest, Mode};
use super::parts::Parts;
use super::row::{Group, Instructions, Row, Series, Target, Unit};
use super::{Bench, Measurement, measure};

/// What an adapted call may cost where control is what passes, on the newest engine.
const CONTROL: Target = Target::AtMost(1.5);

/// What an adapted call may cost where bytes are what passes.
const BULK: Target = Target::AtMost(1.15);

/// A row: what the guest calls it, with which size, and what it is.
pub struct Spec {
    /// The table's name for it, by which its instructions are known too.
    pub name: &'static str,
    /// The guest's name for it.
    pub row: &'static str,
    /// How much: bytes, or names.
    pub size: usize,
    target: Option<Target>,
}

const fn control(name: &'static str, row: &'static str, size: usize) -> Spec {
    Spec { name, row, size, target: Some(CONTROL) }
}

const fn bulk(name: &'static str, row: &'static str, size: usize) -> Spec {
    // Below this, it is the call that costs.
    let target = if size >= 65_536 { Some(BULK) } else { None };
    Spec { name, row, size, target }
}

/// All rows.
pub const SPECS: &[Spec] = &[
    control("nop method", "nop", 0),
    control("get-method", "get-method", 0),
    control("header value", "header-value", 0),
    control("header insert", "header-insert", 0),
    control("header names x10", "header-names", 10),
    control("header names x100", "header-names", 100),
    control("config get 20 B", "config-get", 20),
    control("config get 2 KB", "config-get", 2048),
    control("config get 64 KB", "config-get", 65_536),
    bulk("body read 1 KB", "body-read", 1024),
    bulk("body read 64 KB", "body-read", 65_536),
    bulk("body read 1 MB", "body-read", 1_048_576),
    bulk("body write 1 KB", "body-write", 1024),
    bulk("body write 64 KB", "body-write", 65_536),
    bulk("body write 1 MB", "body-write", 1_048_576),
    control("kv insert with options", "kv-insert", 0),
    control("error return", "error", 0),
    control("open and drop", "open-drop", 0),
];

/// The guest in both worlds, ready to run.
pub struct Guests {
    raw: Guest,
    adapted: Guest,
}

impl Guests {
    /// Compiles both components.
    pub fn new(parts: &Parts, mode: Mode) -> Result<Self, BenchError> {
        let compile = |component: &[u8]| Guest::new(component, mode).map_err(BenchError::guest("compile the guest"));
        Ok(Self { raw: compile(&parts.raw)?, adapted: compile(&parts.adapted)? })
    }

    /// Whether both worlds come to the same.
    pub fn same_work(&self, spec: &Spec) -> Result<(), BenchError> {
        measure::same_work(&self.raw, &self.adapted, spec.row, spec.size).map_err(failed(spec))
    }

    /// Instructions a call. Both must have been compiled to count them.
    pub fn count(&self, spec: &Spec) -> Result<Instructions, BenchError> {
        let count = |guest| measure::count(guest, spec.row, spec.size).map_err(failed(spec));
        Ok(Instructions { baseline: count(&self.raw)?, candidate: count(&self.adapted)? })
    }
}

/// A measurement for each row, on the engine of the host.
pub fn measurements() -> Vec<Measurement> {
    let one = |spec: &'static Spec| {
        let name = format!("{} on the host's wasmtime", spec.name);
        Measurement::new(Group::Guest, name, move |bench| time(bench, spec))
    };
    SPECS.iter().map(one).collect()
}

fn time(bench: &Bench, spec: &Spec) -> Result<Vec<Row>, BenchError> {
    let guests = bench.guests()?;
    let pairs =
        measure::time(&guests.raw, &guests.adapted, spec.row, spec.size, bench.rounds()).map_err(failed(spec))?;
    let engine = format!("wasmtime {}", engine_version(&bench.repository().join("Cargo.lock"))?);
    let mut row = row(spec, &engine, pairs.baseline, pairs.candidate);
    // The promise about control is one about engines without the fixed cost of a call that this one has.
    row.target = spec.target.filter(|target| *target == BULK);
    row.instructions = Some(bench.counting_guests()?.count(spec)?);
    Ok(vec![row])
}

/// A row of the table from its samples, with all that was promised.
pub fn row(spec: &Spec, engine: &str, raw: Vec<f64>, adapted: Vec<f64>) -> Row {
    let (raw, adapted) = (Series::new("raw", raw), Series::new("adapted", adapted));
    let mut row = Row::new(Group::Guest, spec.name, Unit::Nanoseconds, raw, adapted).engine(engine);
    row.target = spec.target;
    row
}

/// What the rows that `wanted` picks take in instructions.
pub fn counts(bench: &Bench, wanted: impl Fn(&Spec) -> bool) -> Result<IndexMap<String, Instructions>, BenchError> {
    let guests = bench.counting_guests()?;
    let count = |spec: &Spec| Ok((spec.name.to_owned(), guests.count(spec)?));
    SPECS.iter().filter(|spec| wanted(spec)).map(count).collect()
}

/// The version of wasmtime that a lock file pins.
pub fn engine_version(lock: &Path) -> Result<String, BenchError> {
    let text = fs::read_to_string(lock).map_err(BenchError::file("read", lock))?;
    let mut lines = text.lines().skip_while(|line| *line != "name = \"wasmtime\"");
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    Ok(version.unwrap_or("of an unknown version").to_owned())
}

fn failed(spec: &Spec) -> impl FnOnce(wasmtime::Error) -> BenchError {
    BenchError::guest(format!("do `{}`", spec.name))
}
