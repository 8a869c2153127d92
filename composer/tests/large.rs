//! Worlds that are larger than a component may be.

mod support;

use std::fmt::Write as _;

use composer::bundle::{Guests, World};
use composer::compose::{ComposeError, Composed, compose};
use composer::metadata::Metadata;
use composer::wit::{ADAPTER_WORLD, ENTRY_WORLD};
use support::composed::app;
use support::dummy;
use wit_parser::Resolve;

/// A world of so many interfaces, and an app that imports all of them.
fn composed(interfaces: usize) -> Result<Composed, ComposeError> {
    let mut text = "package made:raw@1.0.0;\ninterface incoming { handle: func(); }\n".to_owned();
    let mut world = "world service {\n  export incoming;\n".to_owned();
    for number in 0..interfaces {
        let thing = "resource thing { name: func(max-len: u64) -> result<string, error>; }";
        let error = "variant error { busy, buffer-len(u64) }";
        let _ = writeln!(
            text,
            "interface part{number} {{ {error} {thing} take: func(thing: thing) -> result<_, error>; }}"
        );
        let _ = writeln!(world, "  import part{number};");
    }
    let mut resolve = Resolve::default();
    resolve.push_str("made.wit", &format!("{text}{world}}}")).unwrap_or_else(|error| panic!("{error:#}"));
    let too_small: Vec<_> = (0..interfaces).map(|number| format!("part{number}.error.buffer-len")).collect();
    let rules = format!("[buffers]\nsize-parameter = \"max-len\"\ntoo-small = {too_small:?}\n");
    let world = World::new(resolve, "service", &rules).unwrap_or_else(|error| panic!("{error}"));
    let guest = |name| dummy::module(&world.friendly.resolve, world.friendly.world(name).expect("a guest's world"));
    let guests = Guests { adapter: guest(ADAPTER_WORLD), entry: guest(ENTRY_WORLD) };
    compose(&world, &guests, app(&world), &Metadata::default())
}

#[test]
fn a_world_of_many_interfaces_is_composed() {
    composed(400).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_world_of_too_many_is_refused_and_nobody_is_blamed() {
    let error = composed(1200).expect_err("there are too many");
    let text = error.to_string();
    assert!(text.starts_with("the adapter is larger than a component may be: instances count exceeds limit"), "{text}");
    assert!(text.ends_with("leave some of them out of the world with lines under [leave-out]"), "{text}");
}
