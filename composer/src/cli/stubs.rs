//! `composer stubs`: writes type stubs into a folder, or says how those there differ.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use composer::python::stubs::kept::Kept;
use composer::python::stubs::{archive, stubs};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use similar::TextDiff;

use super::args::{Inputs, StubsArgs};
use super::{host, inputs, output};

/// What was written into a folder, so that lines of somebody's own are told apart from it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    /// The SHA-256 of each file as it was written.
    files: BTreeMap<String, String>,
}

const MANIFEST: &str = ".composer-stubs.json";

/// A file of the folder.
struct File<'a> {
    name: &'a str,
    /// What is there now.
    before: Option<String>,
    /// What should be there; nothing for one that the world has no more.
    after: Option<String>,
}

impl File<'_> {
    fn is_stale(&self) -> bool {
        self.before != self.after
    }
}

/// Writes the stubs of a world or of a component, or checks them.
pub fn run(inputs: &Inputs, args: &StubsArgs) -> Result<()> {
    let wanted = wanted(inputs, args)?;
    let folder = &args.out;
    if folder.is_file() {
        bail!("{} is not a folder; name one with --out", folder.display());
    }
    let manifest = read_manifest(folder)?;
    let present = wanted.iter().map(|(name, text)| present(folder, &manifest, args, name, Some(text)));
    let gone = manifest.files.keys().filter(|name| !wanted.contains_key(*name));
    let gone = gone.map(|name| self::present(folder, &manifest, args, name, None));
    let files = present.chain(gone).collect::<Result<Vec<_>>>()?;
    let stale: Vec<_> = files.iter().filter(|file| file.is_stale()).collect();
    if args.check {
        return check(folder, &stale, files.len());
    }
    refuse_modules_among_others(folder, args, &manifest, &wanted)?;
    output::make_folder(folder)?;
    for file in &stale {
        let path = folder.join(file.name);
        match &file.after {
            Some(text) => output::write(&path, text.as_bytes())?,
            None => fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?,
        }
    }
    let manifest = Manifest { files: wanted.iter().map(|(name, text)| (name.clone(), digest(text))).collect() };
    let text = serde_json::to_string_pretty(&manifest).context("cannot write what was written")?;
    output::write(&folder.join(MANIFEST), format!("{text}\n").as_bytes())?;
    output::say(format_args!("{}: {} files, {} of them changed", folder.display(), wanted.len(), stale.len()));
    Ok(())
}

/// The stubs, by path.
fn wanted(inputs: &Inputs, args: &StubsArgs) -> Result<BTreeMap<String, String>> {
    if let Some(component) = &args.component {
        let bytes = fs::read(component).with_context(|| format!("cannot read {}", component.display()))?;
        return archive::read(&bytes).with_context(|| format!("cannot read the stubs of {}", component.display()));
    }
    let world = host::world(inputs, &args.host)?.world;
    let own = if args.plain { BTreeMap::new() } else { inputs::modules(inputs, &world.plan)? };
    Ok(stubs(&world.plan, &own, args.plain))
}

fn read_manifest(folder: &Path) -> Result<Manifest> {
    let path = path_in(folder, MANIFEST)?;
    let Some(text) = read(&path)? else { return Ok(Manifest::default()) };
    serde_json::from_str(&text).with_context(|| {
        format!("{} is not what `composer stubs` wrote; remove the folder, and write the stubs again", path.display())
    })
}

/// Refuses to put modules out of a component into a folder of somebody's own code, where Python would run them.
fn refuse_modules_among_others(
    folder: &Path,
    args: &StubsArgs,
    manifest: &Manifest,
    wanted: &BTreeMap<String, String>,
) -> Result<()> {
    let Some(component) = &args.component else { return Ok(()) };
    let modules = wanted.keys().filter(|name| name.ends_with(".py"));
    for package in modules.filter_map(|name| name.split('/').next()) {
        let is_known = manifest.files.keys().any(|name| name.split('/').next() == Some(package));
        let path = folder.join(package);
        if !is_known && path.exists() {
            bail!(
                "{} is there, and not from `composer stubs`; {} has modules to put into it, so name another folder with --out",
                path.display(),
                component.display()
            );
        }
    }
    Ok(())
}

/// The path of a file in the folder. A folder comes from wherever its owner got it, what it says was written there too.
fn path_in(folder: &Path, name: &str) -> Result<PathBuf> {
    let is_below = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if !is_below || name.is_empty() {
        bail!(
            "{} names `{name}`, which is outside of the folder, so `composer stubs` did not write it; remove it, and write the stubs again",
            folder.join(MANIFEST).display()
        );
    }
    let mut path = folder.to_owned();
    for part in Path::new(name) {
        path.push(part);
        if path.is_symlink() {
            bail!("{} is a link, which `composer stubs` does not follow; remove it", path.display());
        }
    }
    Ok(path)
}

/// A file as it is, and as it should be with the lines that somebody added to it.
fn present<'a>(
    folder: &Path,
    manifest: &Manifest,
    args: &StubsArgs,
    name: &'a str,
    text: Option<&String>,
) -> Result<File<'a>> {
    let path = path_in(folder, name)?;
    let Some(before) = read(&path)? else { return Ok(File { name, before: None, after: text.cloned() }) };
    let kept = Kept::read(&before).with_context(|| format!("in {}", path.display()))?;
    let is_written = manifest.files.get(name) == Some(&digest(&kept.written)) || text == Some(&kept.written);
    // A check loses nobody's lines, and shows them.
    if !is_written && !args.check {
        bail!(
            "{} was changed by hand, or not written by `composer stubs`; put lines of yours between `# keep` and `# end keep`, or remove the file",
            path.display()
        );
    }
    let after = match text {
        Some(text) => Some(kept.add_to(text).with_context(|| format!("in {}", path.display()))?),
        None if kept.is_empty() => None,
        None => {
            bail!("{} is not in the world any more, and has lines of yours; move them, and remove it", path.display())
        }
    };
    Ok(File { name, before: Some(before), after })
}

/// Prints how the files differ.
fn check(folder: &Path, stale: &[&File<'_>], all: usize) -> Result<()> {
    if stale.is_empty() {
        output::say(format_args!("{}: {all} files, all as they should be", folder.display()));
        return Ok(());
    }
    for file in stale {
        let (before, after) = (file.before.as_deref().unwrap_or_default(), file.after.as_deref().unwrap_or_default());
        let diff = TextDiff::from_lines(before, after);
        let there = folder.join(file.name).display().to_string();
        output::print(&diff.unified_diff().header(&there, &format!("{} of the world", file.name)).to_string())?;
    }
    bail!(
        "{} of {all} stubs in {} are stale; `composer stubs --out {}` writes them",
        stale.len(),
        folder.display(),
        folder.display()
    )
}

/// A file's text; none where there is no file.
fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
