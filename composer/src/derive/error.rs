//! What stands in the way of a world: each refusal by itself, and all of one run.

use std::collections::HashSet;
use std::fmt;

use thiserror::Error;

use super::Remedy;
use crate::places::{self, Places, RulesIndex};
use crate::read::RawWorld;
use crate::rules::RulesError;

/// Why a world cannot be reshaped.
#[derive(Debug, Clone, Error)]
pub enum DeriveError {
    /// A shape that no rule covers.
    #[error("`{path}` cannot be reshaped: {reason}; {remedy}")]
    Shape {
        /// The WIT path.
        path: String,
        /// Why no rule covers it.
        reason: String,
        /// What to do about it.
        remedy: Remedy,
    },
    /// The rules do not fit the world.
    #[error(transparent)]
    Rules(#[from] RulesError),
}

impl DeriveError {
    pub(super) fn shape(path: impl Into<String>, reason: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self::Shape { path: path.into(), reason: reason.into(), remedy: remedy.into() }
    }

    /// A cause comes before what may follow from it: a misspelt line can be why a shape has no rule.
    fn rank(&self) -> u8 {
        match self {
            Self::Rules(RulesError::Parse { .. }) => 0,
            Self::Rules(RulesError::NoMatch { .. } | RulesError::NoPhrase { .. }) => 1,
            Self::Rules(
                RulesError::Name { .. }
                | RulesError::HostPackage { .. }
                | RulesError::Python { .. }
                | RulesError::NoPython { .. }
                | RulesError::PythonError { .. }
                | RulesError::Package { .. },
            ) => 2,
            Self::Rules(RulesError::NoEffect { .. }) => 3,
            Self::Shape { .. } => 4,
        }
    }
}

/// All refusals of one run, at least one of them: causes before consequences, each once.
#[derive(Debug, Clone)]
pub struct Refusals(Vec<Refusal>);

/// A refusal, and what it is about.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// What is refused.
    pub error: DeriveError,
    /// Where it is in the rules file and in the WIT, where that is known.
    pub places: Places,
}

impl Refusals {
    fn of(mut all: Vec<DeriveError>) -> Self {
        all.sort_by_key(DeriveError::rank);
        let mut known = HashSet::new();
        all.retain(|error| known.insert(error.to_string()));
        Self(all.into_iter().map(Refusal::from).collect())
    }

    /// The refusals.
    pub fn all(&self) -> &[Refusal] {
        &self.0
    }

    /// The same, each with its place in the text of the rules and in the WIT.
    pub fn located(mut self, rules: &str, raw: &RawWorld) -> Self {
        let rules = RulesIndex::new(rules);
        for refusal in &mut self.0 {
            refusal.places = places::find(&refusal.error, &rules, raw);
        }
        self
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, refusal) in self.0.iter().enumerate() {
            let line = if place == 0 { "" } else { "\n" };
            write!(out, "{line}{}", refusal.error)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusals {}

impl<E: Into<DeriveError>> From<E> for Refusals {
    fn from(error: E) -> Self {
        Self(vec![error.into().into()])
    }
}

impl From<DeriveError> for Refusal {
    fn from(error: DeriveError) -> Self {
        Self { error, places: Places::default() }
    }
}

/// The refusals so far.
#[derive(Debug, Default)]
pub(crate) struct Refused(Vec<DeriveError>);

impl Refused {
    /// The value, or nothing where it was refused.
    pub fn note<T>(&mut self, result: Result<T, impl Into<DeriveError>>) -> Option<T> {
        result.map_err(|error| self.0.push(error.into())).ok()
    }

    /// Notes each of them.
    pub fn extend(&mut self, errors: impl IntoIterator<Item = impl Into<DeriveError>>) {
        self.0.extend(errors.into_iter().map(Into::into));
    }

    /// Whether a shape is among them.
    pub fn has_shape(&self) -> bool {
        self.0.iter().any(|error| matches!(error, DeriveError::Shape { .. }))
    }

    /// Fails with all of them, if there is any.
    pub fn check(self) -> Result<(), Refusals> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusals::of(self.0)) }
    }

    /// Those and what else was refused.
    pub fn and(mut self, refusals: Refusals) -> Refusals {
        self.0.extend(refusals.0.into_iter().map(|refusal| refusal.error));
        Refusals::of(self.0)
    }
}
