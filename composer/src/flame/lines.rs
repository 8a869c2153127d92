//! The lines of profiles and traces, out of a text that has others as well.

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::FlameError;

/// What is in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// The profiles of requests.
    pub profiles: Vec<Profile>,
    /// The requests of which calls were traced.
    pub requests: Vec<Request>,
    /// How many lines are something else.
    pub skipped: usize,
}

/// What one request came to. Times are in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Profile {
    /// Its number in its sandbox.
    pub request: u64,
    /// From its start to its end.
    #[serde(deserialize_with = "micros")]
    pub total_us: u64,
    /// In host calls.
    #[serde(deserialize_with = "micros")]
    pub inside_us: u64,
    /// The part of it in host calls that wait.
    #[serde(default, deserialize_with = "micros")]
    pub waiting_us: u64,
    /// In the app itself.
    #[serde(deserialize_with = "micros")]
    pub outside_us: u64,
    /// In what measures it.
    #[serde(default, deserialize_with = "micros")]
    pub observer_us: u64,
    /// The functions that were called.
    pub calls: Vec<Function>,
    /// How many functions there was no room for.
    #[serde(default)]
    pub unlisted: u64,
}

/// What the calls of a function came to in one request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Function {
    /// Its path.
    pub function: String,
    /// How often it was called.
    pub count: u64,
    /// How long all took together.
    #[serde(deserialize_with = "micros")]
    pub total_us: u64,
    /// How long the longest took.
    #[serde(deserialize_with = "micros")]
    pub longest_us: u64,
    /// The errors that it answered, by case.
    #[serde(default)]
    pub errors: IndexMap<String, u64>,
    /// The bytes that it was given.
    #[serde(default)]
    pub bytes_in: u64,
    /// The bytes that it answered.
    #[serde(default)]
    pub bytes_out: u64,
}

/// A request of which calls were traced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Its number in its sandbox.
    pub number: u64,
    /// The calls, in their order.
    pub calls: Vec<Call>,
    /// How long it took, as far as is known.
    pub total: u64,
}

/// A call. Times are in microseconds, from the start of the request on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Call {
    /// The request.
    pub request: u64,
    /// Its number in that.
    pub sequence: u64,
    /// The function.
    pub function: String,
    /// When it began.
    #[serde(deserialize_with = "micros")]
    pub start_us: u64,
    /// How long it took.
    #[serde(deserialize_with = "micros")]
    pub us: u64,
    /// `ok`, or the case of the error.
    pub outcome: String,
    /// The bytes that it was given.
    #[serde(default)]
    pub bytes_in: u64,
    /// The bytes that it answered.
    #[serde(default)]
    pub bytes_out: u64,
}

/// A time in whole microseconds: the observer writes three digits behind the point.
fn micros<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let time = f64::deserialize(deserializer)?;
    // A number that is too large, or below zero, becomes the nearest that there is.
    Ok(time.round() as u64)
}

impl Call {
    /// When it ended.
    pub fn end(&self) -> u64 {
        self.start_us.saturating_add(self.us)
    }

    /// Whether it answered an error.
    pub fn failed(&self) -> bool {
        self.outcome != OK
    }
}

const OK: &str = "ok";

/// What a line says that it is.
#[derive(Deserialize)]
struct Kind {
    kind: String,
}

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Lines, FlameError> {
    let mut lines = Lines::default();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        // A host may write the name of a log endpoint before what was logged.
        let json = line.find('{').and_then(|start| line.get(start..)).unwrap_or_default();
        match serde_json::from_str(json).map(|Kind { kind }| kind).ok().as_deref() {
            Some(kind @ "profile") => lines.profiles.push(parsed(json, number, kind)?),
            Some(kind @ "call") => lines.add(parsed(json, number, kind)?),
            Some(_) | None => lines.skipped += 1,
        }
    }
    if lines.profiles.is_empty() && lines.requests.is_empty() {
        return Err(FlameError::Nothing { skipped: lines.skipped });
    }
    Ok(lines)
}

fn parsed<T: DeserializeOwned>(json: &str, line: usize, kind: &str) -> Result<T, FlameError> {
    let kind = if kind == "call" { "trace" } else { kind }.to_owned();
    serde_json::from_str(json).map_err(|error| FlameError::Line { line, kind, message: error.to_string() })
}

impl Lines {
    /// Adds a call to its request. Each sandbox counts its own requests from 1, so one number may be of several: a call goes
    /// to the one that it can be the next of.
    fn add(&mut self, call: Call) {
        let is_next = |request: &&mut Request| {
            let last = request.calls.last();
            request.number == call.request
                && last.is_none_or(|last| last.sequence < call.sequence && last.start_us <= call.start_us)
        };
        if let Some(request) = self.requests.iter_mut().rev().find(is_next) {
            request.total = request.total.max(call.end());
            request.calls.push(call);
        } else {
            self.requests.push(Request { number: call.request, total: call.end(), calls: vec![call] });
        }
    }
}
