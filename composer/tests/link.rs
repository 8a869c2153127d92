//! Linking changes nothing that can be seen of a component from outside.
//!
//! Components are made up, instantiated and called as they were and linked: what their hosts see and what they answer is
//! the same. Every run makes the same ones unless `PROPTEST_RNG_SEED` is another number, and more with `PROPTEST_CASES`.

#[path = "link/dynamic.rs"]
mod dynamic;
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

fn linked(component: &[u8], names: Names) -> (Vec<u8>, usize) {
    match link(component, names).expect("it can be linked") {
        Linked::Done { component, modules, .. } => (component, modules),
        Linked::AsItWas { reason } => panic!("it is not linked: {reason}"),
    }
}

/// The reason why a component stays as it is.
fn reason(text: &str) -> String {
    match link(&wat::parse_str(text).expect("it parses"), Names::Keep).expect("it can be read") {
        Linked::Done { .. } => panic!("it is linked"),
        Linked::AsItWas { reason } => reason,
    }
}

#[test]
fn an_app_of_dynamic_libraries_is_one_module() {
    let engine = play::engine().expect("an engine");
    let before = dynamic::component().expect("an app");
    let (after, modules) = linked(&before, Names::Keep);
    let wanted = play::play(&engine, &before).expect("it runs");
    assert_eq!(play::play(&engine, &after).expect("it runs linked"), wanted);
    // Constructors ran, in the order of the libraries, and with what needs the memory filled in.
    assert_eq!(wanted[..3], ["log 77", "log 88", "say the"]);
    assert!(modules > 3, "{modules}");
    assert_eq!(linked(&before, Names::Keep).0, after, "the same input gives the same bytes");
}

#[test]
fn names_are_kept_or_dropped() {
    // Nothing is exported by this name.
    let has = |component: &[u8], name: &str| component.windows(name.len()).any(|bytes| bytes == name.as_bytes());
    let before = wat::parse_str(component(&mut Choices::new(&[]))).expect("it parses");
    let (kept, dropped) = (linked(&before, Names::Keep).0, linked(&before, Names::Drop).0);
    assert!(has(&kept, "f0-0") && !has(&dropped, "f0-0"));
}

#[test]
fn what_cannot_be_linked_stays_as_it_is() {
    let one = "(core module $m) (core instance (instantiate $m))";
    assert_eq!(reason(&format!("(component {one})")), "it has no two core modules that could be one");
    assert_eq!(
        reason(&format!("(component {one} (core instance (instantiate $m)))")),
        "it has no two core modules that could be one"
    );
    let segment_after_start = r#"(component
      (core module $a (memory (export "m") 1) (func $s (i32.store (i32.const 0) (i32.const 1))) (start $s))
      (core module $b (import "a" "m" (memory 1)) (data (i32.const 0) "2"))
      (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a)))))"#;
    assert_eq!(reason(segment_after_start), "a module writes its segments after another one was started");
    let apart = r#"(component
      (core module $a (memory (export "m") 1))
      (core module $twice (func $s) (start $s))
      (core module $b (import "a" "m" (memory 1)))
      (core instance $a (instantiate $a)) (core instance (instantiate $twice)) (core instance (instantiate $twice))
      (core instance (instantiate $b (with "a" (instance $a)))))"#;
    assert_eq!(reason(apart), "a module that stays apart is started between those that would be one");
    let core_type = "(component (core type (func)))";
    assert_eq!(reason(core_type), "it has core types of its own");
}

#[test]
fn what_is_damaged_is_told() {
    let component = dynamic::component().expect("an app");
    let message = link(&component[..component.len() / 2], Names::Keep).expect_err("it is cut off").to_string();
    assert!(message.contains("--no-link"), "{message}");
}

/// Two objects in the memory of a component, which says that they are to last, and which has these counts of them.
fn with_objects(counts: [u32; 2]) -> Vec<u8> {
    const FOREVER: u32 = 5 << 28;
    const TYPE: u32 = 0x300;
    let escaped = |words: &[u32]| {
        let bytes = words.iter().flat_map(|word| word.to_le_bytes());
        bytes.map(|byte| format!("\\{byte:02x}")).collect::<String>()
    };
    let objects = counts.map(|count| escaped(&[count, TYPE]));
    let list = format!("composer:lasting-objects:\\f3\\1e\\8c{}", escaped(&[FOREVER, 2, 0x100, TYPE, 0x200, TYPE]));
    let text = format!(
        r#"(component
          (core module $a (memory (export "m") 1)
            (data (i32.const 0x100) "{}") (data (i32.const 0x200) "{}") (data (i32.const 0x400) "{list}"))
          (core module $b (import "a" "m" (memory 1)) (data (i32.const 0x800) "another"))
          (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a)))))"#,
        objects[0], objects[1]
    );
    wat::parse_str(text).expect("it parses")
}

#[test]
fn objects_last_where_each_is_counted_or_lasts_already() {
    let forever = (5_u32 << 28).to_le_bytes();
    for (counts, lasting) in [([3, 1], true), ([3, 5 << 28], true), ([3, 0], false), ([3, 1 << 29], false)] {
        let done = link(&with_objects(counts), Names::Keep).expect("it can be linked");
        let Linked::Done { component, has_unknown_objects, .. } = done else { panic!("{counts:?} is not linked") };
        let object = [forever, 0x300_u32.to_le_bytes()].concat();
        let found = component.windows(object.len()).filter(|bytes| *bytes == object).count();
        assert_eq!((found, !has_unknown_objects), (if lasting { 2 } else { 0 }, lasting), "{counts:?}");
    }
}
