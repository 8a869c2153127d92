//! The sweep of a world as tests, each with a name of its own.

use std::collections::BTreeSet;

use composer::plan::Interface;
use libtest_mimic::Trial;

use super::{Found, Sweep, cover, errors, faults, flat, hostile, misuse, sizes};

type Part = fn(&'static Sweep<'static>, &'static Interface) -> Found;

/// What is done with each interface.
const PARTS: [(&str, Part); 8] = [
    ("cover", cover::cover),
    ("errors", errors::each),
    ("traps", faults::traps),
    ("exhausted", faults::exhausted),
    ("hostile", hostile::answers),
    ("misuse", misuse::handles),
    ("sizes", sizes::honest),
    ("liars", sizes::liars),
];

/// The tests of a world. Kinds of functions that are in `seen` have been called often enough.
pub fn trials(world: &str, sweep: &'static Sweep<'static>, seen: &mut BTreeSet<String>) -> Vec<Trial> {
    let mut trials = Vec::new();
    // What takes longest comes first, so that nothing waits for it at the end.
    trials.push(trial(format!("{world} longest"), move || faults::longest(sweep)));
    for (interface, function) in flat::kinds(sweep, seen) {
        let name = format!("{world} flat {}", function.path(&interface.name));
        trials.push(trial(name, move || flat::memory(sweep, interface, function)));
    }
    trials.extend(of_parts(world, sweep, &PARTS.map(|(part, _)| part)));
    trials
}

/// The tests of a world that are parts with these names.
pub fn of_parts(world: &str, sweep: &'static Sweep<'static>, parts: &[&str]) -> Vec<Trial> {
    let parts = PARTS.iter().filter(|(part, _)| parts.contains(part));
    let trials = parts.flat_map(|(part, run)| {
        let interfaces = sweep.interfaces().into_iter();
        interfaces.map(move |interface| trial(format!("{world} {part} {}", interface.name), || run(sweep, interface)))
    });
    trials.collect()
}

/// What is wrong with a world in these parts, each with the part that says so.
pub fn wrong(sweep: &'static Sweep<'static>, parts: &[&str]) -> Vec<String> {
    let parts = PARTS.iter().filter(|(part, _)| parts.contains(part)).flat_map(|(part, run)| {
        let interfaces = sweep.interfaces().into_iter();
        interfaces.filter_map(move |interface| {
            let found = run(sweep, interface).err()?;
            Some(format!("{part} {}: {found}", interface.name))
        })
    });
    parts.collect()
}

fn trial(name: String, run: impl FnOnce() -> Found + Send + 'static) -> Trial {
    Trial::test(name, move || run().map_err(Into::into))
}
