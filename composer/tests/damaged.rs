//! Damaged components and WIT packages: an error each, and no panic, no abort, no endless work.

mod support;

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

use composer::bundle::{Bundle, Guests};
use composer::decode::{self, decode};
use composer::inspect::inspect;
use composer::made_with::MadeWith;
use composer::python::stubs::archive;
use composer::{app, manifest};
use support::composed;
use support::scene::{SMALL, Scene};
use support::{dummy, scenes};
use wasm_encoder::{Component, CustomSection};

/// How many copies of each file are damaged.
const MUTANTS: usize = 700;

/// Numbers that look random, and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() % end.max(1)
    }
}

/// A copy of a file with a few bytes changed, moved, cut out or doubled.
fn mutant(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len());
        let length = 1 + numbers.below(40).min(bytes.len() - at - 1);
        match numbers.below(5) {
            0 => bytes[at] ^= 1 << numbers.below(8),
            1 => bytes[at] = numbers.below(256) as u8,
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let part = bytes[at..at + length].to_vec();
                let to = numbers.below(bytes.len());
                bytes.splice(to..to, part);
            }
            _ => {
                let part = bytes[at..at + length].to_vec();
                let to = numbers.below(bytes.len() - length);
                bytes[to..to + length].copy_from_slice(&part);
            }
        }
    }
    bytes
}

thread_local! {
    static CAUGHT: RefCell<usize> = const { RefCell::new(0) };
}

/// Counts panics that become errors, and is silent about them, as the command is.
fn count_panics() {
    // The hook is the process's, and is put in place once: another thread may panic while it is changed.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if decode::is_guarded() {
                CAUGHT.with_borrow_mut(|caught| *caught += 1);
            } else {
                usual(panic);
            }
        }));
    });
}

#[test]
fn damaged_wit_packages_are_refused() {
    let raw = &SMALL.raw;
    let wit = wit_component::encode(&raw.resolve, raw.package, false).expect("the WIT is encoded");
    let rules = std::fs::read_to_string(support::repository("fixtures/cli/world/rules.toml")).expect("it has rules");
    let guests = Guests { adapter: Vec::new(), entry: Vec::new(), observer: Vec::new(), files: Vec::new() };
    let bundle = |wit| Bundle {
        wit,
        rules: rules.clone(),
        world: SMALL.plan.world.clone(),
        guests: guests.clone(),
        python: "{}".into(),
    };
    bundle(wit.clone()).world().unwrap_or_else(|error| panic!("{error}"));
    let mut numbers = Numbers(0x5eed);
    let worlds = (0..MUTANTS).map(|_| bundle(mutant(&wit, &mut numbers)).world());
    let refused: Vec<_> = worlds.filter_map(|world| Some(world.err()?.to_string())).collect();
    assert!(refused.len() > MUTANTS / 2, "only {} are damaged", refused.len());
    assert!(refused.iter().all(|error| error.len() < 2000), "{refused:?}");
}

/// The world that the guests were built for has more for a decoder to trip over: it panics on one copy in some 30,000.
#[test]
fn damaged_worlds_are_refused() {
    let guests = std::env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS is set; `just test` sets it");
    let wit = std::fs::read(std::path::Path::new(&guests).join("raw.wit.wasm")).expect("the guests are built");
    let mut numbers = Numbers(0xfeed);
    let refused = (0..MUTANTS).filter(|_| decode(&mutant(&wit, &mut numbers)).is_err()).count();
    assert!(refused > MUTANTS / 2, "only {refused} are damaged");
}

#[test]
fn a_panic_of_the_decoder_is_an_error() {
    count_panics();
    let decoded: Result<(), _> = decode::guarded(|| panic!("the decoder took something for granted"));
    assert_eq!(decoded.expect_err("it panics").to_string(), "its types contradict each other");
    assert_eq!(CAUGHT.with_borrow(|caught| *caught), 1);
    assert!(!decode::is_guarded());
}

#[test]
fn damaged_components_are_refused() {
    count_panics();
    let app = composed::app(&SMALL);
    let component = composed::composed(&composer::host_compat::OnHost::same(SMALL.clone()), &app);
    let mut numbers = Numbers(0xc0de);
    let mut refused = 0;
    for _ in 0..MUTANTS {
        let damaged = mutant(&component, &mut numbers);
        let ends = [
            inspect(&damaged).is_err(),
            manifest::split(&damaged).is_err(),
            archive::read(&damaged).is_err(),
            app::read(&damaged).is_err(),
            MadeWith::read(&damaged).is_err(),
        ];
        refused += usize::from(ends[0]);
    }
    assert!(refused > MUTANTS / 4, "only {refused} are damaged");
}

#[test]
fn a_size_that_is_a_lie_takes_no_memory() {
    let mut scene = Scene::new();
    scenes::fine(&mut scene).expect("the app is made");
    // A section of types that says it has 4 GB, and ends.
    let mut lie = Component::HEADER.to_vec();
    lie.extend([7, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]);
    for name in ["guests/raw.wit.wasm", "app.wasm"] {
        let before = std::fs::read(scene.path(name)).expect("it is there");
        scene.file(name, &lie);
        for command in ["compose app.wasm --guests guests", "explain --guests guests", "inspect app.wasm"] {
            let output = scene.shell(&format!("ulimit -v 1000000; composer {command}"));
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            // Explaining reads no app, and inspecting nothing else.
            let is_about_it = match command.split(' ').next() {
                Some("explain") => name != "app.wasm",
                Some("inspect") => name == "app.wasm",
                _ => true,
            };
            assert_eq!(output.status.code(), Some(i32::from(is_about_it)), "{name}, {command}: {said}");
            assert!(!said.contains("panicked") && !said.contains("memory"), "{name}, {command}: {said}");
        }
        scene.file(name, before);
    }
}

#[test]
fn what_a_terminal_obeys_is_shown_and_not_done() {
    let scene = Scene::new();
    let app = dummy::of_wit("package a:b; world c { export run: func(); }");
    let manifest =
        r#"{"composer":"\u001b[2J1","raw":"a\nb\u0007","friendly":"\u202ec\u009b","parts":[],"bulk":["\r\u007fx"]}"#;
    let mut component = app;
    wasm_encoder::Section::append_to(
        &CustomSection { name: "composer:manifest".into(), data: manifest.as_bytes().into() },
        &mut component,
    );
    scene.file("app.wasm", &component);
    for arguments in
        [&["inspect", "app.wasm"][..], &["inspect", "app.wasm", "--json"], &["split", "app.wasm", "--out", "o"]]
    {
        let output = scene.run(arguments);
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let obeyed = text.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
        assert_eq!(obeyed, None, "{arguments:?}: {text:?}");
        assert!(!text.contains("a\nb"), "{text}");
    }
    let json = scene.run(&["inspect", "app.wasm", "--json"]).stdout;
    let read: serde_json::Value = serde_json::from_slice(&json).expect("it is JSON");
    assert_eq!(read["manifest"]["bulk"][0], "\r\u{7f}x");
}
