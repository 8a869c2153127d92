//! The guests of two worlds, each compiled once.

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
    component(&harbour_guests(), Guest::Adapter)
}

fn component(folder: &Path, guest: Guest) -> Component {
    let bundle = guests::read(folder).unwrap_or_else(|error| panic!("{error}"));
    guests::compile(&bundle, guest).unwrap_or_else(|error| panic!("{error}"))
}

/// Where `just adapter` put them.
pub fn guests_folder() -> PathBuf {
    env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS names no folder; run the tests with `just test`").into()
}

/// Built where the tests of the second world build them too.
fn harbour_guests() -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("second-world").join("guests");
    let world = apps::fixture("worlds").join("harbour");
    let mut command = apps::command().unwrap_or_else(|error| panic!("{error:?}"));
    command.args(["guests", "--world", "office"]).arg("--wit").arg(world.join("wit"));
    command.arg("--rules").arg(world.join("reshape.toml")).arg("--out").arg(&out);
    command.arg("--sources").arg(apps::fixture("").with_file_name("adapter"));
    // In the folder of all builds, guests of two worlds would push each other out.
    let output = command.env_remove("CARGO_TARGET_DIR").output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out
}
