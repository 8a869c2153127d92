//! What was done, counted while it was.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;

use crate::summary::grouped;

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Friendly functions that came to a value.
    Covered,
    /// Scripts that were played.
    Scripts,
    /// Raw handles that were opened.
    Handles,
    /// Those that were not dropped or given away once, or went before what came of them.
    Lost,
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
    /// Calls that trapped where they should not have.
    Trapped,
    /// Misuses that do no harm.
    MisuseHarmless,
    /// Raw calls in which the host trapped.
    Traps,
    /// Answers that there was no memory for.
    Exhausted,
    /// Answers that were anything the types allow.
    Hostile,
    /// Calls in one instance, many of each kind.
    Flat,
    /// How many bytes of memory it had more at their end.
    Bytes,
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

/// The figures of several worlds, added up, in words.
pub fn in_words(sweeps: &[(&str, &super::Sweep<'_>)]) -> IndexMap<String, String> {
    let all = |figure| sweeps.iter().map(|(_, sweep)| sweep.figures.get(figure)).sum::<usize>();
    let covered = sweeps.iter().map(|(world, sweep)| {
        format!("{} of {} in `{world}`", sweep.figures.get(Figure::Covered), sweep.subject.functions().count())
    });
    let misuses = [
        (Figure::MisuseTyped, "a typed error"),
        (Figure::MisuseRefused, "not let in by the engine"),
        (Figure::MisuseImpossible, "not possible"),
        (Figure::MisuseHarmless, "harmless"),
        (Figure::Trapped, "a trap"),
    ];
    let cells = misuses.iter().map(|(figure, _)| all(*figure)).sum::<usize>();
    let outcomes = misuses.map(|(figure, word)| format!("{} {word}", grouped(all(figure)))).join(", ");
    let rows = [
        ("friendly functions that came to a value", covered.collect::<Vec<_>>().join(", ")),
        (
            "made-up scripts in which each raw call, argument, answer and drop was as the model has it",
            grouped(all(Figure::Scripts)),
        ),
        ("errors of the host, in each raw call that can say them", grouped(all(Figure::Errors))),
        ("answers of every length, whole and in at most two raw calls a page", grouped(all(Figure::Sizes))),
        ("hosts that are wrong about lengths, cursors or text", grouped(all(Figure::Liars))),
        ("hostile answers", grouped(all(Figure::Hostile))),
        ("hosts that trap in the middle of a call", grouped(all(Figure::Traps))),
        ("answers that there is no memory for", grouped(all(Figure::Exhausted))),
        ("misuses of handles", format!("{}: {outcomes}", grouped(cells))),
        ("raw handles opened, and lost", format!("{}, {}", grouped(all(Figure::Handles)), all(Figure::Lost))),
        (
            "calls in one instance, and bytes lost by them",
            format!("{}, {}", grouped(all(Figure::Flat)), all(Figure::Bytes)),
        ),
    ];
    rows.into_iter().map(|(what, count)| (what.to_owned(), count)).collect()
}
