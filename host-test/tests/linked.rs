//! An app behaves alike linked and not: the host is asked the same in the same order, and what the app prints is the same.
//!
//! An app is built once, as componentize-py wired it, and composed as it is and linked. Both are handed the same requests by
//! a host that makes its answers up from a seed.

#[path = "linked/host.rs"]
mod host;
#[path = "linked/scenes.rs"]
mod scenes;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread;

use composer::link::{Linked, Names, link};
use host::{Played, Scene, Stage};
use host_test::apps;
use wasmparser::{Validator, WasmFeatures};

/// How often the host makes other answers up for a path.
const SEEDS: u64 = 3;
/// Proposals that componentize-py has no need of. It adds up addresses where it links, which is `extended-const`.
const BEYOND: WasmFeatures = WasmFeatures::GC
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXCEPTIONS)
    .union(WasmFeatures::THREADS)
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::WIDE_ARITHMETIC)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES);

/// An app in both ways.
struct App {
    /// The app alone, as it was wired.
    before: Vec<u8>,
    unlinked: Stage,
    linked: Stage,
}

static CONFORMANCE: LazyLock<App> = LazyLock::new(|| App::new("apps/conformance"));

static LEVEL: LazyLock<App> = LazyLock::new(|| App::new("level"));

impl App {
    fn new(fixture: &str) -> Self {
        let folder = folder(fixture);
        let (unlinked, app, linked) =
            (folder.join("unlinked.wasm"), folder.join("app.wasm"), folder.join("linked.wasm"));
        run(&[
            OsStr::new("build"),
            apps::fixture(fixture).as_os_str(),
            OsStr::new("--no-link"),
            OsStr::new("-o"),
            unlinked.as_os_str(),
        ]);
        run(&[OsStr::new("split"), unlinked.as_os_str(), OsStr::new("--out"), folder.as_os_str()]);
        let files = folder.join("files.wasm");
        let with_files = [OsStr::new("--files"), files.as_os_str()];
        let args = [OsStr::new("compose"), app.as_os_str(), OsStr::new("--link"), OsStr::new("-o"), linked.as_os_str()];
        run(&[&args[..], &with_files].concat());
        let stage = |path: &Path| Stage::new(&read(path)).unwrap_or_else(|error| panic!("{error:?}"));
        Self { before: read(&app), unlinked: stage(&unlinked), linked: stage(&linked) }
    }

