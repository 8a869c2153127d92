//! Worlds that nobody thought of: sketched at random, written as WIT and rules, and derived.
//!
//! Whatever comes out holds together, or is a refusal that says where to look; nothing panics. Every
//! run makes the same worlds unless `PROPTEST_RNG_SEED` is another number, and more of them with
//! `PROPTEST_CASES`. What fails is made small, kept in `proptest-regressions/`, where each run tries
//! it first, and printed as the two files of a golden case of `fixtures/reshape`.

mod sketch;
mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestError, TestRunner};
use sketch::{Sketch, lines, strategy, write};
use support::hold::{self, Outcome};

/// How many worlds are made unless the environment says otherwise.
const WORLDS: u32 = 1000;
/// Where they start unless it does.
const SEED: u64 = 1;
/// Where what failed is kept.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/worlds.txt");

#[test]
fn every_world_is_derived_or_refused() {
    let tally = RefCell::new(Tally::default());
    let mut runner = TestRunner::new(config());
    let outcome = runner.run(&strategy::sketches(), |sketch| {
        let outcome = check(&sketch).map_err(TestCaseError::fail)?;
        tally.borrow_mut().add(outcome);
        Ok(())
    });
    eprintln!("{}", tally.borrow().text());
    tally.borrow().record();
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, sketch)) => panic!("{reason}\n\n{}", golden_case(&sketch)),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
    tally.borrow().assert_enough_is_derived();
}

fn config() -> Config {
    let mut config = Config::default();
    let is_set = |name| std::env::var_os(name).is_some();
    if !is_set("PROPTEST_CASES") {
        config.cases = WORLDS;
    }
    if !is_set("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    config.failure_persistence = Some(Box::new(FileFailurePersistence::Direct(KEPT)));
    config.max_shrink_iters = 4000;
    config
}

fn check(sketch: &Sketch) -> Result<Outcome, String> {
    let raw = hold::resolve(&write::wit(sketch))?;
    let rules = lines::rules(sketch, &raw);
    let outcome = catch_unwind(AssertUnwindSafe(|| hold::check(&raw, &rules)));
    outcome.unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("it panics: {}", message.unwrap_or_default()))
    })
}

/// The files of a golden case.
fn golden_case(sketch: &Sketch) -> String {
    let wit = write::wit(sketch);
    let rules = hold::resolve(&wit).map(|raw| lines::rules(sketch, &raw)).unwrap_or_default();
    format!("--- raw.wit\n{wit}\n--- rules.toml\n{rules}")
}

/// What became of the worlds.
#[derive(Default)]
struct Tally {
    derived: usize,
    functions: usize,
    refused: BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Derived(functions) => {
                self.derived += 1;
                self.functions += functions;
            }
            Outcome::Refused(kind) => *self.refused.entry(kind).or_default() += 1,
        }
    }

    fn made(&self) -> usize {
        self.derived + self.refused.values().sum::<usize>()
    }

    /// Notes the numbers for the table at the end of the test run.
    fn record(&self) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures");
        let (derived, refused) = (self.derived, self.made() - self.derived);
        let count = format!("{}: {derived} derived, {refused} refused with a reason", self.made());
        let line = format!("{:?} = {count:?}\n", "random WIT worlds");
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join("worlds.toml"), line));
        written.expect("a place for figures");
    }

    fn text(&self) -> String {
        let mut refused: Vec<_> = self.refused.iter().collect();
        refused.sort_by(|(a, so_often), (b, often)| often.cmp(so_often).then(a.cmp(b)));
        let lines: String = refused.iter().map(|(kind, count)| format!("{count:6} {kind}\n")).collect();
        format!(
            "{} worlds: {} derived, with {} functions; refused {}, for {} reasons:\n{lines}",
            self.made(),
            self.derived,
            self.functions,
            self.made() - self.derived,
            refused.len()
        )
    }

    /// Refusals alone would hold nothing.
    fn assert_enough_is_derived(&self) {
        assert!(self.derived * 3 >= self.made(), "too few worlds are derived\n{}", self.text());
    }
}
