//! Names that are near to one that is not there.

use strsim::osa_distance;

/// How many names are offered.
const FEW: usize = 3;

/// The nearest candidate, if less than half of the name would have to change.
pub(crate) fn nearest<'c>(name: &str, candidates: &'c [String]) -> Option<&'c String> {
    let distances = candidates.iter().map(|candidate| (osa_distance(name, candidate), candidate));
    let (distance, candidate) = distances.min_by_key(|(distance, candidate)| (*distance, candidate.len()))?;
    (distance * 2 < name.len().max(2)).then_some(candidate)
}

/// The nearest candidates, the nearest first; of each less than two thirds of the name would have to change.
pub(crate) fn nearest_few<'c>(name: &str, candidates: &'c [String]) -> Vec<&'c String> {
    let distances = candidates.iter().map(|candidate| (osa_distance(name, candidate), candidate));
    let mut near: Vec<_> = distances.filter(|(distance, _)| distance * 3 < name.len() * 2).collect();
    near.sort_by_key(|(distance, candidate)| (*distance, candidate.len(), *candidate));
    near.into_iter().take(FEW).map(|(_, candidate)| candidate).collect()
}
