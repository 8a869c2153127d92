//! The committed counts of instructions: exact, so that a change of a few per cent shows on any machine.

use std::fmt;
use std::fs;
use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::error::BenchError;
use super::row::Instructions;

/// How much a count may grow before it is a regression, as a share of what it was.
const SLACK: f64 = 0.02;

/// The committed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The compiler that made the guests: another one comes to other counts.
    pub compiler: String,
    /// The engine that counted.
    pub engine: String,
    /// What each row takes.
    pub rows: IndexMap<String, Counted>,
}

/// What a row takes, in instructions a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// In the raw world.
    pub raw: u64,
    /// Through the adapter.
    pub adapted: u64,
}

/// A row that is not as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It takes more than the slack lets it.
    Grew(String, u64, u64),
    /// It takes so much less that the file should say so.
    Shrank(String, u64, u64),
    /// The file does not have it.
    New(String),
    /// Nothing measures it any more.
    Gone(String),
}

impl Baseline {
    /// What was counted, with what.
    pub fn new(compiler: &str, engine: &str, rows: &IndexMap<String, Instructions>) -> Self {
        let counted = |count: &Instructions| Counted { raw: count.baseline, adapted: count.candidate };
        let rows = rows.iter().map(|(name, count)| (name.clone(), counted(count))).collect();
        Self { compiler: compiler.to_owned(), engine: engine.to_owned(), rows }
    }

    /// Reads the committed file.
    pub fn read(path: &Path) -> Result<Self, BenchError> {
        let text = fs::read_to_string(path).map_err(BenchError::file("read", path))?;
        toml::from_str(&text)
            .map_err(|error| BenchError::Figures { path: path.to_owned(), message: error.message().to_owned() })
    }

    /// Writes the file to commit.
    pub fn write(&self, path: &Path) -> Result<(), BenchError> {
        let figures = |message: String| BenchError::Figures { path: path.to_owned(), message };
        let text = toml::to_string(self).map_err(|error| figures(error.to_string()))?;
        fs::write(path, text).map_err(BenchError::file("write", path))
    }

    /// What is otherwise now. Rows that are not in `now` are gone only if `all` were counted.
    pub fn compare(&self, now: &Self, all: bool) -> Vec<Change> {
        let mut changes = Vec::new();
        for (name, new) in &now.rows {
            let Some(old) = self.rows.get(name) else {
                changes.push(Change::New(name.clone()));
                continue;
            };
            let (from, to) = (old.adapted, new.adapted);
            let slack = from as f64 * SLACK;
            if to as f64 > from as f64 + slack {
                changes.push(Change::Grew(name.clone(), from, to));
            } else if (to as f64) < from as f64 - slack {
                changes.push(Change::Shrank(name.clone(), from, to));
            }
        }
        let gone = self.rows.keys().filter(|name| all && !now.rows.contains_key(*name));
        changes.extend(gone.cloned().map(Change::Gone));
        changes
    }

    /// Why counts may differ although nothing here changed.
    pub fn made_otherwise(&self, now: &Self) -> Option<String> {
        let with = |of: &Self| format!("{} on wasmtime {}", of.compiler, of.engine);
        (with(self) != with(now)).then(|| format!("counted with {}, and now with {}", with(self), with(now)))
    }
}

impl Change {
    /// Whether the check fails over it. What shrank is good news.
    pub fn is_wrong(&self) -> bool {
        !matches!(self, Self::Shrank(..))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = |from: u64, to: u64| (to as f64 / from as f64 - 1.0) * 100.0;
        match self {
            Self::Grew(name, from, to) => {
                write!(f, "{name}: {to} instructions a call instead of {from} ({:+.1} %)", by(*from, *to))
            }
            Self::Shrank(name, from, to) => {
                write!(f, "{name}: only {to} instructions a call instead of {from} ({:+.1} %)", by(*from, *to))
            }
            Self::New(name) => write!(f, "{name}: has no figure yet"),
            Self::Gone(name) => write!(f, "{name}: has a figure, and nothing measures it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(rows: &[(&str, u64)]) -> Baseline {
        let rows = rows.iter().map(|(name, adapted)| ((*name).to_owned(), Counted { raw: 10, adapted: *adapted }));
        Baseline { compiler: "rustc".to_owned(), engine: "1.0.0".to_owned(), rows: rows.collect() }
    }

    #[test]
    fn what_grew_by_more_than_the_slack_is_wrong() {
        let old = baseline(&[("nop", 1000), ("get", 1000), ("set", 1000)]);
        let changes = old.compare(&baseline(&[("nop", 1020), ("get", 1021), ("set", 900)]), true);
        assert_eq!(changes, [Change::Grew("get".to_owned(), 1000, 1021), Change::Shrank("set".to_owned(), 1000, 900)]);
        assert_eq!(changes.iter().map(Change::is_wrong).collect::<Vec<_>>(), [true, false]);
        assert_eq!(
            changes.first().map(ToString::to_string).as_deref(),
            Some("get: 1021 instructions a call instead of 1000 (+2.1 %)")
        );
    }

    #[test]
    fn rows_come_and_go() {
        let (old, new) = (baseline(&[("nop", 1)]), baseline(&[("get", 1)]));
        assert_eq!(old.compare(&new, true), [Change::New("get".to_owned()), Change::Gone("nop".to_owned())]);
        // A part of the rows says nothing about the others.
        assert_eq!(old.compare(&new, false), [Change::New("get".to_owned())]);
    }

    #[test]
    fn another_compiler_is_told() {
        let (old, mut new) = (baseline(&[]), baseline(&[]));
        assert_eq!(old.made_otherwise(&new), None);
        new.compiler = "another".to_owned();
        assert!(old.made_otherwise(&new).is_some_and(|told| told.contains("another")));
    }
}
