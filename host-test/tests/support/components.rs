//! The guests of three worlds, each compiled once.

use std::env;
use std::path::{Path, PathBuf};

use host_test::apps;
use host_test::guests::{self, Component, Guest};

/// A guest of those that `just adapter` made.
pub fn fastly(guest: Guest) -> Component {
    component(&guests_folder(), guest)
}

/// The adapter of the world that has every shape of WIT.
pub fn harbour() -> Component {
    component(&built("harbour", "second-world"), Guest::Adapter)
}

/// The adapter of the world in which rules meet on one function.
#[allow(dead_code, reason = "the sweep alone uses it")]
pub fn lighthouse() -> Component {
    component(&built("lighthouse", "lighthouse"), Guest::Adapter)
}

fn component(folder: &Path, guest: Guest) -> Component {
    let bundle = guests::read(folder).unwrap_or_else(|error| panic!("{error}"));
    guests::compile(&bundle, guest).unwrap_or_else(|error| panic!("{error}"))
}

/// Where `just adapter` put them.
pub fn guests_folder() -> PathBuf {
    env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS names no folder; run the tests with `just test`").into()
}

/// The guests of a world of the fixtures; those of the harbour where the tests of the second world build them too.
fn built(world: &str, folder: &str) -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder).join("guests");
    let world = apps::fixture("worlds").join(world);
    let mut command = apps::command().unwrap_or_else(|error| panic!("{error:?}"));
    command.args(["guests", "--world", "office"]).arg("--wit").arg(world.join("wit"));
    command.arg("--rules").arg(world.join("reshape.toml")).arg("--out").arg(&out);
    command.arg("--sources").arg(apps::fixture("").with_file_name("adapter"));
    // In the folder of all builds, guests of two worlds would push each other out.
    let output = command.env_remove("CARGO_TARGET_DIR").output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out
}
