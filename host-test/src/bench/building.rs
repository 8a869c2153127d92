//! What the composer takes: against copying the file, against `wac` doing the same, and as worlds grow.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::process::Command;

use composer::bundle::Bundle;
use composer::compose::{Composed, compose};
use composer::metadata::Metadata;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};
use wasmparser::{Parser, Payload};

use super::apps::{self, App};
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
        one("compose hello, the command", command),
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

/// The whole command, as a process: its time against copying the file, its memory against the file.
fn command(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let app = hello(bench)?;
    let (input, output, copy) =
        (bench.out().join("app.wasm"), bench.out().join("composed.wasm"), bench.out().join("copy.wasm"));
    fs::write(&input, &app.app).map_err(BenchError::file("write", &input))?;
    let mut memory = Vec::new();
    let copied = || timed(|| fs::copy(&input, &copy).map(drop).map_err(BenchError::file("copy", &input)));
    let composed = || {
        let mut command = Command::new(bench.composer()?);
        command.env("COMPOSER_GUESTS", bench.guests_folder()).arg("compose");
        let took = child::run(command.args([input.as_os_str(), OsStr::new("-o"), output.as_os_str()]))?;
        memory.push(took.memory);
        Ok(took.nanoseconds)
    };
    let pairs = runner::interleave(bench.rounds(), copied, composed)?;
    let file = vec![app.app.len() as f64; memory.len()];
    let time = row(
        "compose hello, the command",
        Unit::Nanoseconds,
        ("copying the file", pairs.baseline),
        ("composing", pairs.candidate),
    );
    let memory = row("compose hello, memory", Unit::Bytes, ("the file", file), ("the process", memory));
    Ok(vec![time.target(Target::AtMost(3.0)), memory.target(Target::AtMost(3.0))])
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
    let adapter = app.composed.parts.iter().find(|(name, _)| *name == "adapter").map_or(0, |(_, size)| *size);
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
fn timed(work: impl FnOnce() -> Result<(), BenchError>) -> Result<f64, BenchError> {
    let start = thread_time();
    work()?;
    Ok(thread_time() - start)
}

/// An app as it is before it is composed, and what it becomes.
struct Hello {
    app: Vec<u8>,
    parts: Vec<Vec<u8>>,
    composed: Composed,
}

/// The example app, out of what the composer made of it: there an app is a part as it was.
fn hello(bench: &Bench) -> Result<Hello, BenchError> {
    let App { wasm, .. } = apps::example(bench, "hello")?;
    let bytes = fs::read(&wasm).map_err(BenchError::file("read", &wasm))?;
    let parts = parts(&bytes)
        .map_err(|error| BenchError::Guest { doing: format!("read {}", wasm.display()), message: error.to_string() })?;
    let app = parts.iter().max_by_key(|part| part.len()).cloned().unwrap_or_default();
    let bundle: &Bundle = bench.bundle()?;
    let world = bundle.world()?;
    let composed = compose(&world, &bundle.guests, app.clone(), &Metadata::new(&world.rules.metadata))?;
    Ok(Hello { app, parts, composed })
}

/// The components inside a component.
fn parts(component: &[u8]) -> Result<Vec<Vec<u8>>, wasmparser::BinaryReaderError> {
    let (mut parts, mut end) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(component) {
        // What is inside of a part is none of its own.
        if let Payload::ComponentSection { unchecked_range, .. } = payload?
            && unchecked_range.start >= end
        {
            end = unchecked_range.end;
            let range = unchecked_range.start as usize..unchecked_range.end as usize;
            parts.extend(component.get(range).map(<[u8]>::to_vec));
        }
    }
    Ok(parts)
}

/// Wires parts to each other wherever one exports what another imports, as `wac plug` does.
fn plug(parts: &[Vec<u8>]) -> Result<Vec<u8>, BenchError> {
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
