//! Of which functions a trace has the arguments and the answers.
//!
//! What is private is written where a pattern names the function itself; what is secret never is.

use std::collections::BTreeSet;

use super::ObserveError;
use super::select::{self, Selection, Subject};
use crate::bundle::World;

/// The paths of these functions.
pub(super) fn revealed(
    world: &World,
    all: &[Subject],
    selection: &Selection,
    patterns: &[String],
) -> Result<BTreeSet<String>, ObserveError> {
    let rules = &world.rules.observe;
    let is_one_of = |lines: &[String], subject: &Subject| {
        subject.raw.iter().any(|raw| lines.iter().any(|line| select::matches(line, raw)))
    };
    let mut revealed = BTreeSet::new();
    for pattern in patterns {
        let paths = select::matched(world, all, "--trace-values", pattern)?;
        let names_it = !pattern.contains('*');
        for subject in all.iter().filter(|subject| paths.contains(&subject.path)) {
            let is_secret = is_one_of(&rules.secret, subject);
            if is_secret && names_it {
                return Err(ObserveError::Secret { path: subject.path.clone() });
            }
            if names_it && !selection.reports(&subject.path) {
                return Err(ObserveError::NotTraced { path: subject.path.clone() });
            }
            let is_shown = !is_secret && (names_it || !is_one_of(&rules.private, subject));
            if is_shown && selection.reports(&subject.path) {
                revealed.insert(subject.path.clone());
            }
        }
    }
    Ok(revealed)
}
