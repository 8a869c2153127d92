//! `composer guests`: glue into the build folder, guests out of cargo, all of it into a bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use composer::bundle::FILES;
use composer::{glue, python, wit};

use super::args::Inputs;
use super::output::{self, Step};
use super::{inputs, process, wasm32};

/// Builds the guests for the world of `inputs` into `out`.
pub fn run(inputs: &Inputs, out: &Path, sources: &Path, glue_only: bool, install: bool) -> Result<()> {
    let loaded = inputs::world(inputs)?;
    let beside = inputs.rules.as_deref().map(|rules| rules.with_file_name("python"));
    let modules = match beside {
        Some(folder) => modules(&folder)?,
        None => inputs::modules(inputs, &loaded.world.plan)?,
    };
    let python = serde_json::to_string_pretty(&modules).context("cannot write JSON")?;
    let folder = write_glue(&loaded, out)?;
    if glue_only {
        return Ok(());
    }
    let [adapter, entry, observer, files] = compile(sources, &folder, install)?;
    let world = &loaded.world;
    let wit = wit_component::encode(&world.raw.resolve, world.raw.world_package(), false)
        .context("cannot encode the raw WIT")?;
    let rules = loaded.rules.as_bytes();
    let name = loaded.world_name.as_bytes();
    let contents: [&[u8]; 8] = [&wit, rules, name, &adapter, &entry, &observer, &files, python.as_bytes()];
    for (name, bytes) in FILES.iter().zip(contents) {
        output::write(&out.join(name), bytes)?;
    }
    output::say(format_args!(
        "guests of {}: adapter {}, entry {}, observer {}, files {}",
        world.plan.friendly,
        output::size(adapter.len()),
        output::size(entry.len()),
        output::size(observer.len()),
        output::size(files.len())
    ));
    Ok(())
}

/// The Python modules that were written for this world, by file name; none without the folder.
fn modules(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut modules = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(modules);
    }
    let what = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(what)? {
        let path = entry.with_context(what)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        if python::taken().contains(name.as_str()) {
            bail!("{} would hide the module of that name that every world has; give it another name", path.display());
        }
        modules.insert(name, inputs::read_text(&path)?);
    }
    Ok(modules)
}

/// The glue and the WIT it names, in `out/glue`. Files that are the same stay untouched, so that cargo sees no change.
fn write_glue(loaded: &inputs::Loaded, out: &Path) -> Result<PathBuf> {
    let folder = out.join("glue");
    for made in [out, &folder, &folder.join("wit"), &folder.join("wit/deps")] {
        output::make_folder(made)?;
    }
    let folder = folder.canonicalize().with_context(|| format!("cannot find {}", folder.display()))?;
    let wit_folder = folder.join("wit");
    let wit_path = wit_folder.display().to_string();
    let mut files = vec![
        (folder.join("adapter.rs"), glue::adapter(&loaded.world.plan, &wit_path)?),
        (folder.join("entry.rs"), glue::entry(&loaded.world.plan, &wit_path)?),
    ];
    for (name, text) in wit::folder_for_guests(&loaded.world.friendly)? {
        files.push((wit_folder.join(name), text));
    }
    let written: BTreeSet<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    for (path, text) in files {
        if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            output::write(&path, text.as_bytes())?;
        }
    }
    // A package that the world had when its guests were built before, in another version, would be one more.
    for path in output::entries(&wit_folder.join("deps"))?.iter().filter(|path| !written.contains(*path)) {
        fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(folder)
}

/// Compiles the guests and reads their core modules.
fn compile(sources: &Path, glue: &Path, install: bool) -> Result<[Vec<u8>; 4]> {
    let toolchain = wasm32::find(install)?;
    output::say(format_args!("wasm32 target: {}", toolchain.name()));
    let folder = std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
    let target = folder.map_or_else(|| glue.with_file_name("target"), PathBuf::from);
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(sources)
        .args([
            "build",
            "--profile",
            "guest",
            "--target",
            wasm32::TARGET,
            "-p",
            "adapter",
            "-p",
            "entry",
            "-p",
            "observer",
            "-p",
            "files",
            "--target-dir",
        ])
        .arg(&target)
        .env("COMPOSER_GLUE", glue)
        // A host's flags, such as a CPU's features, mean nothing to wasm.
        .env_remove("RUSTFLAGS");
    toolchain.configure(&mut cargo);
    let step = Step::start("compiling the guests");
    let output = process::run(&mut cargo, None).context("cannot run cargo; install Rust from https://rustup.rs")?;
    drop(step);
    if !output.status.success() {
        bail!("cargo could not build the guests:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    let module = |name: &str| {
        let path = target.join(wasm32::TARGET).join("guest").join(format!("{name}.wasm"));
        fs::read(&path).with_context(|| format!("cargo built no {}", path.display()))
    };
    Ok([module("adapter")?, module("entry")?, module("observer")?, module("files")?])
}
