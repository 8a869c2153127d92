//! `docs/when-something-looks-wrong.md` is true: each of its commands runs, on the shop and on an app of the raw world.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use host_test::apps;

const PAGE: &str = include_str!("../../../docs/when-something-looks-wrong.md");

/// The commands of a page, in their order.
fn commands(page: &str) -> Vec<&str> {
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0));
    blocks.flat_map(str::lines).collect()
}

/// A folder in which the programs of the page are on the PATH, and the fixtures are where the page has them.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).expect("a folder for programs");
    let variable =
        |name: &str| PathBuf::from(std::env::var_os(name).unwrap_or_else(|| panic!("{name}; run `just test`")));
    for (name, program) in [
        ("composer", variable("COMPOSER")),
        ("componentize-py", variable("COMPONENTIZE_PY")),
        ("host-test", PathBuf::from(env!("CARGO_BIN_EXE_host-test"))),
    ] {
        let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", program.display());
        let path = programs.join(name);
        fs::write(&path, script).expect("a program is written");
        let is_run = Command::new("chmod").arg("+x").arg(&path).status().expect("chmod runs");
        assert!(is_run.success());
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    std::os::unix::fs::symlink(fixtures, folder.path().join("fixtures")).expect("a link");
    (folder, programs)
}

#[test]
fn each_command_of_the_page_runs() {
    let commands = commands(PAGE);
    assert!(commands.len() >= 6, "{commands:?}");
    let (folder, programs) = folder();
    let path = std::env::join_paths(
        [programs].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let path = path.expect("a PATH");
    let raw_wit = apps::raw_wit().unwrap_or_else(|error| panic!("{error:#}"));
    for command in &commands {
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(folder.path())
            .env("PATH", &path)
            .env("RAW_WIT", &raw_wit)
            .output()
            .expect("sh runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {said}");
        if command.starts_with("composer explain --without") {
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            for line in ["-    get-override-host:", "+    get-override-host:"] {
                assert!(shown.contains(line) && PAGE.contains(line), "{shown}");
            }
        }
        if command.starts_with("composer build") && command.contains("--without") {
            assert!(said.contains("the app sees the same world"), "{said}");
        }
    }
    // The app of the raw world was asked, and its recording has what it asked the host for.
    let raw = fs::read_to_string(folder.path().join("raw.toml")).expect("the page records it");
    assert!(raw.contains("get-uri"), "{raw}");
    // An app that was built without a line of the rules answers.
    let hello = fs::read_to_string(folder.path().join("hello.toml")).expect("the page records it");
    assert!(hello.contains("send-downstream"), "{hello}");
}
