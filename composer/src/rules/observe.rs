//! What an observer has to know of functions.

use serde::Deserialize;

/// What an observer has to know of functions, which it sees no more of than their names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ObserveRules {
    /// Functions of the host that return the next request to a sandbox.
    pub begin: Vec<String>,
    /// Functions that wait for something to happen, and do no work meanwhile.
    pub wait: Vec<String>,
    /// How lines are written to a log endpoint.
    pub log: Option<LogRules>,
    /// How a switch is read.
    pub switch: Option<SwitchRules>,
    /// The case of each error type that stands for a call which was refused, as `interface.type.case`.
    pub denied: Vec<String>,
    /// Functions whose arguments and answers are written only where they are asked for by name.
    pub private: Vec<String>,
    /// Functions whose arguments and answers are never written.
    pub secret: Vec<String>,
}

/// The functions by which lines are written to a log endpoint.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LogRules {
    /// Takes a name, and returns an endpoint or fails.
    pub open: String,
    /// Takes an endpoint and the bytes of a line.
    pub write: String,
}

/// The functions by which a switch is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SwitchRules {
    /// Takes a name, and returns a store or fails.
    pub open: String,
    /// Takes a store, a key and the most bytes to answer, and returns a text, nothing, or fails.
    pub get: String,
}
