//! A row of the table: a candidate against a named baseline.

use std::fmt;

use serde::Serialize;

use super::stats::Spread;

/// What a sample is a count of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Time, in nanoseconds.
    Nanoseconds,
    /// Size or memory, in bytes.
    Bytes,
    /// Throughput, in requests a second.
    Requests,
    /// How often something happened.
    Times,
}

/// What the ratio should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// What was measured of one side, a sample a round.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// What it is, in a word or two.
    pub label: String,
    /// The samples, in the unit of the row, in the order of the rounds.
    pub samples: Vec<f64>,
}

/// Instructions a call, of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Instructions {
    /// Of the baseline.
    pub baseline: u64,
    /// Of the candidate.
    pub candidate: u64,
}

/// A candidate against a baseline, measured in turns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Which part of the table.
    pub group: Group,
    /// What is done.
    pub name: String,
    /// What it runs on, where that matters.
    pub engine: Option<String>,
    /// What the samples count.
    pub unit: Unit,
    /// What it is compared with.
    pub baseline: Series,
    /// What is compared.
    pub candidate: Series,
    /// What the ratio should be, where something was promised.
    pub target: Option<Target>,
    /// What it takes in instructions, where that is known.
    pub instructions: Option<Instructions>,
}

/// A part of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Calls from a small guest, raw and adapted.
    Guest,
    /// What the composer takes.
    Build,
    /// Whole requests under load.
    Requests,
    /// Calls from Python.
    Python,
}

impl Row {
    /// A row without a target.
    pub fn new(group: Group, name: impl Into<String>, unit: Unit, baseline: Series, candidate: Series) -> Self {
        let name = name.into();
        Self { group, name, engine: None, unit, baseline, candidate, target: None, instructions: None }
    }

    /// With something promised.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    /// On this engine.
    #[must_use]
    pub fn engine(mut self, engine: &str) -> Self {
        self.engine = Some(engine.to_owned());
        self
    }

    /// Candidate by baseline, pair by pair; nothing without a sample.
    pub fn ratio(&self) -> Option<Spread> {
        Spread::of_ratios(&self.candidate.samples, &self.baseline.samples)
    }

    /// Whether the promise is kept, where there is one.
    pub fn reached(&self) -> Option<bool> {
        let ratio = self.ratio()?.median;
        self.target.map(|target| match target {
            Target::AtMost(most) => ratio <= most,
            Target::AtLeast(least) => ratio >= least,
        })
    }

    /// What a filter looks at.
    pub fn title(&self) -> String {
        let engine = self.engine.as_deref().unwrap_or_default();
        format!("{} {} {} {} {engine}", self.group, self.name, self.candidate.label, self.baseline.label)
    }
}

impl Series {
    /// One side of a row.
    pub fn new(label: impl Into<String>, samples: impl Into<Vec<f64>>) -> Self {
        Self { label: label.into(), samples: samples.into() }
    }

    /// The middle sample; nothing of none.
    pub fn median(&self) -> Option<f64> {
        Spread::of(self.samples.iter().copied()).map(|spread| spread.median)
    }
}

impl Unit {
    /// A figure as people read it.
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Nanoseconds => scaled(value, 1000.0, &["ns", "µs", "ms", "s"]),
            Self::Bytes => scaled(value, 1000.0, &["B", "KB", "MB", "GB"]),
            Self::Requests => format!("{}/s", significant(value)),
            Self::Times => significant(value),
        }
    }
}

/// A value with the largest of these units that leaves something before the point.
fn scaled(mut value: f64, step: f64, units: &[&str]) -> String {
    let mut shown = units.first().copied().unwrap_or_default();
    for unit in units.iter().skip(1) {
        if value.abs() < step {
            break;
        }
        value /= step;
        shown = unit;
    }
    format!("{} {shown}", significant(value))
}

/// Three digits, or all that are before the point.
fn significant(value: f64) -> String {
    let digits = match value.abs() {
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guest => "guest",
            Self::Build => "build",
            Self::Requests => "requests",
            Self::Python => "python",
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "≤ {most:.2}"),
            Self::AtLeast(least) => write!(f, "≥ {least:.2}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(candidate: f64, target: Target) -> Row {
        let [baseline, candidate] = [("raw", 2.0), ("adapted", candidate)].map(|(label, n)| Series::new(label, [n]));
        Row::new(Group::Guest, "nop", Unit::Nanoseconds, baseline, candidate).target(target)
    }

    #[test]
    fn a_target_bounds_one_side() {
        assert_eq!(row(3.0, Target::AtMost(1.5)).reached(), Some(true));
        assert_eq!(row(3.1, Target::AtMost(1.5)).reached(), Some(false));
        assert_eq!(row(2.0, Target::AtLeast(1.0)).reached(), Some(true));
        assert_eq!(row(1.9, Target::AtLeast(1.0)).reached(), Some(false));
    }

    #[test]
    fn figures_have_three_digits() {
        let cases = [(0.5, "0.50 ns"), (12.34, "12.3 ns"), (999.4, "999 ns"), (1234.0, "1.23 µs"), (5e9, "5.00 s")];
        for (value, text) in cases {
            assert_eq!(Unit::Nanoseconds.show(value), text);
        }
        assert_eq!(Unit::Bytes.show(18_300_000.0), "18.3 MB");
        assert_eq!(Unit::Requests.show(1234.5), "1234/s");
    }
}
