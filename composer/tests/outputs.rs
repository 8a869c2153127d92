//! Where outputs go: files, links, pipes, the standard output; and what becomes of what was there.
#![cfg(unix)]

mod support;

use std::fs;
use std::io::pipe;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::process::{Output, Stdio};
use std::thread;

use support::scene::Scene;
use support::scenes;

/// A small app, and the component that it is composed to.
fn scene() -> (Scene, Vec<u8>) {
    let mut scene = Scene::new();
    scenes::fine(&mut scene).expect("the app is made");
    compose(&scene, "whole.wasm");
    let whole = fs::read(scene.path("whole.wasm")).expect("it is written");
    (scene, whole)
}

fn compose(scene: &Scene, out: &str) -> Output {
    let output = scene.run(&["compose", "app.wasm", "--guests", "guests", "-o", out]);
    assert!(output.status.success(), "{}", said(&output));
    output
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn mode(scene: &Scene, name: &str) -> u32 {
    fs::metadata(scene.path(name)).expect("it is there").permissions().mode() & 0o7777
}

#[test]
fn what_is_no_file_is_written_to_and_stays() {
    let (scene, whole) = scene();
    let path = scene.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
    let reader = thread::spawn({
        let path = path.clone();
        move || fs::read(path).expect("the pipe is read")
    });
    compose(&scene, "pipe");
    assert!(fs::symlink_metadata(&path).expect("it is there").file_type().is_fifo(), "the pipe is replaced");
    assert!(reader.join().expect("the reader ends") == whole, "what comes through the pipe is not the component");
}

#[test]
fn a_link_to_the_standard_output_leads_there() {
    let (scene, whole) = scene();
    symlink("/proc/self/fd/1", scene.path("out")).expect("a link");
    let output = compose(&scene, "out");
    assert!(scene.path("out").is_symlink(), "the link is replaced");
    assert!(output.stdout == whole, "what comes out is not the component");
}

#[test]
fn links_are_followed() {
    let (scene, whole) = scene();
    scene.file("deep/target.wasm", "of an earlier run");
    symlink("deep/second", scene.path("first")).expect("a link");
    symlink("target.wasm", scene.path("deep/second")).expect("a link");
    compose(&scene, "first");
    assert!(scene.path("first").is_symlink() && scene.path("deep/second").is_symlink(), "a link is replaced");
    assert!(fs::read(scene.path("deep/target.wasm")).expect("it is there") == whole);

    symlink("deep/new.wasm", scene.path("dangling")).expect("a link");
    compose(&scene, "dangling");
    assert!(scene.path("dangling").is_symlink(), "the link is replaced");
    assert!(fs::read(scene.path("deep/new.wasm")).expect("it is made") == whole);

    symlink("round", scene.path("about")).expect("a link");
    symlink("about", scene.path("round")).expect("a link");
    let output = scene.run(&["compose", "app.wasm", "--guests", "guests", "-o", "about"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).starts_with("error: cannot write about: "), "{}", said(&output));
    assert!(scene.path("about").is_symlink(), "the link is replaced");
}

#[test]
fn a_hyphen_is_the_standard_output() {
    let (scene, whole) = scene();
    let output = compose(&scene, "-");
    assert!(output.stdout == whole, "what comes out is not the component");
    assert!(said(&output).contains("-: "), "{}", said(&output));
    assert!(!scene.path("-").exists(), "there is a file of that name");
    scene.world();
    let docs = ["--wit", "wit", "--rules", "rules.toml", "--world", "service", "docs", "-o"];
    scene.run(&[&docs[..], &["page.html"]].concat());
    let page = scene.run(&[&docs[..], &["-"]].concat());
    assert!(page.stdout == fs::read(scene.path("page.html")).expect("the page is written"));
}

#[test]
fn folders_are_made() {
    let (scene, whole) = scene();
    compose(&scene, "new/below/out.wasm");
    assert!(fs::read(scene.path("new/below/out.wasm")).expect("it is written") == whole);
}

#[test]
fn modes_are_those_of_the_umask_and_of_what_was_there() {
    let (scene, _) = scene();
    for (umask, wanted) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
        let name = format!("{umask}.wasm");
        let output = scene.shell(&format!("umask {umask}; composer compose app.wasm --guests guests -o {name}"));
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(mode(&scene, &name), wanted, "with a umask of {umask}");
    }
    for wanted in [0o600, 0o640, 0o755] {
        scene.file("before.wasm", "of an earlier run");
        fs::set_permissions(scene.path("before.wasm"), fs::Permissions::from_mode(wanted)).expect("it is ours");
        compose(&scene, "before.wasm");
        assert_eq!(mode(&scene, "before.wasm"), wanted);
    }
}

