//! What is to be observed, and what is done with it, as it is asked for.

use std::time::Duration;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Patterns of what is observed; without any, every friendly function.
    pub observe: Vec<String>,
    /// Patterns of what is not.
    pub except: Vec<String>,
    /// What is done with it.
    pub what: What,
}

/// What is done with observed calls.
#[derive(Debug, Clone, Default)]
pub struct What {
    /// A line for each request.
    pub profile: Option<Profile>,
    /// A line for each call.
    pub trace: bool,
    /// Where lines go.
    pub output: Output,
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

/// Where lines go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Output {
    /// The standard error.
    #[default]
    Stderr,
    /// The log endpoint of this name.
    Log(String),
}
