//! The adapters of two worlds, each built from its guests and compiled once.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use composer::bundle::{Bundle, FILES, Guests, World};
use composer::encode::encode;
use composer::wit::ADAPTER_WORLD;
use host_test::apps;
use host_test::script::Host;
use wasmtime::{Config, Engine, OptLevel};

/// An adapter, and the world that it makes.
pub struct Component {
    /// The plan and the WIT.
    pub world: World,
    /// What plays scripts with it.
    pub host: Host,
}

/// The adapter of the guests that `just adapter` made.
pub fn fastly() -> Component {
    let bundle = read(&guests());
    component(&bundle, "adapter", &bundle.guests.adapter, ADAPTER_WORLD)
}

/// The adapter of the world that has every shape of WIT.
pub fn harbour() -> Component {
    let bundle = read(&harbour_guests());
    component(&bundle, "adapter", &bundle.guests.adapter, ADAPTER_WORLD)
}

/// The guests that `just adapter` made.
pub fn guests() -> PathBuf {
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

/// What is in a folder of guests.
pub fn read(folder: &Path) -> Bundle {
    let read = |name| fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = |name| String::from_utf8(read(name)).expect("it is text");
    let [wit, rules, world, adapter, entry] = FILES;
    let guests = Guests { adapter: read(adapter), entry: read(entry) };
    Bundle { wit: read(wit), rules: text(rules), world: text(world), guests }
}

/// A guest as a component, compiled.
pub fn component(bundle: &Bundle, name: &str, module: &[u8], of: &str) -> Component {
    let world = bundle.world().unwrap_or_else(|error| panic!("{error}"));
    let component = encode(name, module, &world.friendly, of, None).unwrap_or_else(|error| panic!("{error}"));
    let mut config = Config::new();
    // It runs for a moment: what counts is how soon it is compiled.
    config.cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config).expect("an engine");
    let host = Host::new(&engine, &component).unwrap_or_else(|error| panic!("{error}"));
    Component { world, host }
}
