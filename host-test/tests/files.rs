//! The files guest, as a component and without Python: what it answers is held against a real folder.

#[path = "files/bounds.rs"]
mod bounds;
#[path = "files/compare.rs"]
mod compare;
#[path = "files/edges.rs"]
mod edges;
#[path = "files/guest.rs"]
mod guest;
#[path = "../../adapter/files/tests/image/mod.rs"]
mod image;
#[path = "files/random.rs"]
mod random;
#[path = "files/real.rs"]
mod real;
#[path = "files/steps.rs"]
mod steps;
#[path = "files/streams.rs"]
mod streams;
#[path = "files/values.rs"]
mod values;

use std::sync::LazyLock;

use guest::Guest;
use image::Item;
use steps::{FileSystem as _, ROOT, Step, TMP, Value};

/// The read-only files of most tests.
fn app() -> Item {
    Item::directory()
        .with("app/data.txt", b"some data\n")
        .with("app/empty", b"")
        .with("app/templates/page.html", &[b'x'; 70_000])
        .with("main.py", b"print(1)\n")
}

/// The guest with these, and 32 MiB of `/tmp`.
static GUEST: LazyLock<Guest> = LazyLock::new(|| Guest::new(Some(&image::write(&app(), 32 << 20))));

/// 10,000 calls. A seed that differs is printed; `FILES_SEED=7` plays it alone, and `FILES_SEED=0..5000` plays more.
#[test]
fn random_calls_answer_as_a_real_folder_does() {
    const LENGTH: usize = 50;
    let seeds = std::env::var("FILES_SEED").unwrap_or_else(|_| "0..200".to_owned());
    let number = |text: &str| text.parse::<u64>().expect("FILES_SEED is a number, or two with .. between");
    let seeds = match seeds.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => number(&seeds)..number(&seeds) + 1,
    };
    let (mut made, mut succeeded) = (0, 0);
    for seed in seeds.clone() {
        let played = compare::sequence(&GUEST, &app(), seed, LENGTH);
        if let Some(difference) = played.difference {
            panic!("{difference}");
        }
        made += played.made;
        succeeded += played.succeeded;
    }
    println!("seeds {seeds:?}: {made} calls, {succeeded} of them no errors");
    assert!(succeeded * 10 > made * 3, "most calls fail, which says little");
}

/// What each function answers, one after the other in one sandbox.
#[test]
fn every_function_at_its_edges() {
    let mut sandbox = GUEST.start();
    edges::prepare(&mut sandbox);
    for (step, answer) in edges::table() {
        assert_eq!(sandbox.perform(&step), answer, "{step:?}");
    }
}

/// Without an image there is an empty root, with `/tmp` in it.
#[test]
fn without_an_image_there_is_tmp() {
    let mut sandbox = Guest::new(None).start();
    let tmp = ("directory".to_owned(), "tmp".to_owned());
    assert_eq!(sandbox.perform(&Step::List { at: ROOT }), Ok(Value::Entries(vec![tmp])));
    let made = sandbox.perform(&Step::CreateDirectory { at: TMP, path: "a".to_owned() });
    assert_eq!(made, Ok(Value::Done));
}

/// `/` is first, as libc takes the longest path that fits.
#[test]
fn an_app_begins_with_two_directories() {
    let mut sandbox = GUEST.start();
    let paths: Vec<_> = sandbox.preopens().into_iter().map(|(_, path)| path).collect();
    assert_eq!(paths, ["/", "/tmp"]);
}

/// Each app with files carries it.
#[test]
fn the_guest_is_small() {
    let size = guest::MODULE.len();
    assert!(size <= 100_000, "files.wasm has {size} bytes");
}

/// The host gives streams, a clock and a pollable. It has no files.
#[test]
fn the_host_is_asked_for_little() {
    let component = guest::component(None);
    let ty = component.component_type();
    let of = |interfaces: Vec<(&str, &str)>| -> Vec<String> {
        interfaces.into_iter().map(|(package, name)| format!("wasi:{package}/{name}@0.2.6")).collect()
    };
    let mut imports: Vec<_> = ty.imports(&guest::ENGINE).map(|(name, _)| name.to_owned()).collect();
    imports.sort();
    let mut exports: Vec<_> = ty.exports(&guest::ENGINE).map(|(name, _)| name.to_owned()).collect();
    exports.sort();
    let cli = [("cli", "stderr"), ("cli", "stdin"), ("cli", "stdout")];
    let clocks = [("clocks", "monotonic-clock"), ("clocks", "wall-clock")];
    let io = [("io", "error"), ("io", "poll"), ("io", "streams")];
    assert_eq!(imports, of([&cli[..], &clocks, &io].concat()));
    let files = [("filesystem", "preopens"), ("filesystem", "types"), ("io", "error"), ("io", "streams")];
    assert_eq!(exports, of([&cli[..], &files].concat()));
}
