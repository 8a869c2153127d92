//! Finds a Rust that compiles to wasm: rustup's target, or Debian's sources of the standard library.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::{output, process};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler, its standard library as source, and a linker for wasm.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "lld-19"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-19";

/// How the guests are compiled.
pub enum Toolchain {
    /// The target is installed beside the default toolchain.
    Installed,
    /// It was added by rustup just now.
    Added,
    /// Debian's compiler builds the standard library too.
    Debian,
}

impl Toolchain {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Added => "added with rustup",
            Self::Debian => "not to be had from rustup; building the standard library with Debian's rustc-web",
        }
    }

    pub fn configure(&self, cargo: &mut Command) {
        match self {
            Self::Installed | Self::Added => {}
            Self::Debian => {
                cargo
                    .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="])
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
            }
        }
    }
}

/// The first way that works: what is installed, and if `may_install`, `rustup target add` and Debian's packages.
pub fn find(may_install: bool) -> Result<Toolchain> {
    if is_installed() {
        return Ok(Toolchain::Installed);
    }
    // Rustup's target is tried before Debian's compiler, which has to build the standard library.
    if may_install && succeeds(Command::new("rustup").args(["target", "add", TARGET])) && is_installed() {
        return Ok(Toolchain::Added);
    }
    if has_debian() || (may_install && install_debian() && has_debian()) {
        return Ok(Toolchain::Debian);
    }
    let commands =
        format!("`rustup target add {TARGET}`, or on Debian `apt-get install {}`", DEBIAN_PACKAGES.join(" "));
    if may_install {
        bail!("no Rust here compiles to wasm, and none could be installed: run {commands}")
    }
    bail!("no Rust here compiles to wasm: run {commands}; with --install this command does it")
}

fn is_installed() -> bool {
    let output = process::run(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]), None);
    output.is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    })
}

fn has_debian() -> bool {
    let sysroot = process::run(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]), None);
    let has_source = sysroot.is_ok_and(|output| {
        Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("lib/rustlib/src/rust/library/std").is_dir()
    });
    has_source && Path::new(DEBIAN_LINKER).exists()
}

fn install_debian() -> bool {
    if !Path::new("/usr/bin/apt-get").exists() {
        return false;
    }
    output::say(format_args!("installing {} with apt-get", DEBIAN_PACKAGES.join(", ")));
    succeeds(Command::new("apt-get").args(["update"]))
        && succeeds(Command::new("apt-get").args(["install", "-y", "--no-install-recommends"]).args(DEBIAN_PACKAGES))
}

fn succeeds(command: &mut Command) -> bool {
    process::run(command, None).is_ok_and(|output| output.status.success())
}
