//! What is tried: a few lines of Python, and the value that they come to on any Python.

use std::fs;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::CorpusError;

/// A few lines of Python, and the value that they come to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// What stands at the top of its module, and is done when the app is built.
    pub top: String,
    /// An expression that is evaluated at a request; it may name the `request` and the `body`.
    pub first: Option<String>,
    /// A WSGI app that is asked for `/`.
    pub wsgi: Option<String>,
    /// The paths that it is asked for when the app is built.
    #[serde(default)]
    pub warm_up: Vec<String>,
    /// What must come out.
    pub value: Value,
}

/// Who answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// An expression of the subject.
    First(&'a str),
    /// A WSGI app of the subject.
    Wsgi(&'a str),
}

impl Subject {
    /// Who answers a request: it says one of the two.
    pub fn asked(&self) -> Result<Asked<'_>, &'static str> {
        match (&self.first, &self.wsgi) {
            (Some(first), None) if self.warm_up.is_empty() => Ok(Asked::First(first)),
            (None, Some(wsgi)) => Ok(Asked::Wsgi(wsgi)),
            (Some(_), None) => Err("`warm_up` is for a `wsgi` app"),
            (None, None) => Err("it has neither `first` nor `wsgi`"),
            (Some(_), Some(_)) => Err("it has both `first` and `wsgi`"),
        }
    }
}

/// Reads a list: a TOML file with a table for each name.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<IndexMap<String, T>, CorpusError> {
    let text = fs::read_to_string(path).map_err(CorpusError::file(path))?;
    toml::from_str(&text).map_err(|error| list(path, error.to_string()))
}

/// That a list is wrong.
pub fn list(path: &Path, message: impl Into<String>) -> CorpusError {
    CorpusError::List { path: path.to_owned(), message: message.into() }
}
