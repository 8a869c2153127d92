//! Worlds that are large: what no component may hold is refused, and the rest takes time in proportion.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use composer::bundle::{Guests, World};
use composer::compose::{ComposeError, Composed, compose};
use composer::metadata::Metadata;
use composer::python::stubs::stubs;
use composer::python::{self, Bound};
use composer::wit::{ADAPTER_WORLD, ENTRY_WORLD};
use composer::{explain, glue, reference};
use support::composed::app;
use support::dummy;
use wit_parser::Resolve;

/// A world of so many interfaces, and its rules.
fn interfaces_of(interfaces: usize) -> (String, String) {
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
    let too_small: Vec<_> = (0..interfaces).map(|number| format!("part{number}.error.buffer-len")).collect();
    (format!("{text}{world}}}"), format!("[buffers]\nsize-parameter = \"max-len\"\ntoo-small = {too_small:?}\n"))
}

/// Such a world, and an app that imports all of it.
fn composed(interfaces: usize) -> Result<Composed, ComposeError> {
    let (text, rules) = interfaces_of(interfaces);
    let mut resolve = Resolve::default();
    resolve.push_str("made.wit", &text).unwrap_or_else(|error| panic!("{error:#}"));
    let world = World::new(resolve, "service", &rules).unwrap_or_else(|error| panic!("{error}"));
    let guest = |name| dummy::module(&world.friendly.resolve, world.friendly.world(name).expect("a guest's world"));
    let guests =
        Guests { adapter: guest(ADAPTER_WORLD), entry: guest(ENTRY_WORLD), observer: Vec::new(), files: Vec::new() };
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

/// A world with these types, of which a function takes and gives the last.
fn world_of_types(types: &str, last: &str) -> String {
    format!(
        "package made:raw@1.0.0;\ninterface incoming {{ handle: func(); }}\n\
         interface shapes {{ enum fault {{ lost }}\n{types}\n  resource thing {{ keep: func(all: {last}) -> result<{last}, fault>; }} \
         take: func(thing: thing) -> result<_, fault>; }}\n\
         world service {{ import shapes; export incoming; }}\n"
    )
}

/// Types of which each is made of the one before, so many times.
fn chain(levels: usize, times: usize, make: impl Fn(usize, &str) -> String) -> String {
    let mut types = "  type t0 = u8;\n".to_owned();
    for level in 1..=levels {
        let parts = (0..times).map(|part| format!("p{part}: t{}", level - 1)).collect::<Vec<_>>().join(", ");
        types.push_str(&make(level, &parts));
    }
    world_of_types(&types, &format!("t{levels}"))
}

fn records(level: usize, parts: &str) -> String {
    format!("  record t{level} {{ {parts} }}\n")
}

fn variants(level: usize, parts: &str) -> String {
    let cases: Vec<_> = parts.split(", ").map(|part| part.replace(": ", "(") + ")").collect();
    format!("  variant t{level} {{ {} }}\n", cases.join(", "))
}

fn tuples(level: usize, parts: &str) -> String {
    let parts: Vec<_> = parts.split(", ").filter_map(|part| part.split(": ").nth(1)).collect();
    format!("  type t{level} = tuple<{}>;\n", parts.join(", "))
}

fn lists(level: usize, parts: &str) -> String {
    let parts: Vec<_> = parts.split(", ").map(|part| part.replace(": ", ": list<") + ">").collect();
    format!("  record t{level} {{ {} }}\n", parts.join(", "))
}

fn world(text: &str) -> Result<World, String> {
    let mut resolve = Resolve::default();
    resolve.push_str("made.wit", text).unwrap_or_else(|error| panic!("{error:#}"));
    World::new(resolve, "service", "").map_err(|error| error.to_string())
}

/// All that is written of a world.
fn write(text: &str) {
    let world = world(text).unwrap_or_else(|error| panic!("{error}"));
    let plan = &world.plan;
    let bound = Bound::new(world.friendly.app_imports());
    python::package(plan, &bound, &BTreeMap::new()).expect("the package is written");
    stubs(plan, &BTreeMap::new(), false);
    explain::explain(plan, None).text();
    reference::page(plan);
    glue::adapter(plan, "wit").expect("the glue is written");
}

/// The least that something took in a few runs: what else the machine does only adds to it.
fn least(mut run: impl FnMut()) -> Duration {
    let runs = (0..2).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed()
    });
    runs.min().unwrap_or_default()
}

/// Fails where something takes more than so many times as long as a baseline, measured in the same run.
fn holds(what: &str, run: impl FnMut(), baseline: impl FnMut(), most: f64) {
    let (took, baseline) = (least(run), least(baseline));
    let ratio = took.as_secs_f64() / baseline.as_secs_f64();
    println!("{what}: {took:?}, {ratio:.1} times {baseline:?}");
    assert!(ratio < most, "{what} take {took:?}, {ratio:.1} times {baseline:?}, and {most} is allowed");
}

#[test]
fn a_type_that_no_component_can_hold_is_refused() {
    for make in [records, variants, tuples, lists] {
        for levels in [20, 40, 1000] {
            let error = world(&chain(levels, 2, make)).map(drop).expect_err("it is too large");
            let wanted = "is made of more than 1000000 values, each of its parts with all of theirs";
            assert!(error.starts_with("type `made:raw/shapes@1.0.0.t") && error.contains(wanted), "{error}");
        }
    }
}

#[test]
fn types_that_share_parts_take_the_time_of_those_that_do_not() {
    // Python spells a tuple out wherever it stands, so of these it has as many as there are places.
    for make in [records, variants, lists] {
        holds("17 types, each twice in the next", || write(&chain(17, 2, make)), || write(&chain(17, 1, make)), 4.0);
    }
}

#[test]
fn types_that_are_deep_take_the_time_of_those_that_are_not() {
    let flat: String = (1..=1000).map(|number| records(number, "p0: u8")).collect();
    let flat = world_of_types(&format!("{flat}  type t0 = u8;"), "t1000");
    holds("1000 types inside of each other", || write(&chain(1000, 1, records)), || write(&flat), 16.0);
}

#[test]
fn interfaces_take_time_in_proportion() {
    let run = |interfaces| {
        move || {
            let (text, rules) = interfaces_of(interfaces);
            let mut resolve = Resolve::default();
            resolve.push_str("made.wit", &text).unwrap_or_else(|error| panic!("{error:#}"));
            let world = World::new(resolve, "service", &rules).unwrap_or_else(|error| panic!("{error}"));
            explain::explain(&world.plan, None).text();
        }
    };
    // In proportion would be 4, and as the square 16; names are still looked up in a list here and there.
    holds("2000 interfaces", run(2000), run(500), 9.0);
}
