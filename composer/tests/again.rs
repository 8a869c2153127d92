//! What `composer build` made, taken apart and composed again: the same component.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use composer::made_with::MadeWith;
use support::scene::Scene;
use support::scenes;
use wasm_encoder::{CustomSection, Section as _};

/// A componentize-py that has the app already.
const READY: &str = r#"#!/bin/sh
case "$1" in --version) echo componentize-py 0.25.1; exit;; esac
while [ "$1" != --output ]; do
  if [ "$1" = --python-path ]; then : > "$2/loaded.txt"; fi
  shift
done
cp "$READY" "$2"
"#;

/// The small world, and an app that is built in no time.
fn scene() -> Scene {
    let mut scene = Scene::new();
    scenes::fine(&mut scene).expect("the app is made");
    let mut app = fs::read(scene.path("app.wasm")).expect("it is there");
    CustomSection { name: "libraries".into(), data: b"libpython3.14.so"[..].into() }.append_to(&mut app);
    scene.file("app.wasm", app);
    scene.file("app/main.py", "class Incoming: ...\n");
    scene.file("tool/componentize-py", READY);
    let tool = scene.path("tool/componentize-py");
    fs::set_permissions(tool, fs::Permissions::from_mode(0o755)).expect("it is ours");
    scene.variable("READY", scene.path("app.wasm"));
    scene
}

fn run(scene: &Scene, arguments: &[&str]) -> String {
    let output = scene.run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_was_built_comes_to_the_same_when_it_is_composed_again() {
    let scene = scene();
    for options in [&[][..], &["--plain"], &["--no-link"]] {
        let has = |option| options.contains(&option);
        let build = [
            "build",
            "app",
            "--guests",
            "guests",
            "--componentize-py",
            "tool/componentize-py",
            "--no-files",
            "-o",
            "one.wasm",
        ];
        run(&scene, &[&build[..], options].concat());
        run(&scene, &["split", "one.wasm", "--out", "parts"]);
        run(&scene, &["compose", "parts/app.wasm", "--guests", "guests", "-o", "two.wasm"]);
        let [one, two] = ["one.wasm", "two.wasm"].map(|name| fs::read(scene.path(name)).expect("it is written"));
        assert!(one == two, "{options:?}: it is another component");
        let inspected = run(&scene, &["inspect", "two.wasm"]);
        assert!(inspected.contains("\n  Python 3.14\n"), "{inspected}");
        assert!(inspected.contains("\n  componentize-py 0.25.1\n"), "{inspected}");
        run(&scene, &["stubs", "two.wasm", "--out", "typings"]);
        assert_eq!(scene.path("typings/acme/__init__.pyi").exists(), !has("--plain"));
        fs::remove_dir_all(scene.path("typings")).expect("it is ours");
        assert_eq!(inspected.contains("core modules of the app are one"), !has("--no-link"));
        // The app is what componentize-py made, and what it says of itself.
        let [made, app] = ["app.wasm", "parts/app.wasm"].map(|name| fs::read(scene.path(name)).expect("it is there"));
        let is_as_made = app.starts_with(&made) && app.len() < made.len() + 400;
        assert_eq!(is_as_made, has("--no-link"), "{} and {} bytes", made.len(), app.len());
        let made_with = MadeWith::read(&app).expect("it can be read").expect("it says so");
        assert_eq!(made_with.plain, has("--plain"));
    }
}

#[test]
fn an_app_that_is_wrong_about_itself_is_refused() {
    let scene = scene();
    let mut app = fs::read(scene.path("app.wasm")).expect("it is there");
    CustomSection { name: "composer:made-with".into(), data: b"[]"[..].into() }.append_to(&mut app);
    scene.file("app.wasm", app);
    let output = scene.run(&["compose", "app.wasm", "--guests", "guests"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("its `composer:made-with` section is damaged: "), "{said}");
}
