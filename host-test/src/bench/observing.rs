//! What an observer costs: calls that are observed by those that are not, and whole requests.

use std::fs;
use std::time::Duration;

use composer::compose::{Extras, compose_with};
use composer::metadata::Metadata;
use composer::observe::{Profile, Request, Switch, What};

use super::apps::{self, App};
use super::error::BenchError;
use super::host::{Guest, Mode};
use super::load::{Client, Page};
use super::row::{Group, Row, Series, Target, Unit};
use super::{Bench, Measurement, building, guest, measure, python, runner};

/// What is selected, and what it may cost by the same without an observer.
struct Selected {
    name: &'static str,
    observe: &'static [&'static str],
    /// Whether it is switched off while the app runs.
    is_off: bool,
    target: Target,
}

/// What is measured of calls from a guest.
const GUEST: [Selected; 3] = [
    Selected { name: "a selected call by the same", observe: &[], is_off: false, target: Target::AtMost(1.3) },
    Selected {
        name: "an unselected call by the same",
        observe: &["kv-store.*"],
        is_off: false,
        target: Target::AtMost(1.02),
    },
    Selected {
        name: "a call that is switched off by the same",
        observe: &[],
        is_off: true,
        target: Target::AtMost(1.05),
    },
];

/// The row of the guest that does as little as a call can.
const NOP: &str = "nop";

/// How many bytes an observer may add.
const SIZE: f64 = 40.0 * 1024.0;

/// How many connections ask at once, and for how long.
const LOAD: (usize, Duration) = (8, Duration::from_secs(2));

/// All measurements.
pub fn measurements() -> Vec<Measurement> {
    let mut all = Vec::new();
    for selected in GUEST {
        let name = format!("observer: {}", selected.name);
        all.push(Measurement::new(Group::Guest, name, move |bench| calls(bench, &selected)));
    }
    all.push(Measurement::new(Group::Python, "observer: a selected call by the same", python_calls));
    all.push(Measurement::new(Group::Requests, "observer: hello with --profile by without", requests));
    all.push(Measurement::new(Group::Build, "observer: size", size));
    all
}

/// A profile of what these patterns select, with no line below an hour.
fn request(observe: &[&str], is_off: bool) -> Request {
    let profile = Profile { over: Duration::from_secs(3600), all: false, text: false };
    // The host's store has a text there, which is not the one that switches it on.
    let off =
        || Switch { interface: "config-store".to_owned(), store: "settings".to_owned(), key: "observe".to_owned() };
    let switch = is_off.then(off);
    Request {
        observe: observe.iter().map(|pattern| (*pattern).to_owned()).collect(),
        except: Vec::new(),
        what: What { profile: Some(profile), switch, ..What::default() },
        hooks: Vec::new(),
    }
}

/// An app, composed without an observer and with one.
fn both(bench: &Bench, app: &[u8], observe: &[&str], is_off: bool) -> Result<[Vec<u8>; 2], BenchError> {
    let bundle = bench.bundle()?;
    let world = bundle.world()?;
    let metadata = Metadata::new(&world.rules.metadata);
    let compose = |request: Option<&Request>| {
        compose_with(&world, &bundle.guests, app.to_vec(), &metadata, Extras { observe: request, files: None })
            .map(|composed| composed.component)
    };
    Ok([compose(None)?, compose(Some(&request(observe, is_off)))?])
}

fn calls(bench: &Bench, selected: &Selected) -> Result<Vec<Row>, BenchError> {
    let doing = || format!("do `{NOP}` with an observer");
    let [without, with] = both(bench, &bench.parts()?.app, selected.observe, selected.is_off)?;
    let [plain, observed] = [without, with].map(|component| Guest::new(&component, Mode::Timed));
    let (plain, observed) = (plain.map_err(BenchError::guest(doing()))?, observed.map_err(BenchError::guest(doing()))?);
    let pairs = measure::time(&plain, &observed, NOP, 0, bench.rounds()).map_err(BenchError::guest(doing()))?;
    let engine = format!("wasmtime {}", guest::engine_version(&bench.repository().join("Cargo.lock"))?);
    let (plain, observed) = (Series::new("plain", pairs.baseline), Series::new("observed", pairs.candidate));
    let row = Row::new(Group::Guest, selected.name, Unit::Nanoseconds, plain, observed);
    Ok(vec![row.target(selected.target).engine(&engine)])
}

/// An app of Python without an observer and with one that observes everything.
fn python_apps(bench: &Bench, app: &App) -> Result<[App; 2], BenchError> {
    let (inside, _) = building::parts(&app.wasm)?;
    let [without, with] = both(bench, &inside, &[], false)?;
    let write = |name: &str, bytes: Vec<u8>| {
        let wasm = bench.out().join(format!("{}-{name}.wasm", app.name));
        fs::write(&wasm, bytes).map_err(BenchError::file("write", &wasm))?;
        Ok::<_, BenchError>(App { name: name.to_owned(), wasm, config: app.config.clone() })
    };
    Ok([write("plain", without)?, write("observed", with)?])
}

fn python_calls(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let [plain, observed] = python_apps(bench, &apps::python(bench, "ours")?)?;
    let (without, with) = (bench.served(&plain)?, bench.served(&observed)?);
    let rows = python::against(bench.rounds(), ("plain", without.addr()), ("observed", with.addr()))?;
    let named = |row: Row| Row { name: format!("observer: {}", row.name), ..row }.target(Target::AtMost(1.05));
    Ok(rows.into_iter().map(named).collect())
}

fn requests(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let [plain, observed] = python_apps(bench, &apps::example(bench, "hello")?)?;
    let (without, with) = (bench.served(&plain)?, bench.served(&observed)?);
    let client = Client::new()?;
    let sample = |page: Page| client.load(&page, LOAD.0, LOAD.1).map(|loaded| loaded.throughput);
    let pairs = runner::interleave(bench.rounds(), || sample(without.page("/")), || sample(with.page("/")))?;
    let (plain, observed) = (Series::new("plain", pairs.baseline), Series::new("observed", pairs.candidate));
    let row = Row::new(Group::Requests, "hello with --profile: throughput", Unit::Requests, plain, observed);
    Ok(vec![row.target(Target::AtLeast(0.97))])
}

fn size(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let [without, with] = both(bench, &bench.parts()?.app, &[], false)?;
    let added = with.len() as f64 - without.len() as f64;
    let (most, added) = (Series::new("allowed", vec![SIZE]), Series::new("added", vec![added]));
    Ok(vec![Row::new(Group::Build, "what an observer adds", Unit::Bytes, most, added).target(Target::AtMost(1.0))])
}