#[test]
fn what_cannot_be_said_is_not_said() {
    let (scene, _) = scene();
    for (script, wanted) in [
        ("composer compose app.wasm --guests guests -o out.wasm 2>/dev/full", 0),
        ("composer compose nowhere.wasm --guests guests 2>/dev/full", 1),
        ("composer inspect 2>/dev/full", 2),
        ("composer compose app.wasm --guests guests -o out.wasm 2>&-", 0),
    ] {
        let output = scene.shell(script);
        assert_eq!(output.status.code(), Some(wanted), "{script}");
    }
}

#[test]
fn what_cannot_be_printed_is_an_error() {
    let (scene, _) = scene();
    for script in [
        "composer explain --guests guests >/dev/full",
        "composer wit --guests guests >/dev/full",
        "composer inspect app.wasm --json >/dev/full",
        "composer compose app.wasm --guests guests -o - >/dev/full",
        "composer --help >/dev/full",
    ] {
        let output = scene.shell(script);
        assert_eq!(output.status.code(), Some(1), "{script}");
        assert!(said(&output).contains("cannot write to the standard output: "), "{script}: {}", said(&output));
        assert!(!said(&output).contains("panicked"), "{script}: {}", said(&output));
    }
}

#[test]
fn who_has_read_enough_hears_of_no_error() {
    let (scene, _) = scene();
    for arguments in
        [&["explain", "--guests", "guests"][..], &["compose", "app.wasm", "--guests", "guests", "-o", "-"], &["--help"]]
    {
        let (reader, writer) = pipe().expect("a pipe");
        drop(reader);
        let mut command = scene.command(arguments);
        let output = command.stdout(writer).stderr(Stdio::piped()).output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        assert!(!said(&output).contains("error"), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn guests_that_are_built_again_have_the_packages_of_now() {
    let scene = Scene::new();
    for version in ["1.0.0", "1.1.0"] {
        let text = "package acme:raw@VERSION;\n\ninterface store {\n  get: func(key: string) -> string;\n}\n\nworld service {\n  import store;\n}\n";
        scene.file("wit/raw.wit", text.replace("VERSION", version));
        scene.file("rules.toml", "[package]\nname = \"acme:friendly\"\n");
        let world = ["--wit", "wit", "--world", "service", "--rules", "rules.toml"];
        let output = scene.run(&[&["guests", "--glue-only", "--out", "guests"][..], &world].concat());
        assert!(output.status.success(), "{}", said(&output));
        let output = scene.run(&[&["wit", "--out", "friendly"][..], &world].concat());
        let is_told = said(&output).contains("note: friendly/deps/acme-raw-1.0.0.wit is of no package of this world");
        assert_eq!(is_told, version == "1.1.0", "{}", said(&output));
    }
    let entries = fs::read_dir(scene.path("guests/glue/wit/deps")).expect("there are packages");
    let names: Vec<_> = entries.map(|entry| entry.expect("it can be read").file_name()).collect();
    assert_eq!(names, ["acme-raw-1.1.0.wit"]);
}
