//! Hooks: the examples of `fixtures/hooks`, composed in, and what goes wrong with them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use host_test::apps;
use serde_json::json;
use wit_component::ComponentEncoder;

use crate::apps::{SCENES, composer, inspect};
use crate::host::Stage;
use crate::played::{Scene, play, stage};

static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = folder("python");
    fs::write(folder.join("hooks.wit"), composer::observe::HOOKS_WIT).expect("the WIT is written");
    let program = std::env::var_os("COMPONENTIZE_PY").expect("COMPONENTIZE_PY names no program; run `just test`");
    let out = folder.join("hook-in-python.wasm");
    run(Command::new(program)
        .args(["--quiet", "--wit-path"])
        .arg(folder.join("hooks.wit"))
        .args(["--world", "hook", "componentize", "hook", "--python-path"])
        .arg(apps::fixture("hooks/python"))
        .arg("--output")
        .arg(&out));
    out
});

static RUST: LazyLock<PathBuf> = LazyLock::new(|| {
    const TARGET: &str = "wasm32-unknown-unknown";
    let (folder, target) = (folder("rust"), Path::new(env!("CARGO_TARGET_TMPDIR")).join(".."));
    run(Command::new("cargo")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--locked", "--profile", "guest", "--target", TARGET, "-p", "hook-example", "--target-dir"])
        .arg(&target)
        .env_remove("RUSTFLAGS"));
    let module = fs::read(target.join(TARGET).join("guest/hook_example.wasm")).expect("it was compiled");
    let component = ComponentEncoder::default().module(&module).and_then(|encoder| encoder.encode());
    let out = folder.join("hook-in-rust.wasm");
    fs::write(&out, component.unwrap_or_else(|error| panic!("{error:#}"))).expect("it is written");
    out
});

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hooks").join(name);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn path(hook: &LazyLock<PathBuf>) -> &str {
    hook.to_str().expect("a path of text")
}

#[test]
fn a_hook_in_rust_lets_ten_calls_through() {
    let hooked = SCENES.compose("hooked-rust", &["--hook", path(&RUST)]);
    let played = play(&hooked, &Scene { requests: 2, ..Scene::of("/lookups?again") });
    assert_eq!(played.count("[method]store.get"), 20, "{played:?}");
    // Once in each request, before it is first called.
    assert_eq!(played.lines("hook").len(), 2, "{played:?}");
    let inside = inspect(&hooked);
    let parts = inside["manifest"]["parts"].as_array().expect("parts");
    assert!(parts.iter().any(|part| part["name"] == "hook-1"), "{inside}");
    // It can be taken apart again.
    let parts = hooked.with_file_name("hooked-parts");
    composer(["split".into(), hooked.into(), "--out".into(), parts.clone().into()]);
    assert!(parts.join("hook-1.wasm").is_file());
}

/// The one in Rust is asked first, and the one in Python then.
static BOTH: LazyLock<Stage> = LazyLock::new(|| {
    let observe = ["--trace", "--observe", "*store*", "--observe", "*.get-uri"];
    stage(&SCENES.compose("hooked", &[&observe[..], &["--hook", path(&RUST), "--hook", path(&PYTHON)]].concat()))
});

#[test]
fn a_hook_in_python_refuses_and_is_told() {
    let played = BOTH.play(&Scene::of("/stores")).expect("it is played");
    assert_eq!(played.lines("hook").len(), 2, "{played:?}");
    assert_eq!(played.count("[method]store.lookup"), 0, "{played:?}");
    assert!(played.printed.contains("kv-store.store.lookup failed: bad-request"), "{played:?}");
    let lines = played.lines("call");
    let lookup = lines.iter().find(|line| line["function"] == "kv-store.store.lookup").expect("it was called");
    assert_eq!(lookup["outcome"], "bad-request");
    // An answer that is none is a line, and the host is asked.
    let problems = played.lines("problem");
    assert_eq!(problems.len(), 1, "{played:?}");
    assert_eq!(problems[0]["function"], "http-req.request.get-uri");
    assert_eq!((played.count("[method]request.get-uri"), &problems[0]["hook"]), (1, &json!("hook-in-python.wasm")));
}

#[test]
fn a_hook_that_traps_is_named_before() {
    let played = BOTH.play(&Scene::of("/settings")).expect("it is played");
    assert!(played.told.last().is_some_and(|told| told.starts_with("trap:")), "{played:?}");
    let named: Vec<_> = played.lines("hook").iter().map(|line| line["hook"].clone()).collect();
    assert_eq!(named, ["hook-in-rust.wasm", "hook-in-python.wasm"], "{played:?}");
    assert_eq!(played.count("[method]store.get"), 0, "{played:?}");
}

#[test]
fn what_is_no_hook_is_refused() {
    let app = SCENES.app.to_string_lossy();
    let error = SCENES.refused(&["--hook", &app]);
    assert!(error.contains("`app.wasm` is no hook: it does not export `composer:hooks/calls@0.1.0`"), "{error}");
    let five = ["--hook", path(&RUST)].repeat(5);
    assert!(SCENES.refused(&five).contains("5 hooks are more than the 4"), "{}", SCENES.refused(&five));
    assert!(SCENES.refused(&["--hook", "nowhere.wasm"]).contains("cannot read the hook nowhere.wasm"));
}
