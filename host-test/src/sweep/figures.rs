//! What was done, counted while it was.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Friendly functions that came to a value.
    Covered,
    /// Scripts that were played.
    Scripts,
    /// Raw handles that were opened, each dropped or given away once.
    Handles,
    /// Errors of the host, each in a call of each function that can say it.
    Errors,
    /// Answers of every size, from hosts that are right about it.
    Sizes,
    /// Hosts that are wrong about sizes, texts and cursors.
    Liars,
    /// Misuses that came to a typed error.
    MisuseTyped,
    /// Misuses that the engine does not let in, because of the types.
    MisuseRefused,
    /// Misuses that cannot be made: nothing uses such a handle up, or no raw call is made to call back from.
    MisuseImpossible,
    /// Misuses that do no harm.
    MisuseHarmless,
    /// Raw calls in which the host trapped.
    Traps,
    /// Answers that there was no memory for.
    Exhausted,
    /// Answers that were anything the types allow.
    Hostile,
    /// Calls after which there was no more memory than before.
    Flat,
}

/// The counts.
#[derive(Debug, Default)]
pub struct Figures(Mutex<BTreeMap<Figure, usize>>);

impl Figures {
    /// Counts so many more.
    pub fn add(&self, figure: Figure, count: usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(figure).or_default() += count;
    }

    /// How many were counted.
    pub fn get(&self, figure: Figure) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&figure).copied().unwrap_or_default()
    }
}
