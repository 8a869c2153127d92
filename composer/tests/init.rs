//! `composer rules --init`: a first rules file by which a world can be reshaped, for worlds that cannot without rules.
//!
//! The worlds are those of the golden cases and of the fixtures, with none of their own rules.

mod support;

use composer::bundle::{World, WorldError};
use composer::init;
use support::{cases, folders, name, repository};

/// The world of the golden cases.
const WORLD: &str = "service";

#[test]
fn worlds_that_are_refused_get_rules_that_work() {
    let (mut lifted, mut left) = (0, Vec::new());
    for case in folders(&repository("fixtures/reshape")) {
        let Ok(raw) = cases::raw(&case) else { continue };
        let Err(WorldError::Refused(_)) = World::new(raw.clone(), WORLD, "") else { continue };
        match init::rules(&raw, WORLD) {
            Ok(rules) => {
                World::new(raw, WORLD, &rules).unwrap_or_else(|error| panic!("{}: {error}\n{rules}", name(&case)));
                assert!(rules.starts_with("# Rules for the world"), "{}: {rules}", name(&case));
                lifted += 1;
            }
            Err(WorldError::Refused(refusals)) => {
                assert!(!refusals.all().is_empty(), "{}", name(&case));
                left.push(format!("{}: {refusals}", name(&case)));
            }
            Err(error) => panic!("{}: {error}", name(&case)),
        }
    }
    eprintln!("{lifted} worlds get rules, {} do not:\n{}", left.len(), left.join("\n"));
    assert!(lifted > 4 * left.len(), "too few worlds get rules:\n{}", left.join("\n"));
}

#[test]
fn a_world_that_needs_no_rules_gets_none() {
    let raw = cases::raw(&repository("fixtures/reshape/direct-alone")).expect("it is WIT");
    let rules = init::rules(&raw, WORLD).expect("nothing stands in the way");
    assert!(rules.lines().all(|line| line.is_empty() || line.starts_with('#')), "{rules}");
}

#[test]
fn the_same_world_gets_the_same_rules() {
    let raw = cases::raw(&repository("fixtures/reshape/error-handle-returned")).expect("it is WIT");
    let [first, second] = [(); 2].map(|()| init::rules(&raw, WORLD).expect("rules lift it"));
    assert_eq!(first, second);
}
