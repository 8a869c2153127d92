//! Whole requests on the local host under load: ours against `fastly-compute`'s, both with Flask, with one request a
//! sandbox and with several; and where the time of one goes.

use std::rc::Rc;
use std::time::Duration;

use super::apps::{self, App};
use super::error::BenchError;
use super::load::{Client, Loaded};
use super::row::{Group, Row, Series, Target, Unit};
use super::servers::Served;
use super::{Bench, Measurement, runner};

/// How many connections ask at once, and for how long: each should have several answers in a sample.
const CONNECTIONS: [(usize, Duration); 3] =
    [(1, Duration::from_secs(1)), (8, Duration::from_secs(2)), (64, Duration::from_secs(4))];

/// How long a sample of requests one after the other takes.
const ALONE: Duration = Duration::from_millis(250);

/// What is asked for: a name and a path.
const PAGES: [(&str, &str); 3] =
    [("Flask hello", "/"), ("JSON API", "/json?name=mug&count=20"), ("1 MB download", "/download")];

/// The apps by the names that the folder of apps knows them by, with what rows call them.
const OURS: (&str, &str) = ("requests-ours", "ours");
const SDK: (&str, &str) = ("requests-sdk", "fastly-compute");
const OURS_REUSE: (&str, &str) = ("requests-ours-reuse", "ours, reused");
const SDK_REUSE: (&str, &str) = ("requests-sdk-reuse", "fastly-compute, reused");

/// How much more memory, and how much later a first byte, may be.
const CLOSE: Target = Target::AtMost(1.03);

type Named = (&'static str, &'static str);

/// What is promised of a page's throughput.
type Promise = fn(&str) -> Option<Target>;

/// All measurements of the group.
pub fn measurements() -> Vec<Measurement> {
    let mut all = Vec::new();
    let pairs: [(Named, Named, Promise); 3] = [
        (SDK, OURS, |_| Some(Target::AtLeast(1.0))),
        (SDK_REUSE, OURS_REUSE, |_| Some(Target::AtLeast(1.0))),
        // What a large answer takes is little else than its bytes, however the sandbox came to be.
        (OURS, OURS_REUSE, |page| (page != "1 MB download").then_some(Target::AtLeast(3.0))),
    ];
    for (baseline, candidate, target) in pairs {
        for (page, path) in PAGES {
            for (connections, time) in CONNECTIONS {
                let name = format!("{page} at {connections}: {} by {}", candidate.1, baseline.1);
                let row = Load { page, path, connections, time, baseline, candidate, target: target(page) };
                all.push(Measurement::new(Group::Requests, name, move |bench| row.measure(bench)));
            }
        }
    }
    all.push(Measurement::new(Group::Requests, "cold start: ours by fastly-compute", cold_start));
    all.push(Measurement::new(Group::Requests, "where the time goes", shares));
    all
}

/// Two apps that are asked for one page, in turns.
struct Load {
    page: &'static str,
    path: &'static str,
    connections: usize,
    time: Duration,
    baseline: Named,
    candidate: Named,
    target: Option<Target>,
}

/// What came of a window of load, the server's processor time a request, and how much memory it had at most.
struct Sample {
    loaded: Loaded,
    processor: Option<f64>,
    peak: Option<f64>,
}

