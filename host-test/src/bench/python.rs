//! Calls from Python, timed inside the sandbox: ours against the raw bindings, `fastly-compute` and wrappers.
//!
//! Each app answers `GET /` with the names of its rows, and `GET /ROW?n=TIMES` with how long that many took.

use std::net::SocketAddr;

use serde::Deserialize;

use super::error::BenchError;
use super::row::{Group, Row, Series, Target, Unit};
use super::runner;
use super::{Measurement, apps};
use crate::client::Request;

/// What is measured, and against what.
const OURS: &str = "ours";
const OTHERS: [&str; 3] = ["raw", "sdk", "wrapped"];

/// How long a sample takes, in nanoseconds: less than what a busy system lets a process run at a time; and how often a row
/// is done for it, at most.
const SAMPLE: f64 = 5e6;
const MOST: u32 = 20_000;

/// What a row came to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Ran {
    /// How often it was done.
    n: u32,
    /// How long that took, in nanoseconds.
    ns: f64,
    /// What was found, in short: the same in all apps.
    #[serde(default)]
    check: String,
}

/// The loops that ask nothing of the host, in an app that is linked and in one that is not.
const LOOPS: [(&str, &str); 2] = [("loops-unlinked", "not linked"), ("loops", "linked")];

/// A measurement for each other app, with all its rows.
pub fn measurements() -> Vec<Measurement> {
    let against = |other: &'static str| {
        Measurement::new(Group::Python, format!("ours by {other}"), move |bench| {
            let served = |name: &str| bench.served(&apps::python(bench, name)?);
            let (theirs, ours) = (served(other)?, served(OURS)?);
            against(bench.rounds(), (other, theirs.addr()), (OURS, ours.addr()))
        })
    };
    let loops = Measurement::new(Group::Python, "loops, linked by not linked", |bench| {
        let [(baseline, theirs), (candidate, ours)] = LOOPS;
        let served = |name: &str| bench.served(&apps::python(bench, name)?);
        let (baseline, candidate) = (served(baseline)?, served(candidate)?);
        let rows = self::against(bench.rounds(), (theirs, baseline.addr()), (ours, candidate.addr()))?;
        Ok(rows.into_iter().map(|row| row.target(Target::AtMost(1.0))).collect())
    });
    OTHERS.into_iter().map(against).chain([loops]).collect()
}

/// All rows that both apps have, in the order of the baseline.
pub(super) fn against(rounds: usize, baseline: App<'_>, candidate: App<'_>) -> Result<Vec<Row>, BenchError> {
    let names: Vec<String> = get(baseline, "/")?;
    names.iter().map(|name| row(rounds, name, baseline, candidate)).collect()
}

/// What an app is called, and where it is served.
type App<'a> = (&'a str, SocketAddr);

/// One row of two apps, in turns, each time in a fresh sandbox.
fn row(rounds: usize, name: &str, baseline: App<'_>, candidate: App<'_>) -> Result<Row, BenchError> {
    let run = |app: App<'_>, times: u32| get::<Ran>(app, &format!("/{name}?n={times}"));
    let (theirs, ours) = (run(baseline, 1)?, run(candidate, 1)?);
    if theirs.check != ours.check {
        let message = format!("it came to `{}`, and in {} to `{}`", ours.check, baseline.0, theirs.check);
        return Err(BenchError::Answer { app: candidate.0.to_owned(), target: format!("/{name}"), message });
    }
    let times = runner::calibrate(SAMPLE, MOST, |times| run(baseline, times).map(|ran| ran.ns))?;
    let each = |app| run(app, times).map(|ran| ran.ns / f64::from(ran.n.max(1)));
    let pairs = runner::interleave(rounds, || each(baseline), || each(candidate))?;
    let (theirs, ours) = (Series::new(baseline.0, pairs.baseline), Series::new(candidate.0, pairs.candidate));
    let mut row = Row::new(Group::Python, name, Unit::Nanoseconds, theirs, ours);
    row.target = target(name, baseline.0);
    Ok(row)
}

/// What was promised. Control costs more on an engine with a fixed cost of each crossing, which this host has.
fn target(row: &str, other: &str) -> Option<Target> {
    match other {
        "raw" if row.starts_with("body") => Some(Target::AtMost(1.15)),
        "raw" => Some(Target::AtMost(1.3)),
        "sdk" if row == "not-found" => Some(Target::AtMost(0.5)),
        "sdk" => Some(Target::AtMost(1.0)),
        _ => None,
    }
}

fn get<T: for<'de> Deserialize<'de>>((app, addr): App<'_>, path: &str) -> Result<T, BenchError> {
    let failed = |message: String| BenchError::Answer { app: app.to_owned(), target: path.to_owned(), message };
    let response = Request::get(path).send(addr).map_err(|error| failed(error.to_string()))?;
    let text = response.text();
    if response.status() != 200 {
        return Err(failed(format!("the answer is a {}", response.status())));
    }
    let answered: Result<T, _> = serde_json::from_str(&text);
    answered.map_err(|error| failed(format!("{error} in `{}`", text.chars().take(200).collect::<String>())))
}

#[cfg(test)]
mod tests {
    use super::super::stub;
    use super::*;

    /// An app with one row, which takes so many nanoseconds each time and comes to this.
    fn app(each: u32, check: &'static str) -> SocketAddr {
        stub::serve(move |path| match path.strip_prefix("/nop?n=").and_then(|times| times.parse::<u32>().ok()) {
            Some(n) => (200, serde_json::json!({ "row": "nop", "n": n, "ns": n * each, "check": check }).to_string()),
            None if path == "/" => (200, "[\"nop\"]".to_owned()),
            None => (404, String::new()),
        })
    }

    #[test]
    fn rows_are_those_that_the_baseline_lists() {
        let (theirs, ours) = (("raw", app(1000, "same")), (OURS, app(1500, "same")));
        let rows = against(2, theirs, ours).expect("both answer");
        let found: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.ratio().map(|ratio| ratio.median))).collect();
        assert_eq!(found, [("nop", Some(1.5))]);
        assert_eq!(rows.first().and_then(Row::reached), Some(false));
    }

    #[test]
    fn apps_that_come_to_something_else_are_not_compared() {
        let error = against(2, ("raw", app(1, "one")), (OURS, app(1, "other"))).expect_err("they differ").to_string();
        assert_eq!(
            error,
            "ours did not answer /nop well: it came to `other`, and in raw to `one`; read what the server printed"
        );
    }
}
