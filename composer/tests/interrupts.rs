//! What an interrupt leaves, and what a kill leaves for the next run to clear: nothing.
#![cfg(unix)]

mod support;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use support::scene::Scene;
use support::scenes;

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(60);

/// A componentize-py that begins, starts a process of its own, and does not end.
const ENDLESS: &str = r#"#!/bin/sh
case "$1" in --version) echo componentize-py 0.25.1; exit;; esac
echo unfinished > "$TMPDIR/of-the-tool"
sleep 600 &
echo $$ $! > "$PLACE/children.part"
mv "$PLACE/children.part" "$PLACE/children"
wait
"#;

/// A build that goes on for ever, at the point where componentize-py runs.
struct Build {
    scene: Scene,
    running: Child,
    children: Vec<String>,
}

impl Build {
    fn start() -> Self {
        let mut scene = Scene::new();
        scenes::guests(&mut scene).expect("the guests are made");
        scene.file("app/main.py", "class Incoming: ...\n");
        scene.file("tool/componentize-py", ENDLESS);
        let tool = scene.path("tool/componentize-py");
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("it is ours");
        fs::create_dir(scene.path("tmp")).expect("a folder");
        scene.file("out.wasm", "of an earlier run");
        let running = build(&scene).stderr(Stdio::null()).spawn().expect("it runs");
        let children = scene.path("children");
        until("componentize-py to run", || children.exists());
        let children = fs::read_to_string(children).expect("it is written");
        Self { scene, running, children: children.split_whitespace().map(str::to_owned).collect() }
    }

    fn signal(&self, name: &str) {
        kill(&[name, &self.running.id().to_string()]);
    }

    fn left(&self) -> Vec<String> {
        names(&self.scene.path("tmp"))
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        // Where a test fails, these would go on.
        let _ = self.running.kill();
        self.children.iter().for_each(|child| kill(&["-KILL", child]));
    }
}

fn build(scene: &Scene) -> Command {
    let arguments =
        ["build", "app", "--plain", "--guests", "guests", "--componentize-py", "tool/componentize-py", "--no-files"];
    let mut command = scene.command(&[&arguments[..], &["-o", "out.wasm"]].concat());
    command.env("TMPDIR", scene.path("tmp")).env("PLACE", scene.path(""));
    command
}

fn kill(arguments: &[&str]) {
    // It fails when the process has ended already.
    let _ = Command::new("kill").args(arguments).stderr(Stdio::null()).status();
}

fn is_running(process: &str) -> bool {
    // One that nobody waited for has ended all the same.
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    state.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z') && !rest.is_empty())
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < end, "waited for {what} in vain");
        thread::sleep(Duration::from_millis(10));
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn an_interrupt_ends_the_children_and_leaves_nothing() {
    for (name, number) in [("-INT", 2), ("-TERM", 15)] {
        let mut build = Build::start();
        assert_eq!(build.left().len(), 1, "it has no temporary folder: {:?}", build.left());
        build.signal(name);
        let status = build.running.wait().expect("it ends");
        assert_eq!(status.signal(), Some(number), "{status}");
        until("the children to end", || !build.children.iter().any(|child| is_running(child)));
        assert_eq!(build.left(), Vec::<String>::new());
        assert_eq!(fs::read(build.scene.path("out.wasm")).expect("it is there"), b"of an earlier run");
        assert!(!names(&build.scene.path("")).iter().any(|name| name.starts_with(".composer")));
    }
}

#[test]
fn what_a_kill_leaves_goes_at_the_next_start() {
    let mut build = Build::start();
    build.signal("-KILL");
    build.running.wait().expect("it ends");
    assert_eq!(build.left().len(), 1, "a kill leaves the temporary folder: {:?}", build.left());
    if cfg!(target_os = "linux") {
        until("componentize-py to end with its parent", || !is_running(&build.children[0]));
    }
    // Others of that name are not ours to remove.
    fs::create_dir(build.scene.path("tmp/.composer-tmp-folder")).expect("a folder");
    build.scene.file("tmp/.composer-tmp-1234567", "");
    build.scene.file("tool/componentize-py", "#!/bin/sh\nexit 1\n");
    let output = self::build(&build.scene).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let mut left = build.left();
    left.sort();
    assert_eq!(left, [".composer-tmp-1234567", ".composer-tmp-folder"]);
}

#[test]
fn what_is_left_beside_an_output_goes_with_the_next() {
    let mut scene = Scene::new();
    scenes::fine(&mut scene).expect("the app is made");
    scene.file("out/.composer-tmp-abc123", "left over");
    scene.file("out/.composer-tmp-held00", "of somebody who writes now");
    scene.file("out/.composer-stubs.json", "{}");
    let held = File::open(scene.path("out/.composer-tmp-held00")).expect("it is there");
    held.lock().expect("nobody else holds it");
    let output = scene.run(&["compose", "app.wasm", "--guests", "guests", "-o", "out/app.wasm"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut left = names(&scene.path("out"));
    left.sort();
    assert_eq!(left, [".composer-stubs.json", ".composer-tmp-held00", "app.wasm"]);
}
