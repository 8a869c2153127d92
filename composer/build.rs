//! Puts the guests into the binary when `COMPOSER_EMBED` names their folder; leaves them out otherwise.

use std::path::Path;
use std::{env, fs};

/// As `composer::bundle::FILES`, which a build script cannot see; a test holds the two together.
const FILES: [&str; 8] = [
    "raw.wit.wasm",
    "rules.toml",
    "world.txt",
    "adapter.wasm",
    "entry.wasm",
    "observer.wasm",
    "files.wasm",
    "python.json",
];

fn main() {
    println!("cargo:rerun-if-env-changed=COMPOSER_EMBED");
    println!("cargo:rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR").unwrap_or_default();
    let embedded = env::var("COMPOSER_EMBED").map_or_else(|_| "None".to_owned(), |folder| {
        let path = |name: &str| {
            let path = Path::new(&folder).join(name);
            println!("cargo:rerun-if-changed={}", path.display());
            assert!(path.exists(), "COMPOSER_EMBED has no {}: build the guests first with `just adapter`", path.display());
            format!("{:?}", path.display().to_string())
        };
        let [wit, rules, world, adapter, entry, observer, files, python] = FILES.map(path);
        format!(
            "Some(Bundle {{ wit: include_bytes!({wit}).to_vec(), rules: include_str!({rules}).to_owned(), world: include_str!({world}).to_owned(), \
             guests: Guests {{ adapter: include_bytes!({adapter}).to_vec(), entry: include_bytes!({entry}).to_vec(), observer: include_bytes!({observer}).to_vec(), files: include_bytes!({files}).to_vec() }}, \
             python: include_str!({python}).to_owned() }})"
        )
    });
    let source = format!(
        "/// The guests inside this binary, if it was built with them.\nfn embedded() -> Option<Bundle> {{\n    {embedded}\n}}\n"
    );
    fs::write(Path::new(&out).join("embedded.rs"), source).expect("OUT_DIR can be written");
}
