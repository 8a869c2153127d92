//! Whole requests on the local host under load: ours against `fastly-compute`'s, both with Flask, with one request a
//! sandbox and with several; and where the time of one goes.

use std::rc::Rc;
use std::time::Duration;

use super::apps::{App, Source};
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
const PAGES: [Page; 3] = [("Flask hello", "/"), ("JSON API", "/json?name=mug&count=20"), DOWNLOAD];
const DOWNLOAD: Page = ("1 MB download", "/download");
const HELLO: [Page; 1] = [("hello", "/")];

/// The apps, with what rows call them.
const OURS: Side = Side(Source::Python("requests-ours"), "ours");
const SDK: Side = Side(Source::Python("requests-sdk"), "fastly-compute");
const OURS_REUSE: Side = Side(Source::Python("requests-ours-reuse"), "ours, reused");
const SDK_REUSE: Side = Side(Source::Python("requests-sdk-reuse"), "fastly-compute, reused");
const HELLO_OURS: Side = Side(Source::Python("hello-ours"), "ours");
const HELLO_SDK: Side = Side(Source::Python("hello-sdk"), "fastly-compute");
const LINKED: Side = Side(Source::Example("hello"), "linked");
const UNLINKED: Side = Side(Source::Unlinked("hello"), "not linked");

/// How much more memory, and how much later a first byte, may be.
const CLOSE: Target = Target::AtMost(1.03);

/// What is asked for: a name and a path.
pub(super) type Page = (&'static str, &'static str);

