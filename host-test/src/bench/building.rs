//! What the composer takes: against copying the file, against `wac` doing the same, and as worlds grow.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use composer::bundle::Bundle;
use composer::compose::{Composed, compose};
use composer::manifest::{self, ManifestError};
use composer::metadata::Metadata;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use super::apps;
use super::clock::thread_time;
use super::error::BenchError;
use super::row::{Group, Row, Series, Target, Unit};
use super::runner::{self, Pairs};
use super::{Bench, Measurement, child, worlds};

/// The sizes of made-up worlds, in functions.
const SIZES: [usize; 4] = [10, 100, 1000, 10_000];

/// How long a sample takes at least, in nanoseconds, and how long all samples of a row may.
const SAMPLE: f64 = 5e6;
const BUDGET: f64 = 20e9;

/// What a function may cost in a world ten times as large.
const LINEAR: Target = Target::AtMost(1.25);

/// How large the adapter of `hello` may be, in bytes.
const SMALL: f64 = 100_000.0;

/// All measurements of the group.
pub fn measurements() -> Vec<Measurement> {
    let one = |name: &str, run: fn(&Bench) -> Result<Vec<Row>, BenchError>| Measurement::new(Group::Build, name, run);
    let mut all = vec![
        one("derive", derive),
        one("compose, inspect and split hello, the commands", command),
        one("compose hello", against_wac),
        one("size of hello", sizes),
    ];
    for pair in SIZES.windows(2) {
        let &[few, many] = pair else { continue };
        all.push(Measurement::new(Group::Build, format!("derive {many} functions"), move |bench| {
            growth(bench, "derive", few, many, derived)
        }));
        all.push(Measurement::new(Group::Build, format!("compose {many} functions"), move |bench| {
            growth(bench, "compose", few, many, composed)
        }));
    }
    all
}

fn row(name: impl Into<String>, unit: Unit, baseline: (&str, Vec<f64>), candidate: (&str, Vec<f64>)) -> Row {
    Row::new(Group::Build, name, unit, Series::new(baseline.0, baseline.1), Series::new(candidate.0, candidate.1))
}

fn derive(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let bundle = bench.bundle()?;
    let decode = || timed(|| wit_component::decode(&bundle.wit).map(drop).map_err(|error| engine_failed(&error)));
    let whole = || timed(|| Ok(bundle.world().map(drop)?));
    let pairs = runner::interleave(bench.rounds(), decode, whole)?;
    let (baseline, candidate) = (("decoding its WIT", pairs.baseline), ("deriving", pairs.candidate));
    Ok(vec![row("derive the world of the guests", Unit::Nanoseconds, baseline, candidate)])
}

/// Whole commands, as processes: their time against copying the file, their memory against the file.
fn command(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let Hello { app, composed, .. } = hello(bench)?;
    let [app_file, composed_file, parts] = ["app.wasm", "composed.wasm", "parts"].map(|name| bench.out().join(name));
    for (path, bytes) in [(&app_file, &app), (&composed_file, &composed.component)] {
        fs::write(path, bytes).map_err(BenchError::file("write", path))?;
    }
    let out = bench.out().join("out.wasm");
    let [compose, inspect, split] = [
        [OsStr::new("compose"), app_file.as_os_str(), OsStr::new("-o"), out.as_os_str()].as_slice(),
        &[OsStr::new("inspect"), composed_file.as_os_str()],
        &[OsStr::new("split"), composed_file.as_os_str(), OsStr::new("--out"), parts.as_os_str()],
    ]
    .map(|args| against_copy(bench, args));
    let promised = |rows: Vec<Row>| rows.into_iter().map(|row| row.target(Target::AtMost(3.0)));
    Ok(promised(compose?).chain(inspect?).chain(split?).collect())
}

