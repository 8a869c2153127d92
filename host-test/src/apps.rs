//! Builds the example apps for tests, through the public command line.
//!
//! `just test` says in the environment where the tools are: `COMPOSER` the command, `COMPOSER_GUESTS`
//! the guests, `COMPONENTIZE_PY` the Python side. An app takes seconds to build, so a test binary
//! builds each once and shares it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

/// A folder of `fixtures`, wherever the tests run.
pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("fixtures").join(path)
}

/// The `composer` command.
pub fn command() -> Result<Command> {
    let program =
        env::var_os("COMPOSER").context("COMPOSER names no composer command; run the tests with `just test`")?;
    let mut command = Command::new(program);
    // An app has the packages that it lists, and none of an environment that happens to be active.
    command.env_remove("VIRTUAL_ENV");
    Ok(command)
}

/// Runs `composer` with these arguments.
pub fn composer(args: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Output> {
    command()?.args(args.into_iter().map(Into::into)).output().context("cannot run composer")
}

/// Builds the app `fixtures/apps/NAME` into `folder` and returns the composed component.
pub fn build(name: &str, folder: &Path) -> Result<PathBuf> {
    let out = folder.join(format!("{name}.wasm"));
    build_folder(&fixture("apps").join(name), &out)?;
    Ok(out)
}

/// Builds the app of a folder.
pub fn build_folder(app: &Path, out: &Path) -> Result<()> {
    let output = composer([OsStr::new("build"), app.as_os_str(), OsStr::new("-o"), out.as_os_str()])?;
    if !output.status.success() {
        bail!("composer build {} failed:\n{}", app.display(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The `fastly.toml` of an example app.
pub fn config(name: &str) -> PathBuf {
    fixture("apps").join(name).join("fastly.toml")
}

/// The raw WIT of the host that tests run on, which is in the crate of that host.
pub fn raw_wit() -> Result<PathBuf> {
    Ok(crate_folder("viceroy-lib")?.join("wasm_abi").join("wit"))
}

/// Where cargo keeps a crate of the workspace.
pub fn crate_folder(name: &str) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let metadata: serde_json::Value = serde_json::from_slice(&cargo.output().context("cannot run cargo")?.stdout)?;
    let mut packages = metadata.get("packages").and_then(serde_json::Value::as_array).into_iter().flatten();
    let found = packages.find(|package| package.get("name").is_some_and(|of| of == name));
    let manifest = found.and_then(|found| found.get("manifest_path")?.as_str());
    let manifest = manifest.with_context(|| format!("the workspace has no crate `{name}`"))?;
    Ok(Path::new(manifest).parent().context("a manifest is in a folder")?.to_owned())
}
