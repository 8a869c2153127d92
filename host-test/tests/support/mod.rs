//! A component made by hand, so that the server can be tested before any app can be built.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

/// What every test starts from: building it asks cargo where the host's WIT is.
static BUILT: LazyLock<Built> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    let (main, _) = resolve.push_dir(host_wit()).expect("the host's WIT is valid");
    let world = resolve.select_world(&[main], Some("fastly:compute/service")).expect("the host has a service world");
    let source = include_str!("app.wat");
    let greedy = source.replace(SMALL_MEMORY, LARGE_MEMORY);
    assert_ne!(source, greedy, "app.wat declares its memory differently now");
    Built {
        core: wat::parse_str(source).expect("app.wat is valid"),
        component: component(source, &resolve, world),
        greedy: component(&greedy, &resolve, world),
    }
});

const SMALL_MEMORY: &str = r#"(memory (export "memory") 2)"#;

/// Twice what the host lets a sandbox have.
const LARGE_MEMORY: &str = r#"(memory (export "memory") 4096)"#;

struct Built {
    core: Vec<u8>,
    component: Vec<u8>,
    greedy: Vec<u8>,
}

/// A folder of one test's own, with the component in it.
pub struct App {
    folder: TempDir,
    /// The component.
    pub wasm: PathBuf,
}

impl App {
    /// Put the component into a new folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let wasm = folder.path().join("app.wasm");
        std::fs::write(&wasm, &BUILT.component).expect("app.wasm is written");
        Self { folder, wasm }
    }

    /// Put a file into the folder.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.missing(name);
        std::fs::write(&path, contents).expect("the file is written");
        path
    }

    /// Put the module inside the component into the folder.
    pub fn core(&self) -> PathBuf {
        self.file("core.wasm", &BUILT.core)
    }

    /// Put a component into the folder that asks for more memory than there is.
    pub fn greedy(&self) -> PathBuf {
        self.file("greedy.wasm", &BUILT.greedy)
    }

    /// Where a file in the folder would be.
    pub fn missing(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn component(source: &str, resolve: &Resolve, world: WorldId) -> Vec<u8> {
    let mut core = wat::parse_str(source).expect("app.wat is valid");
    embed_component_metadata(&mut core, resolve, world, StringEncoding::UTF8, false).expect("the world is embedded");
    ComponentEncoder::default()
        .module(&core)
        .expect("the module fits the world")
        .validate(true)
        .encode()
        .expect("the component is encoded")
}

/// The WIT inside the very release of the host that the server is linked with.
fn host_wit() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata failed: {errors}");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let manifest = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "viceroy-lib")
        .and_then(|package| package["manifest_path"].as_str())
        .expect("the host is a dependency");
    PathBuf::from(manifest).with_file_name("wasm_abi").join("wit")
}