/// A command about a file, its second argument, and copying that file.
fn against_copy(bench: &Bench, args: &[&OsStr]) -> Result<Vec<Row>, BenchError> {
    let (name, input) = (args[0].to_string_lossy(), Path::new(args[1]));
    let copy = bench.out().join("copy.wasm");
    let size = fs::metadata(input).map_err(BenchError::file("read", input))?.len();
    let mut memory = Vec::new();
    let copied = || timed(|| fs::copy(input, &copy).map(drop).map_err(BenchError::file("copy", input)));
    let done = || {
        let mut command = Command::new(bench.composer()?);
        let took = child::took(&bench.measured()?, command.env("COMPOSER_GUESTS", bench.guests_folder()).args(args))?;
        memory.push(took.memory);
        Ok(took.nanoseconds)
    };
    let pairs = runner::interleave(bench.rounds(), copied, done)?;
    let file = vec![size as f64; memory.len()];
    let doing = "the process";
    Ok(vec![
        row(
            format!("{name} hello, the command"),
            Unit::Nanoseconds,
            ("copying the file", pairs.baseline),
            (doing, pairs.candidate),
        ),
        row(format!("{name} hello, memory"), Unit::Bytes, ("the file", file), (doing, memory)),
    ])
}

/// From bytes to bytes: the composer, which makes the guests and looks at the result too, and a graph of the same parts.
fn against_wac(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let (app, bundle) = (hello(bench)?, bench.bundle()?);
    let world = bundle.world()?;
    let metadata = Metadata::new(&world.rules.metadata);
    let wac = || timed(|| plug(&app.parts).map(drop));
    let ours = || timed(|| Ok(compose(&world, &bundle.guests, app.app.clone(), &metadata).map(drop)?));
    let pairs = runner::interleave(bench.rounds(), wac, ours)?;
    let (wac, ours) = (("wac-graph", pairs.baseline), ("the composer", pairs.candidate));
    Ok(vec![row("compose hello", Unit::Nanoseconds, wac, ours).target(Target::AtMost(1.0))])
}

fn sizes(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let app = hello(bench)?;
    let whole: usize = app.composed.component.len();
    let adapter = app.composed.manifest.parts.iter().find(|part| part.name == "adapter").map_or(0, |part| part.size);
    let sizes = |of: usize| vec![of as f64];
    Ok(vec![
        row("size of hello", Unit::Bytes, ("the app", sizes(app.app.len())), ("composed", sizes(whole))),
        row("adapter of hello", Unit::Bytes, ("100 KB", vec![SMALL]), ("the adapter", sizes(adapter)))
            .target(Target::AtMost(1.0)),
    ])
}

/// What a function costs in a small world and in a larger one.
fn growth(
    bench: &Bench,
    what: &str,
    few: usize,
    many: usize,
    prepare: fn(usize) -> Result<Task, BenchError>,
) -> Result<Vec<Row>, BenchError> {
    let (small, large) = (prepare(few)?, prepare(many)?);
    let repeated = |task: &Task, times: u32| timed(|| (0..times).try_for_each(|_| task()));
    let often = |task: &Task| runner::calibrate(SAMPLE, 1000, |times| repeated(task, times));
    let (small_times, large_times) = (often(&small)?, often(&large)?);
    let each = |task, times: u32, functions: usize| -> Result<f64, BenchError> {
        Ok(repeated(task, times)? / f64::from(times) / functions as f64)
    };
    let took = repeated(&large, large_times)?;
    // The largest world takes its time; its samples are few, and long enough to be steady.
    let rounds = ((BUDGET / took) as usize).clamp(1, bench.rounds());
    let of_small = || each(&small, small_times, few);
    let Pairs { baseline, candidate } = runner::interleave(rounds, of_small, || each(&large, large_times, many))?;
    let (few, many) = (format!("of {few}"), format!("of {many}"));
    let name = format!("{what}, each function");
    Ok(vec![row(name, Unit::Nanoseconds, (&few, baseline), (&many, candidate)).target(LINEAR)])
}

/// Something to repeat.
type Task = Box<dyn Fn() -> Result<(), BenchError>>;

fn derived(functions: usize) -> Result<Task, BenchError> {
    let (resolve, rules) = worlds::wit(functions)?;
    Ok(Box::new(move || worlds::derive(resolve.clone(), &rules).map(drop)))
}

