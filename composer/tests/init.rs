//! `composer rules --init`: a first rules file by which a world can be reshaped, for worlds that cannot without rules.
//!
//! The worlds are those of the golden cases and of the fixtures, with none of their own rules.

mod support;

use composer::bundle::{World, WorldError};
use composer::init;
use composer::plan::Disposition;
use support::{cases, folders, name, repository};
use wit_parser::Resolve;

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
fn the_one_package_is_reshaped_that_a_world_imports() {
    let mut resolve = Resolve::default();
    let calls = "package other:calls@0.2.0;\n\ninterface line {\n  enum error { busy }\n  resource call {\n    constructor();\n    end: static func(of: call) -> result<_, error>;\n  }\n}\n";
    resolve.push_source("calls.wit", calls).unwrap_or_else(|error| panic!("{error:#}"));
    let own = "package acme:desk;\n\nworld service {\n  import other:calls/line@0.2.0;\n}\n";
    resolve.push_source("desk.wit", own).unwrap_or_else(|error| panic!("{error:#}"));
    let rules = init::rules(&resolve, "acme:desk/service").unwrap_or_else(|error| panic!("{error}"));
    assert!(rules.contains("\n[package]\n") && rules.contains("\nraw = \"other:calls@0.2.0\"\n"), "{rules}");
    let world = World::new(resolve, "acme:desk/service", &rules).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(world.plan.raw, "other:calls@0.2.0");
    assert!(world.plan.interface("line").is_some_and(|line| line.disposition == Disposition::Adapted), "{rules}");
}

#[test]
fn the_same_world_gets_the_same_rules() {
    let raw = cases::raw(&repository("fixtures/reshape/error-handle-returned")).expect("it is WIT");
    let [first, second] = [(); 2].map(|()| init::rules(&raw, WORLD).expect("rules lift it"));
    assert_eq!(first, second);
}
