//! A world of one's own: derived, built, composed with a Python app, run.
//!
//! `fixtures/worlds/harbour` has every shape of WIT that can be reshaped. Its guests and its app are built
//! here once, with the command line, and run on a host of the raw world that knows nothing of the composer.
//! The app compares what comes back with what it sent; what the host was told is compared here.

#[path = "second_world/harbour.rs"]
mod harbour;
#[path = "second_world/office.rs"]
mod office;
#[path = "support/own_world.rs"]
mod own_world;
#[path = "second_world/quay.rs"]
mod quay;
#[path = "second_world/register.rs"]
mod register;

use std::collections::BTreeSet;
use std::fs;

use host_test::apps;
use office::OFFICE;
use wit_component::DecodedWasm;

/// What the host was told by this name, each without the name.
fn told(name: &str) -> Vec<&'static str> {
    OFFICE.told.iter().filter_map(|told| told.strip_prefix(name)?.strip_prefix(' ')).collect()
}

fn report() -> &'static str {
    OFFICE.report.as_ref().unwrap_or_else(|error| panic!("{error}"))
}

/// The names of the checks in a module of the app, which lists them in `CHECKS`.
fn checks(module: &str) -> Vec<String> {
    let file = apps::fixture("worlds/harbour/app").join(format!("{module}.py"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let (_, list) = text.split_once("CHECKS = [").expect("the module lists its checks");
    let names = list.trim().trim_end_matches(']').split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| format!("{module}.{name}")).collect()
}

#[test]
fn every_check_of_the_app_passes() {
    let lines: Vec<_> = report().lines().collect();
    let modules = ["shapes", "direct", "register", "quay", "customs"];
    let wanted: Vec<_> = modules.into_iter().flat_map(checks).collect();
    assert!(wanted.len() > 40, "{wanted:?}");
    assert_eq!(lines[2..lines.len() - 1], wanted);
}

#[test]
fn the_app_is_called_with_what_the_host_has() {
    let lines: Vec<_> = report().lines().collect();
    let tide = "Tide(place='bar', high=True, minute=61, metres=2.25, moon=<Moon.WANING: 3>)";
    assert_eq!(lines[0], format!("visitor came from outside on {tide}"));
    assert_eq!(lines[1], "printed as Tide(high=False, hour=1, feet=-7)");
    // The vessel that the host gave is the app's to use up.
    assert_eq!(lines.last(), Some(&"scrapped visitor"));
    assert!(told("scrap").contains(&"\"visitor\""));
}

#[test]
fn the_host_gets_the_app_s_errors_and_answers() {
    assert_eq!(OFFICE.refused, Err("no berth for a pirate, tide None".to_owned()));
    assert_eq!(OFFICE.closed, Ok(()));
}

/// What is repeated could be wrong both ways: here is what arrived.
#[test]
fn the_host_gets_what_the_app_sends() {
    let low = "Instruments { lit: false, fog: 0, wind: 0, lamp-hours: 0, serial: 0, heel: -128, drift: -32768, \
               height: -2147483648, clock-skew: -9223372036854775808, pressure: -0.5, bearing: -inf, flag: '\\0', \
               watchman: \"\" }";
    let high = "Instruments { lit: true, fog: 255, wind: 65535, lamp-hours: 4294967295, serial: 18446744073709551615, \
                heel: 127, drift: 32767, height: 2147483647, clock-skew: 9223372036854775807, pressure: 1013.25, \
                bearing: 359.99999999, flag: '⚑', watchman: \"Åsa\" }";
    assert_eq!(told("repeat_instruments"), [high, low]);
    let port = r#"Side { code: 0, name: "port", message: "" }"#;
    let starboard = r#"Side { code: 1, name: "starboard", message: "" }"#;
    let place = "Position { latitude: 54.25, longitude: -10.5 }";
    let watch =
        format!("Watch {{ instruments: {high}, at: {place}, looks-to: {starboard}, previous: [{low}, {high}] }}");
    assert_eq!(told("repeat_watch")[0], watch);
    assert_eq!(told("repeat_locker")[..4], ["()", "(ALFA)", "(INDIA)", "(BRAVO|HOTEL|INDIA)"]);
    let meanings = told("repeat_meaning");
    assert_eq!(
        meanings[..3],
        ["Meaning::Nothing", "Meaning::Letters((CHARLIE|INDIA))", r#"Meaning::Words(["need", "", "water"])"#]
    );
    assert_eq!(meanings[3], format!("Meaning::Watch({watch})"));
    assert_eq!(meanings[4], format!("Meaning::Place(({place}, Some({starboard})))"));
    assert_eq!(meanings[6..], ["Meaning::Answered(Ok(3))", r#"Meaning::Answered(Err("nay"))"#]);
    assert_eq!(told("repeat_lists"), [r#"([["a", ""], [], ["ü"]], [0, 65535])"#]);
    assert_eq!(
        told("repeat_perhaps")[..5],
        [
            "(None, None)",
            "(None, Some(None))",
            "(None, Some(Some(255)))",
            "(Some(None), None)",
            "(Some(None), Some(None))"
        ]
    );
    assert_eq!(told("repeat_perhaps")[8], r#"(Some(Some("aye")), Some(Some(255)))"#);
    assert_eq!(told("repeat_tuples"), [format!(r#"((7, "seven"), (0.5, (true, 'x')), {starboard})"#)]);
    let results = [
        format!("(Ok({place}), Ok([0, 255]), Ok(()), Ok(()))"),
        format!(r#"(Err("lost"), Err(()), Err({starboard}), Err(()))"#),
    ];
    assert_eq!(told("repeat_results"), results);
    let nested = told("repeat_nested");
    assert_eq!(nested[..4], ["None", "Some(Ok(None))", r#"Some(Ok(Some("deep")))"#, "Some(Err([]))"]);
    assert_eq!(nested[4], format!("Some(Err([({port}, 1), ({starboard}, 2)]))"));
    assert_eq!(told("repeat_note"), ["None", r#"Some("")"#, r#"Some("a note")"#]);
    assert_eq!(told("repeat_calls"), [r#"([("ann", 1), ("bob", 2)], ("cy", 3))"#]);
    assert_eq!(told("repeat_sides"), [format!("({starboard}, [{port}])")]);
    let tide = r#"Tide { place: "bar", high: true, minute: 61, metres: 2.25, moon: Some(Moon::Waning) }"#;
    let old = "Tide { high: false, hour: 1, feet: -7 }";
    assert_eq!(told("repeat_tides"), [format!("({tide}, {old}, [Moon::Waning, Moon::Dark])")]);
    assert_eq!(told("repeat_maybe_tides")[0], format!("(None, [{old}, {old}], ({tide}, {old}))"));
    let tea = r#"Crate { mark: "tea", kilos: 40, hazards: (FIRE|WATER), opened: Some(Err("by rats")) }"#;
    let plain = r#"Crate { mark: "", kilos: 0, hazards: (), opened: None }"#;
    let seen = r#"Crate { mark: "seen", kilos: 1, hazards: (POISON), opened: Some(Ok(true)) }"#;
    assert_eq!(told("declare")[..2], [format!("([{tea}, {plain}], Some({seen}))"), "([], None)".to_owned()]);
}

#[test]
fn rules_change_what_the_host_gets() {
    // The largest limit comes first, then what the host asked for; a host that asks for everything is given up on.
    assert_eq!(told("log"), [&u64::MAX.to_string(), "240000", &u64::MAX.to_string(), "67108864"]);
    assert_eq!(told("raise_flags"), [r#""charlie delta""#]);
    let addresses = ["Address::Ipv4((192, 0, 2, 7))", "Address::Ipv6((8193, 3512, 0, 0, 0, 0, 0, 7))"];
    assert_eq!(told("set_radio"), addresses);
    assert_eq!(told("survey"), [r#"(4, "ann", "rope", None)"#, r#"(4, "bob", "rope", Some(1.5))"#]);
}

#[test]
fn the_host_loses_what_is_given_away_once() {
    // The list that held one vessel twice, and the one that held a vessel that is gone, never came.
    assert_eq!(told("scrap_all"), [r#"["one", "two"]"#, "[]"]);
    assert_eq!(told("scrap").iter().filter(|name| **name == "\"hulk\"").count(), 1);
    // Python lets go of a resource, and so does the host.
    assert!(told("dropped").contains(&"\"mizzen\""));
}

#[test]
fn the_component_imports_the_raw_world_and_the_host_s_packages() {
    let decoded = wit_component::decode(&OFFICE.component).expect("a component");
    let DecodedWasm::Component(resolve, world) = decoded else { panic!("it is a WIT package") };
    let world = &resolve.worlds[world];
    let imports: BTreeSet<_> = world.imports.keys().map(|key| resolve.name_world_key(key)).collect();
    let own: Vec<_> = imports.iter().filter(|name| !name.starts_with("wasi:")).map(String::as_str).collect();
    let wanted = [
        "almanac:tides/tables@0.1.0",
        "almanac:tides/tables@0.2.0",
        "harbour:control/berths@1.4.0",
        "harbour:control/cargo@1.4.0",
        "harbour:control/chart@1.4.0",
        "harbour:control/pilotage@1.4.0",
        "harbour:control/signals@1.4.0",
        "harbour:control/types@1.4.0",
        "harbour:control/vessels@1.4.0",
    ];
    assert_eq!(own, wanted);
    assert!(imports.len() > own.len(), "Python asks for nothing of WASI: {imports:?}");
    let exports: Vec<_> = world.exports.keys().map(|key| resolve.name_world_key(key)).collect();
    assert_eq!(exports, ["harbour:control/arrivals@1.4.0"]);
}