impl Load {
    fn measure(&self, bench: &Bench) -> Result<Vec<Row>, BenchError> {
        let [baseline, candidate] = [self.baseline, self.candidate].map(|(name, _)| served(bench, name));
        let (baseline, candidate) = (baseline?, candidate?);
        let client = Client::new()?;
        let (mut of_baseline, mut of_candidate) = (Vec::new(), Vec::new());
        let sample = |server: &Served, into: &mut Vec<Sample>| {
            server.forget_peak();
            let before = server.processor_time();
            let loaded = client.load(&server.page(self.path), self.connections, self.time)?;
            let (throughput, answers) = (loaded.throughput, loaded.latencies.len() as f64);
            let processor = server.processor_time().zip(before).map(|(after, before)| (after - before) / answers);
            into.push(Sample { loaded, processor, peak: server.peak() });
            Ok::<_, BenchError>(throughput)
        };
        runner::interleave(
            rounds(bench),
            || sample(&baseline, &mut of_baseline),
            || sample(&candidate, &mut of_candidate),
        )?;
        let rows = |unit, name: &str, of: fn(&Sample) -> Option<f64>| {
            // The first round found caches cold.
            let counted = |samples: &[Sample]| samples.iter().skip(1).filter_map(of).collect::<Vec<_>>();
            let baseline = Series::new(self.baseline.1, counted(&of_baseline));
            let candidate = Series::new(self.candidate.1, counted(&of_candidate));
            let name = format!("{} at {}: {name}", self.page, self.connections);
            Row::new(Group::Requests, name, unit, baseline, candidate)
        };
        let mut throughput = rows(Unit::Requests, "throughput", |sample| Some(sample.loaded.throughput));
        throughput.target = self.target;
        let p50 = rows(Unit::Nanoseconds, "p50", |sample| sample.loaded.latency(0.5));
        // The steadiest of all, where others use the machine too.
        let processor = rows(Unit::Nanoseconds, "processor time", |sample| sample.processor);
        let mut p99 = rows(Unit::Nanoseconds, "p99", |sample| sample.loaded.latency(0.99));
        let mut memory = rows(Unit::Bytes, "memory", |sample| sample.peak);
        // With the other app of ours it is the throughput that something was promised about.
        if self.baseline != OURS {
            p99.target = Some(Target::AtMost(1.0));
            memory.target = Some(CLOSE);
        }
        Ok(vec![throughput, processor, p50, p99, memory])
    }
}

/// Until the first byte of an answer, one after the other, each in a sandbox of its own.
fn cold_start(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let (sdk, ours) = (served(bench, SDK.0)?, served(bench, OURS.0)?);
    let row = first_bytes(bench, "cold start of Flask hello", (SDK.1, &sdk, "/"), (OURS.1, &ours, "/"))?;
    Ok(vec![row.target(CLOSE)])
}

/// From a guest that does nothing to Flask, each with one thing more than the one before.
fn shares(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let parts = bench.parts()?;
    let nothing = "/nop/0?n=0";
    let raw = guest(bench, "raw guest", &parts.raw)?;
    let adapted = guest(bench, "adapted guest", &parts.adapted)?;
    let python = bench.served(&apps::example(bench, "hello")?)?;
    let flask = served(bench, OURS.0)?;
    let (raw, adapted) = (("raw guest", &*raw, nothing), ("adapted guest", &*adapted, nothing));
    let (python, flask) = (("Python", &*python, "/"), ("Flask", &*flask, "/"));
    Ok(vec![
        first_bytes(bench, "the adapter's share of a sandbox", raw, adapted)?,
        first_bytes(bench, "Python's share of a sandbox", adapted, python)?,
        first_bytes(bench, "Flask's share of a sandbox", python, flask)?,
    ])
}

type Asked<'s> = (&'s str, &'s Served, &'s str);

fn first_bytes(bench: &Bench, name: &str, baseline: Asked<'_>, candidate: Asked<'_>) -> Result<Row, BenchError> {
    let client = Client::new()?;
    let sample = |(app, server, path): Asked<'_>| {
        let loaded = client.load(&server.page(path), 1, ALONE)?;
        let none = || BenchError::Answer { app: app.to_owned(), target: path.to_owned(), message: "none".to_owned() };
        super::stats::quantile(&loaded.first_bytes, 0.5).ok_or_else(none)
    };
    let pairs = runner::interleave(bench.rounds(), || sample(baseline), || sample(candidate))?;
    let (baseline, candidate) = (Series::new(baseline.0, pairs.baseline), Series::new(candidate.0, pairs.candidate));
    Ok(Row::new(Group::Requests, name, Unit::Nanoseconds, baseline, candidate))
}

/// A guest of the rows, which answers requests as any app does.
fn guest(bench: &Bench, name: &str, component: &[u8]) -> Result<Rc<Served>, BenchError> {
    let wasm = bench.out().join(format!("{}.wasm", name.replace(' ', "-")));
    std::fs::write(&wasm, component).map_err(BenchError::file("write", &wasm))?;
    // Its rows want stores, but the one that does nothing.
    bench.served(&App { name: name.to_owned(), config: wasm.with_extension("toml"), wasm })
}

fn served(bench: &Bench, name: &str) -> Result<Rc<Served>, BenchError> {
    bench.served(&apps::python(bench, name)?)
}

/// A window is long enough that a few of them do.
fn rounds(bench: &Bench) -> usize {
    bench.rounds().div_ceil(3)
}
