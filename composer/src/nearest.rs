//! Names that are near to one that is not there.

use std::cmp::Reverse;

/// How many names are offered.
const FEW: usize = 3;

/// How long the start or the end is that two names share.
pub(crate) fn likeness(name: &str, candidate: &str) -> usize {
    let start = candidate.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
    let end = candidate.chars().rev().zip(name.chars().rev()).take_while(|(a, b)| a == b).count();
    start.max(end)
}

/// The candidate that shares the longest start or end with `name`, if it shares half of it.
pub(crate) fn nearest<'c>(name: &str, candidates: &'c [String]) -> Option<&'c String> {
    candidates
        .iter()
        // What is as near and shorter has less that was not asked for.
        .max_by_key(|candidate| (likeness(name, candidate), Reverse(candidate.len())))
        .filter(|candidate| likeness(name, candidate) * 2 >= name.len())
}

/// The nearest candidates, the nearest first; each shares a third of the name or more.
pub(crate) fn nearest_few<'c>(name: &str, candidates: &'c [String]) -> Vec<&'c String> {
    let mut near: Vec<&String> =
        candidates.iter().filter(|candidate| likeness(name, candidate) * 3 >= name.len()).collect();
    near.sort_by_key(|candidate| (Reverse(likeness(name, candidate)), candidate.len(), *candidate));
    near.truncate(FEW);
    near
}
