//! Linking changes nothing that can be seen of a component from outside.
//!
//! Components are made up, instantiated and called as they were and linked: what their hosts see and what they answer is
//! the same. Every run makes the same ones unless `PROPTEST_RNG_SEED` is another number, and more with `PROPTEST_CASES`.

#[path = "link/libraries.rs"]
mod libraries;
#[path = "link/play.rs"]
mod play;

use std::cell::Cell;

use composer::link::{Linked, Names, link};
use libraries::{Choices, component};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestError, TestRunner};

/// How many components are made unless the environment says otherwise.
const COMPONENTS: u32 = 700;
/// Where they start unless it does.
const SEED: u64 = 1;
/// Where what failed is kept.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/link.txt");

fn config() -> Config {
    let mut config = Config::default();
    let is_set = |name| std::env::var_os(name).is_some();
    if !is_set("PROPTEST_CASES") {
        config.cases = COMPONENTS;
    }
    if !is_set("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    config.failure_persistence = Some(Box::new(FileFailurePersistence::Direct(KEPT)));
    config
}

#[test]
fn components_behave_alike_linked_and_not() {
    let engine = play::engine().expect("an engine");
    let (linked, trapped) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(config());
    let outcome = runner.run(&vec(any::<u8>(), 0..400), |bytes| {
        let failed = |error: String| TestCaseError::fail(error);
        let before = wat::parse_str(component(&mut Choices::new(&bytes))).map_err(|error| failed(error.to_string()))?;
        let after = match link(&before, Names::Keep).map_err(|error| failed(error.to_string()))? {
            Linked::Done { component, .. } => component,
            Linked::AsItWas { .. } => return Ok(()),
        };
        let seen = |component| play::play(&engine, component).map_err(|error| failed(format!("{error:#}")));
        let (wanted, found) = (seen(&before)?, seen(&after)?);
        linked.set(linked.get() + 1);
        trapped.set(trapped.get() + u32::from(wanted.iter().any(|line| line.contains("trap"))));
        if wanted == found { Ok(()) } else { Err(failed(format!("before {wanted:#?}\nlinked {found:#?}"))) }
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, bytes)) => panic!("{reason}\n\n{}", component(&mut Choices::new(&bytes))),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
    // What is not linked, or traps at once, would hold nothing.
    let cases = runner.config().cases;
    eprintln!("{} of {cases} linked, {} of them trap", linked.get(), trapped.get());
    assert!(linked.get() * 10 >= cases * 7, "too few are linked: {} of {cases}", linked.get());
    assert!(trapped.get() * 2 <= linked.get(), "too many trap: {} of {}", trapped.get(), linked.get());
}