/// An app, and what rows call it.
#[derive(Clone, Copy)]
pub(super) struct Side(pub(super) Source, pub(super) &'static str);

/// What is promised of a page.
#[derive(Clone, Copy, Default)]
pub(super) struct Promised {
    pub(super) throughput: Option<Target>,
    pub(super) processor: Option<Target>,
    pub(super) faults: Option<Target>,
    pub(super) p99: Option<Target>,
    pub(super) memory: Option<Target>,
}

/// All measurements of the group.
pub fn measurements() -> Vec<Measurement> {
    let other = |least| Promised {
        throughput: Some(Target::AtLeast(least)),
        p99: Some(Target::AtMost(1.0)),
        memory: Some(CLOSE),
        ..Promised::default()
    };
    let only = |least| Promised { throughput: Some(Target::AtLeast(least)), ..Promised::default() };
    let none = Promised::default();
    let linked =
        Promised { processor: Some(Target::AtMost(0.6)), faults: Some(Target::AtMost(0.5)), ..Promised::default() };
    // What a large answer takes is little else than its bytes, however the sandbox came to be.
    let unless_large = |page: Page, promised, large| if page == DOWNLOAD { large } else { promised };
    let mut all = Vec::new();
    for page in HELLO {
        all.extend(loads(page, HELLO_SDK, HELLO_OURS, other(1.8)));
        all.extend(loads(page, UNLINKED, LINKED, linked));
    }
    for page in PAGES {
        all.extend(loads(page, SDK, OURS, unless_large(page, other(1.5), other(1.0))));
        all.extend(loads(page, SDK_REUSE, OURS_REUSE, other(1.0)));
        all.extend(loads(page, OURS, OURS_REUSE, unless_large(page, only(3.0), none)));
    }
    all.push(Measurement::new(Group::Requests, "cold start: ours by fastly-compute", cold_start));
    all.push(Measurement::new(Group::Requests, "where the time goes", shares));
    all
}

/// A measurement for each number of connections.
pub(super) fn loads(
    (page, path): Page,
    baseline: Side,
    candidate: Side,
    promised: Promised,
) -> impl Iterator<Item = Measurement> {
    CONNECTIONS.into_iter().map(move |(connections, time)| {
        let name = format!("{page} at {connections}: {} by {}", candidate.1, baseline.1);
        let load = Load { page, path, connections, time, baseline, candidate, promised };
        Measurement::new(Group::Requests, name, move |bench| load.measure(bench))
    })
}

/// Two apps that are asked for one page, in turns.
struct Load {
    page: &'static str,
    path: &'static str,
    connections: usize,
    time: Duration,
    baseline: Side,
    candidate: Side,
    promised: Promised,
}

/// What came of a window of load, and what the server took: processor time and page faults a request, and memory at most.
struct Sample {
    loaded: Loaded,
    processor: Option<f64>,
    faults: Option<f64>,
    peak: Option<f64>,
}

impl Load {
    fn measure(&self, bench: &Bench) -> Result<Vec<Row>, BenchError> {
        let (baseline, candidate) = (served(bench, self.baseline)?, served(bench, self.candidate)?);
        let client = Client::new()?;
        let (mut of_baseline, mut of_candidate) = (Vec::new(), Vec::new());
        let sample = |server: &Served, into: &mut Vec<Sample>| {
            server.forget_peak();
            let before = (server.processor_time(), server.page_faults());
            let loaded = client.load(&server.page(self.path), self.connections, self.time)?;
            let (throughput, answers) = (loaded.throughput, loaded.latencies.len() as f64);
            let each = |after: Option<f64>, before: Option<f64>| Some((after? - before?) / answers);
            let processor = each(server.processor_time(), before.0);
            let faults = each(server.page_faults(), before.1);
            into.push(Sample { loaded, processor, faults, peak: server.peak() });
            Ok::<_, BenchError>(throughput)
        };
        runner::interleave(
            rounds(bench),
            || sample(&baseline, &mut of_baseline),
            || sample(&candidate, &mut of_candidate),
        )?;
        let row = |unit, name: &str, promised: Option<Target>, of: fn(&Sample) -> Option<f64>| {
            // The first round found caches cold.
            let counted = |samples: &[Sample]| samples.iter().skip(1).filter_map(of).collect::<Vec<_>>();
            let baseline = Series::new(self.baseline.1, counted(&of_baseline));
            let candidate = Series::new(self.candidate.1, counted(&of_candidate));
            let name = format!("{} at {}: {name}", self.page, self.connections);
            Row { target: promised, ..Row::new(Group::Requests, name, unit, baseline, candidate) }
        };
        let Promised { throughput, processor, faults, p99, memory } = self.promised;
        Ok(vec![
            row(Unit::Requests, "throughput", throughput, |sample| Some(sample.loaded.throughput)),
            // The steadiest of all, where others use the machine too.
            row(Unit::Nanoseconds, "processor time", processor, |sample| sample.processor),
            row(Unit::Times, "page faults", faults, |sample| sample.faults),
            row(Unit::Nanoseconds, "p50", None, |sample| sample.loaded.latency(0.5)),
            row(Unit::Nanoseconds, "p99", p99, |sample| sample.loaded.latency(0.99)),
            row(Unit::Bytes, "memory", memory, |sample| sample.peak),
        ])
    }
}

/// Until the first byte of an answer, one after the other, each in a sandbox of its own.
fn cold_start(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let (sdk, ours) = (served(bench, SDK)?, served(bench, OURS)?);
    let row = first_bytes(bench, "cold start of Flask hello", (SDK.1, &sdk, "/"), (OURS.1, &ours, "/"))?;
    Ok(vec![row.target(CLOSE)])
}

/// From a guest that does nothing to Flask, each with one thing more than the one before.
fn shares(bench: &Bench) -> Result<Vec<Row>, BenchError> {
    let parts = bench.parts()?;
    let nothing = "/nop/0?n=0";
    let raw = guest(bench, "raw guest", &parts.raw)?;
    let adapted = guest(bench, "adapted guest", &parts.adapted)?;
    let python = served(bench, LINKED)?;
    let flask = served(bench, OURS)?;
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

fn served(bench: &Bench, side: Side) -> Result<Rc<Served>, BenchError> {
    bench.served(&side.0.app(bench)?)
}

/// A window is long enough that a few of them do.
fn rounds(bench: &Bench) -> usize {
    bench.rounds().div_ceil(3)
}
