//! What linking gives and takes: an app's sandbox made, its code compiled, and the composer's own work.

use std::ffi::OsStr;
use std::fs;
use std::process::Command;

use composer::link::{Linked, Names, link};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Engine, Store};

use super::apps::Source;
use super::building::{parts, plug, timed, timed_by};
use super::clock::{process_time, wall_time};
use super::error::BenchError;
use super::row::{Group, Row, Series, Target, Unit};
use super::runner::{self, Pairs};
use super::{Bench, Measurement, child};

/// How often an app is instantiated for a sample.
const TIMES: u32 = 20;

const LINKED: Source = Source::Example("shop");
const UNLINKED: Source = Source::Unlinked("shop");

/// All measurements of the group.
pub fn measurements() -> Vec<Measurement> {
    vec![
        Measurement::new(Group::Build, "instantiate and compile shop, linked by not linked", engines),
        Measurement::new(Group::Build, "link hello", against_wac),
        Measurement::new(Group::Build, "compose --link hello, the command", command),
    ]
}

/// An app that is ready to be instantiated, with imports that all trap.
struct Ready {
    engine: Engine,
    app: InstancePre<()>,
}

impl Ready {
    fn new(engine: &Engine, component: &[u8]) -> wasmtime::Result<Self> {
        let component = Component::from_binary(engine, component)?;
        let mut linker = Linker::new(engine);
        linker.define_unknown_imports_as_traps(&component)?;
        Ok(Self { engine: engine.clone(), app: linker.instantiate_pre(&component)? })
    }

    fn instantiate(&self) -> wasmtime::Result<()> {
        for _ in 0..TIMES {
            let mut store = Store::new(&self.engine, ());
            store.set_epoch_deadline(u64::MAX / 2);
            self.app.instantiate(&mut store)?;
        }
        Ok(())
    }
}

/// An engine as the local host has it, which compiles in one thread so that its time can be taken.
pub(super) fn engine() -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true).parallel_compilation(false);
    Engine::new(&config)
}

/// How long it takes to instantiate two apps, in turns and in nanoseconds.
pub(super) fn instantiations(
    bench: &Bench,
    engine: &Engine,
    baseline: &[u8],
    candidate: &[u8],
) -> Result<Pairs, BenchError> {
    let ready = |component: &[u8]| Ready::new(engine, component).map_err(BenchError::guest("prepare an app"));
    let (baseline, candidate) = (ready(baseline)?, ready(candidate)?);
    let instantiate = |app: &Ready| {
        let took = timed(|| app.instantiate().map_err(BenchError::guest("instantiate an app")))?;
        Ok::<_, BenchError>(took / f64::from(TIMES))
    };
    runner::interleave(bench.rounds(), || instantiate(&baseline), || instantiate(&candidate))
}

fn engines(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let read = |source: Source| {
        let wasm = source.app(bench)?.wasm;
        fs::read(&wasm).map_err(BenchError::file("read", wasm))
    };
    let (unlinked, linked) = (read(UNLINKED)?, read(LINKED)?);
    let engine = engine().map_err(BenchError::guest("make an engine"))?;
    let compile = |component: &[u8]| {
        let compiled = || Component::from_binary(&engine, component).map(drop);
        timed(|| compiled().map_err(BenchError::guest("compile an app")))
    };
    // A few seconds each: what matters is told by few.
    let pairs = runner::interleave(bench.rounds().div_ceil(5), || compile(&unlinked), || compile(&linked))?;
    let compiled = row("compile shop", Unit::Nanoseconds, pairs.baseline, pairs.candidate).target(Target::AtMost(0.9));

    let ratio = |name, pairs: Pairs| row(name, Unit::Nanoseconds, pairs.baseline, pairs.candidate);
    let all = ratio("instantiate shop", instantiations(bench, &engine, &unlinked, &linked)?);
    // What is left of that is the adapter, the entry and the stubs.
    let (unlinked, linked) = (app_of(UNLINKED, bench)?, app_of(LINKED, bench)?);
    let alone = ratio("instantiate the app of shop alone", instantiations(bench, &engine, &unlinked, &linked)?);
    Ok(vec![all.target(Target::AtMost(0.2)), alone, compiled])
}

fn app_of(source: Source, bench: &Bench) -> Result<Vec<u8>, BenchError> {
    Ok(parts(&source.app(bench)?.wasm)?.0)
}

fn row(name: &str, unit: Unit, unlinked: Vec<f64>, linked: Vec<f64>) -> Row {
    Row::new(Group::Build, name, unit, Series::new("not linked", unlinked), Series::new("linked", linked))
}

/// From bytes to bytes: linking an app, and a graph of its parts.
fn against_wac(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let (app, parts) = unlinked_hello(bench)?;
    // Linking uses several threads: what a user waits for, and what the machine does for that.
    let against = |name: &str, clock: fn() -> f64| {
        let wac = || timed_by(clock, || plug(&parts).map(drop));
        let ours = || timed_by(clock, || linked(&app).map(drop));
        let pairs = runner::interleave(bench.rounds(), wac, ours)?;
        let [wac, ours] = [("wac-graph composes it", pairs.baseline), ("the composer", pairs.candidate)];
        let series = |(name, samples)| Series::new(name, samples);
        Ok::<_, BenchError>(Row::new(Group::Build, name, Unit::Nanoseconds, series(wac), series(ours)))
    };
    let waited = against("link hello", wall_time)?.target(Target::AtMost(1.5));
    let worked = against("link hello, CPU time of all threads", process_time)?;
    let sizes = |of: usize| vec![of as f64];
    let size = row("size of the app of hello", Unit::Bytes, sizes(app.len()), sizes(linked(&app)?.len()));
    Ok(vec![waited, worked, size])
}

fn linked(app: &[u8]) -> Result<Vec<u8>, BenchError> {
    let failed = |message: String| BenchError::Guest { doing: "link an app".to_owned(), message };
    match link(app, Names::Keep).map_err(|error| failed(error.to_string()))? {
        Linked::Done { component, .. } => Ok(component),
        Linked::AsItWas { reason } => Err(failed(reason)),
    }
}

/// The whole command, as a process: its memory against the file.
fn command(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let (app, _) = unlinked_hello(bench)?;
    let (file, out) = (bench.out().join("unlinked-app.wasm"), bench.out().join("out.wasm"));
    fs::write(&file, &app).map_err(BenchError::file("write", &file))?;
    let args = [OsStr::new("compose"), OsStr::new("--link"), file.as_os_str(), OsStr::new("-o"), out.as_os_str()];
    let (mut memory, mut copied) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds() {
        let mut command = Command::new(bench.composer()?);
        command.env("COMPOSER_GUESTS", bench.guests_folder()).args(args);
        memory.push(child::took(&bench.measured()?, &command)?.memory);
        copied.push(app.len() as f64);
    }
    let (file, process) = (Series::new("the file", copied), Series::new("the process", memory));
    let row = Row::new(Group::Build, "compose --link hello, memory", Unit::Bytes, file, process);
    Ok(vec![row.target(Target::AtMost(4.0))])
}

/// The app of `hello` as componentize-py wired it, and all parts that it is composed of.
fn unlinked_hello(bench: &Bench) -> Result<(Vec<u8>, Vec<Vec<u8>>), BenchError> {
    parts(&Source::Unlinked("hello").app(bench)?.wasm)
}