fn composed(functions: usize) -> Result<Task, BenchError> {
    let (resolve, rules) = worlds::wit(functions)?;
    let world = worlds::derive(resolve, &rules)?;
    let (guests, app) = worlds::hollow(&world)?;
    Ok(Box::new(move || Ok(compose(&world, &guests, app.clone(), &Metadata::default()).map(drop)?)))
}

/// How long this thread takes over something, in nanoseconds.
pub(super) fn timed(work: impl FnOnce() -> Result<(), BenchError>) -> Result<f64, BenchError> {
    timed_by(thread_time, work)
}

/// How long something takes by a clock, in nanoseconds.
pub(super) fn timed_by(clock: fn() -> f64, work: impl FnOnce() -> Result<(), BenchError>) -> Result<f64, BenchError> {
    let start = clock();
    work()?;
    Ok(clock() - start)
}

/// An app as it is before it is composed, and what it becomes.
struct Hello {
    app: Vec<u8>,
    parts: Vec<Vec<u8>>,
    composed: Composed,
}

/// The example app, out of what the composer made of it: there an app is a part as it was.
fn hello(bench: &Bench) -> Result<Hello, BenchError> {
    let (app, parts) = parts(&apps::example(bench, "hello")?.wasm)?;
    let bundle: &Bundle = bench.bundle()?;
    let world = bundle.world()?;
    let composed = compose(&world, &bundle.guests, app.clone(), &Metadata::new(&world.rules.metadata))?;
    Ok(Hello { app, parts, composed })
}

/// An app out of what it was composed to, and all parts of that.
pub(super) fn parts(wasm: &Path) -> Result<(Vec<u8>, Vec<Vec<u8>>), BenchError> {
    let bytes = fs::read(wasm).map_err(BenchError::file("read", wasm))?;
    let doing = || format!("take {} apart", wasm.display());
    let taken_apart = |error: ManifestError| BenchError::Guest { doing: doing(), message: error.to_string() };
    let parts = manifest::split(&bytes).map_err(taken_apart)?;
    let app = parts.iter().find(|part| part.name == "app").map(|part| part.component.to_vec());
    let none = || BenchError::Guest { doing: doing(), message: "it has no app".to_owned() };
    Ok((app.ok_or_else(none)?, parts.into_iter().map(|part| part.component.to_vec()).collect()))
}

/// Wires parts to each other wherever one exports what another imports, as `wac plug` does.
pub(super) fn plug(parts: &[Vec<u8>]) -> Result<Vec<u8>, BenchError> {
    let mut graph = CompositionGraph::new();
    let mut nodes: Vec<(NodeId, BTreeSet<String>, BTreeSet<String>)> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let package = Package::from_bytes(&format!("part:p{number}"), None, part.clone(), graph.types_mut())
            .map_err(|error| engine_failed(&error))?;
        let world = &graph.types()[package.ty()];
        let names = |items: Vec<&String>| items.into_iter().cloned().collect();
        let (imports, exports) = (names(world.imports.keys().collect()), names(world.exports.keys().collect()));
        let package = graph.register_package(package).map_err(|error| engine_failed(&error))?;
        nodes.push((graph.instantiate(package), imports, exports));
    }
    for (to, imports, _) in &nodes {
        for name in imports {
            let Some((from, ..)) = nodes.iter().find(|(from, _, exports)| from != to && exports.contains(name)) else {
                continue;
            };
            let export = graph.alias_instance_export(*from, name).map_err(|error| engine_failed(&error))?;
            graph.set_instantiation_argument(*to, name, export).map_err(|error| engine_failed(&error))?;
        }
    }
    let taken: BTreeSet<&String> = nodes.iter().flat_map(|(_, imports, _)| imports).collect();
    for (from, _, exports) in &nodes {
        for name in exports.iter().filter(|name| !taken.contains(name)) {
            let export = graph.alias_instance_export(*from, name).map_err(|error| engine_failed(&error))?;
            graph.export(export, name).map_err(|error| engine_failed(&error))?;
        }
    }
    graph.encode(EncodeOptions::default()).map_err(|error| engine_failed(&error))
}

fn engine_failed(error: &dyn std::fmt::Display) -> BenchError {
    BenchError::MadeUp { doing: "wire the parts of an app".to_owned(), message: error.to_string() }
}
