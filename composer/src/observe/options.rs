//! What is to be observed, and what is done with it, as it is asked for.

use std::time::Duration;

pub use super::hook::Hook;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Patterns of what is observed; without any, every friendly function.
    pub observe: Vec<String>,
    /// Patterns of what is not.
    pub except: Vec<String>,
    /// What is done with it.
    pub what: What,
    /// Components that are told of it, in their order.
    pub hooks: Vec<Hook>,
}

impl Request {
    /// Whether patterns say what is observed: otherwise there is only a policy, which has patterns of its own.
    pub fn selects(&self) -> bool {
        self.what.reports() || !self.hooks.is_empty()
    }
}

/// What is done with observed calls.
#[derive(Debug, Clone, Default)]
pub struct What {
    /// A line for each request.
    pub profile: Option<Profile>,
    /// A line for each call.
    pub trace: Option<Trace>,
    /// Where lines go.
    pub output: Output,
    /// What is not let through.
    pub policy: Policy,
    /// What turns all of it off.
    pub switch: Option<Switch>,
}

impl What {
    /// Whether the lines of calls are spans.
    pub fn is_otlp(&self) -> bool {
        self.trace.as_ref().is_some_and(|trace| trace.format == Format::Otlp)
    }

    /// Whether calls are told of at all.
    pub fn reports(&self) -> bool {
        self.profile.is_some() || self.trace.is_some()
    }
}

/// What calls are not let through: each is answered with an error.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Patterns of functions that may not be called.
    pub deny: Vec<String>,
    /// Patterns of functions that may be called so often in a request.
    pub limit: Vec<(String, u32)>,
    /// Patterns of functions of which some calls fail.
    pub fail: Vec<(String, Chance)>,
}

impl Policy {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.deny.is_empty() && self.limit.is_empty() && self.fail.is_empty()
    }
}

/// How many calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chance {
    /// So many…
    pub one: u32,
    /// … of so many.
    pub of: u32,
    /// What chance begins with, the same in each sandbox; without it each sandbox has another one.
    pub seed: Option<u64>,
}

/// A value in a store of the host, read once a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// The interface of the store.
    pub interface: String,
    /// Its name.
    pub store: String,
    /// The key of the value.
    pub key: String,
}

/// The line of a request.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Requests that take less have none.
    pub over: Duration,
    /// They have one all the same.
    pub all: bool,
    /// There is also a block to read.
    pub text: bool,
}

/// The lines of calls.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// How they are written.
    pub format: Format,
    /// Patterns of the functions whose arguments and answers are written, too.
    pub values: Vec<String>,
}

/// How the lines of calls are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// JSON, as `docs/observe.md` has it.
    #[default]
    Lines,
    /// Spans of OpenTelemetry, as JSON (OTLP 1.x, "JSON Protobuf Encoding"): one a call, and one a request.
    Otlp,
}

/// Where lines go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Output {
    /// The standard error.
    #[default]
    Stderr,
    /// The log endpoint of this name.
    Log(String),
}