    /// Plays a scene both ways; how it went unlinked and linked, if it went the same way.
    fn play(&self, scene: &Scene) -> [Played; 2] {
        let play = |stage: &Stage| stage.play(scene).unwrap_or_else(|error| panic!("{scene:?}: {error:?}"));
        let (unlinked, linked) = thread::scope(|scope| {
            let unlinked = scope.spawn(|| play(&self.unlinked));
            let linked = play(&self.linked);
            (unlinked.join().expect("it was played"), linked)
        });
        let differs = unlinked.told.iter().zip(&linked.told).position(|(before, after)| before != after);
        if let Some(at) = differs {
            let from = at.saturating_sub(3);
            let part = |told: &[String]| told[from..told.len().min(at + 2)].join("\n");
            panic!("{scene:?}\nnot linked:\n{}\nlinked:\n{}", part(&unlinked.told), part(&linked.told));
        }
        assert_eq!(unlinked.told.len(), linked.told.len(), "{scene:?}");
        assert_eq!(unlinked.printed, linked.printed, "{scene:?}");
        [unlinked, linked]
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linked").join(name);
    fs::create_dir_all(&folder).expect("a folder for the app");
    folder
}

fn run(args: &[&OsStr]) -> String {
    let output = apps::composer(args).unwrap_or_else(|error| panic!("{error:?}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_host_is_asked_the_same_in_the_same_order() {
    let paths = scenes::paths();
    assert!(paths.len() > 50, "{paths:?}");
    let (mut calls, mut raised, mut scenes) = (0, 0, 0);
    for path in paths {
        for seed in 0..=SEEDS {
            let uri = format!("http://conformance.test{path}");
            let scene = Scene { uri, seed: seed.checked_sub(1), requests: 2, calls: 3000, ..Scene::default() };
            let [_, played] = CONFORMANCE.play(&scene);
            scenes += 1;
            calls += played.told.len();
            // Answers that are made up are mostly none that the app expects: what it raises then is printed.
            raised += usize::from(played.printed.contains("Traceback"));
        }
    }
    eprintln!("{scenes} scenes, {calls} calls of the host, {raised} ended by an exception");
    // What fails at once holds nothing.
    assert!(calls > scenes * 8 && (50..scenes - 50).contains(&raised), "{scenes}, {calls}, {raised}");
}

#[test]
fn an_app_stays_as_large_as_it_was_over_ten_thousand_requests() {
    let uri = "http://level.test/page".to_owned();
    let scene = Scene { uri, requests: 10_000, calls: usize::MAX, ..Scene::default() };
    let [unlinked, played] = LEVEL.play(&scene);
    assert_eq!(played.memory.len(), 10_000, "{:?}", played.told.last());
    // componentize-py 0.25.1 keeps a copy of each `bytes` that a host call is given, linked or not.
    let grown = |played: &Played| played.memory.last().map(|last| last - played.memory[0]);
    assert!(grown(&played) <= grown(&unlinked), "{:?} and {:?}", grown(&played), grown(&unlinked));
}

#[test]
fn no_proposal_is_used_that_was_not() {
    let valid = |component: &[u8]| {
        let features = WasmFeatures::all().difference(BEYOND);
        Validator::new_with_features(features).validate_all(component).map(drop)
    };
    valid(&CONFORMANCE.before).expect("an app of componentize-py takes none");
    valid(&linked(&CONFORMANCE.before).0).expect("nor does it linked");
}

#[test]
fn objects_of_another_layout_are_left_as_they_are() {
    let (as_listed, has_unknown) = linked(&LEVEL.before);
    assert!(!has_unknown);
    // The list begins with these words, how many references to set and how many objects there are; then comes the first object.
    let mark = b"composer:lasting-objects:\xf3\x1e\x8c";
    let mut app = LEVEL.before.clone();
    let marks: Vec<usize> = (0..app.len() - mark.len()).filter(|at| app[*at..].starts_with(mark)).collect();
    assert!(!marks.is_empty(), "the app lists its objects");
    for at in marks {
        // It is of another type than is said.
        app[at + mark.len() + 12] ^= 0x40;
    }
    let (other, has_unknown) = linked(&app);
    assert!(has_unknown && other.len() > as_listed.len() / 2);

    let folder = folder("unknown");
    let (file, out) = (folder.join("app.wasm"), folder.join("out.wasm"));
    fs::write(&file, app).expect("a file for the app");
    let said = run(&[OsStr::new("compose"), file.as_os_str(), OsStr::new("--link"), OsStr::new("-o"), out.as_os_str()]);
    assert!(said.contains("the objects of this Python are laid out otherwise than is known"), "{said}");
    let uri = "http://level.test/page".to_owned();
    let scene = Scene { uri, requests: 3, calls: 3000, ..Scene::default() };
    let played = Stage::new(&read(&out)).and_then(|stage| stage.play(&scene)).expect("it runs");
    assert_eq!(played.told, LEVEL.play(&scene)[1].told);
}

#[test]
fn what_is_composed_again_is_the_same_and_says_that_it_is_linked() {
    let folder = folder("again");
    let out = folder.join("out.wasm");
    let file = folder.join("unlinked-app.wasm");
    fs::write(&file, &LEVEL.before).expect("a file for the app");
    let compose = |flags: &[&str]| {
        let mut args = vec![OsStr::new("compose"), file.as_os_str(), OsStr::new("-o"), out.as_os_str()];
        args.extend(flags.iter().map(OsStr::new));
        run(&args);
        read(&out)
    };
    let (once, twice, stripped) = (compose(&["--link"]), compose(&["--link"]), compose(&["--link", "--strip-names"]));
    assert!(once == twice, "the same input gives the same bytes");
    assert!(stripped.len() + 100_000 < once.len(), "{} and {}", stripped.len(), once.len());

    fs::write(&out, &once).expect("a file for what was composed");
    let said = run(&[OsStr::new("split"), out.as_os_str(), OsStr::new("--out"), folder.as_os_str()]);
    let modules = composer::link::linked(&read(&folder.join("app.wasm"))).expect("the app is marked");
    assert!(said.contains(&format!("linked: {modules} of its core modules became one")), "{said}");
    assert!(read(&folder.join("app.wasm")) == linked(&LEVEL.before).0, "the linked app is its part, byte for byte");
}

/// The app linked, and whether its objects are of a layout that is not known.
fn linked(app: &[u8]) -> (Vec<u8>, bool) {
    match link(app, Names::Keep).unwrap_or_else(|error| panic!("{error}")) {
        Linked::Done { component, has_unknown_objects, .. } => (component, has_unknown_objects),
        Linked::AsItWas { reason } => panic!("it is not linked: {reason}"),
    }
}
