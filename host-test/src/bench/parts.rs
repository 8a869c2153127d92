//! The guest of the rows in both worlds: compiled for wasm32, and the friendly one composed as any app is.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use composer::bundle::{Bundle, World};
use composer::compose::compose;
use composer::metadata::Metadata;
use composer::wit;
use wit_component::ComponentEncoder;

use super::command;
use super::error::BenchError;

const TARGET: &str = "wasm32-unknown-unknown";

/// What Debian has where rustup has no such target; `composer guests` sees to it that there is one of the two.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-19";

/// One guest for both worlds, as components.
pub struct Parts {
    /// It calls the host itself.
    pub raw: Vec<u8>,
    /// It binds the friendly world, without anything around it.
    pub app: Vec<u8>,
    /// The same with the adapter and the entry.
    pub adapted: Vec<u8>,
    /// The compiler that it was made with, which the counts of instructions depend on.
    pub compiler: String,
}

/// Compiles the guest in `folder` against the world of the guests, and composes it.
pub fn build(bundle: &Bundle, folder: &Path) -> Result<Parts, BenchError> {
    let world = bundle.world()?;
    let bindings = write_bindings(&world, folder)?;
    let [raw, app] = ["raw", "friendly"].map(|side| component(side, &bindings, folder));
    let (raw, app) = (raw?, app?);
    let adapted = compose(&world, &bundle.guests, app.clone(), &Metadata::new(&world.rules.metadata))?.component;
    let mut rustc = Command::new(if installed() { "rustc" } else { DEBIAN_RUSTC });
    let compiler = command::output(rustc.arg("--version"))?.trim().to_owned();
    Ok(Parts { raw, app, adapted, compiler })
}

/// The WIT of both worlds, and for each the line that makes bindings of it.
fn write_bindings(world: &World, folder: &Path) -> Result<PathBuf, BenchError> {
    let folder = folder.join("bindings");
    let wit_folder = folder.join("wit");
    let made = |path: &Path| fs::create_dir_all(path).map_err(BenchError::file("make", path));
    made(&wit_folder.join("deps"))?;
    let folder = folder.canonicalize().map_err(BenchError::file("find", &folder))?;
    let wit_folder = folder.join("wit");
    let service = wit::qualified(&world.plan.raw, &world.raw.resolve.worlds[world.raw.world].name);
    let app = wit::qualified(&world.plan.friendly, wit::APP_WORLD);
    let mut files = vec![
        (folder.join("raw.rs"), generate(&wit_folder, &service)),
        (folder.join("friendly.rs"), generate(&wit_folder, &app)),
    ];
    let texts = wit::folder(&world.friendly).map_err(composer::bundle::WorldError::from)?;
    files.extend(texts.into_iter().map(|(name, text)| (wit_folder.join(name), text)));
    for (path, text) in files {
        // What is the same stays untouched, so that cargo sees no change.
        if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            fs::write(&path, text).map_err(BenchError::file("write", &path))?;
        }
    }
    Ok(folder)
}

fn generate(wit: &Path, world: &str) -> String {
    let path = wit.display().to_string();
    format!("wit_bindgen::generate!({{ path: {path:?}, world: {world:?}, generate_all }});\n")
}

fn component(side: &str, bindings: &Path, folder: &Path) -> Result<Vec<u8>, BenchError> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), PathBuf::from);
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .args(["build", "--profile", "guest", "--target", TARGET, "-p", "bench-guest", "--features", side])
        .arg("--target-dir")
        .arg(&target)
        .env("BENCH_BINDINGS", bindings)
        // A host's flags, such as a CPU's features, mean nothing to wasm.
        .env_remove("RUSTFLAGS");
    if !installed() {
        cargo
            .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="])
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
    }
    command::output(&mut cargo)?;
    let path = target.join(TARGET).join("guest").join("bench_guest.wasm");
    let module = fs::read(&path).map_err(BenchError::file("read", &path))?;
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| BenchError::Guest { doing: format!("encode the {side} guest"), message: format!("{error:#}") })
}

/// Whether the default toolchain has the target.
fn installed() -> bool {
    let libraries = command::output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}
