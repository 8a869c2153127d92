//! Finds the world and the guests: in a folder, in a crate that `Cargo.lock` pins, or in this binary.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use composer::bundle::{Bundle, FILES, Guests, World};
use composer::decode::{guarded, validate};
use composer::gates::{self, Gated};
use composer::init;
use composer::plan::Plan;
use composer::rules::{Rules, Source};
use composer::without::without;
use wit_parser::Resolve;

use super::args::Inputs;
use super::{process, refused};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The world of these inputs, and the text it came from.
pub struct Loaded {
    pub world: World,
    pub world_name: String,
    pub rules: String,
    /// What of the WIT is behind a feature gate that is shut. The guests' own world was read when they were built.
    pub shut: Vec<Gated>,
}

/// Loads the world: from `--wit` and `--rules`, else from the guests' bundle.
pub fn world(inputs: &Inputs) -> Result<Loaded> {
    let left = |rules: String| match &inputs.without {
        Some(rule) => without(&rules, rule).map_err(anyhow::Error::from),
        None => Ok(rules),
    };
    let Some(rules_path) = &inputs.rules else {
        if inputs.wit.is_some() || inputs.world.is_some() || !inputs.features.is_empty() {
            bail!(
                "--wit, --world and --features need --rules: a file that says what the WIT does not, and may be empty"
            );
        }
        let mut bundle = bundle(inputs)?;
        bundle.rules = left(bundle.rules)?;
        let world = bundle.world().map_err(|error| refused::drawn(error, None, &bundle.rules));
        let world = world.with_context(|| derived(inputs, "the guests' own world"))?;
        return Ok(Loaded { world, world_name: bundle.world, rules: bundle.rules, shut: Vec::new() });
    };
    let rules = left(read_text(rules_path)?)?;
    // What is wrong in the other tables is said with all that stands in the way of the world.
    let (parsed, _) = Rules::parse_known(&rules).with_context(|| format!("in {}", rules_path.display()))?;
    let source = parsed.source;
    let folder = match (&inputs.wit, &source) {
        (Some(folder), _) => folder.clone(),
        (None, Some(source)) => crate_folder(rules_path, source)?,
        (None, None) => bail!("no WIT: give --wit DIR, or a `[source]` table in {}", rules_path.display()),
    };
    let world_name = match (&inputs.world, source) {
        (Some(world), _) => world.clone(),
        (None, Some(source)) => source.world,
        (None, None) => bail!("no world: give --world NAME, or a `[source]` table in {}", rules_path.display()),
    };
    let Parsed { resolve, shut } = parse(&folder, &inputs.features)?;
    let world =
        World::new(resolve, &world_name, &rules).map_err(|error| refused::drawn(error, Some(rules_path), &rules));
    let world =
        world.with_context(|| derived(inputs, &format!("in {} with {}", folder.display(), rules_path.display())))?;
    Ok(Loaded { world, world_name, rules, shut })
}

/// A first rules file for the world of `--wit` and `--world`.
pub fn first_rules(inputs: &Inputs) -> Result<String> {
    let (Some(folder), Some(world)) = (&inputs.wit, &inputs.world) else {
        bail!("name the world that the rules are for: --wit DIR --world NAME");
    };
    let resolve = parse(folder, &inputs.features)?.resolve;
    let rules = init::rules(&resolve, world).map_err(|error| refused::drawn(error, None, ""));
    rules.with_context(|| format!("no rules file lifts what stands in the way in {}", folder.display()))
}

/// What was derived.
fn derived(inputs: &Inputs, what: &str) -> String {
    match &inputs.without {
        Some(rule) => format!("cannot leave out `{rule}`, which other lines need: {what}"),
        None => what.to_owned(),
    }
}

/// The guests: of `--guests`, else those in this binary.
pub fn bundle(inputs: &Inputs) -> Result<Bundle> {
    match &inputs.guests {
        Some(folder) => bundle_folder(folder),
        None => embedded().ok_or_else(|| {
            anyhow!("this composer carries no guests: build them with `composer guests --rules FILE --out DIR` and give --guests DIR, or install a composer that does with `just install`")
        }),
    }
}

/// The Python modules that were written for a world, by file name; none without guests of that world.
pub fn modules(inputs: &Inputs, plan: &Plan) -> Result<BTreeMap<String, String>> {
    let bundle = match &inputs.guests {
        Some(folder) => Some(bundle_folder(folder)?),
        None => embedded(),
    };
    let Some(bundle) = bundle else { return Ok(BTreeMap::new()) };
    // The world may be another one than the guests', which the environment names.
    let is_theirs = inputs.rules.is_none() || bundle.world()?.plan.friendly == plan.friendly;
    Ok(if is_theirs { bundle.modules()? } else { BTreeMap::new() })
}

fn bundle_folder(folder: &Path) -> Result<Bundle> {
    let missing = |name: &str| {
        let folder = folder.display();
        format!(
            "cannot read {name} in the guests' folder {folder}; build it with `composer guests --rules FILE --out {folder}`"
        )
    };
    let bytes = |name: &str| fs::read(folder.join(name)).with_context(|| missing(name));
    let text = |name: &str| fs::read_to_string(folder.join(name)).with_context(|| missing(name));
    let [wit, rules, world, adapter, entry, observer, files, python] = FILES;
    Ok(Bundle {
        wit: bytes(wit)?,
        rules: text(rules)?,
        world: text(world)?,
        guests: Guests {
            adapter: bytes(adapter)?,
            entry: bytes(entry)?,
            observer: bytes(observer)?,
            files: bytes(files)?,
        },
        python: text(python)?,
    })
}

/// A folder of WIT, parsed.
pub struct Parsed {
    pub resolve: Resolve,
    /// What is behind a gate that is shut, and so not in `resolve`.
    pub shut: Vec<Gated>,
}

/// Parses the WIT of a world that is reshaped: these feature gates are open, and all others shut.
fn parse(folder: &Path, features: &[String]) -> Result<Parsed> {
    let all = resolve(folder)?;
    let gated = gates::gated(&all);
    let names: BTreeSet<&str> = gated.iter().map(|gated| gated.feature.as_str()).collect();
    if let Some(unknown) = features.iter().find(|feature| !names.contains(feature.as_str())) {
        let known = match names.len() {
            0 => "it has no gates".to_owned(),
            _ => format!("it has {}", names.into_iter().collect::<Vec<_>>().join(", ")),
        };
        bail!("the WIT in {} has no feature gate `{unknown}`: {known}; correct --features", folder.display());
    }
    // Most WIT has no gates, and is parsed once.
    if gated.is_empty() {
        return Ok(Parsed { resolve: all, shut: Vec::new() });
    }
    let open = features.iter().cloned().collect();
    let mut resolve = push(folder, Resolve { features: open, ..Resolve::default() })?;
    gates::take_away(&mut resolve);
    let shut = gated.into_iter().filter(|gated| !features.contains(&gated.feature)).collect();
    Ok(Parsed { resolve, shut })
}

/// Parses the WIT of a host, whose gates are all open: what it really has is its own affair.
pub fn resolve(folder: &Path) -> Result<Resolve> {
    push(folder, Resolve { all_features: true, ..Resolve::default() })
}

fn push(folder: &Path, mut resolve: Resolve) -> Result<Resolve> {
    if !folder.is_dir() {
        bail!("{} is not a folder of WIT", folder.display());
    }
    check_binary(folder)?;
    let parsed = guarded(|| Ok(resolve.push_dir(folder))).map_err(anyhow::Error::from).flatten();
    let said = parsed.map_err(|error| anyhow!("{}", resolve.render_error(&error)));
    said.with_context(|| format!("cannot parse the WIT in {}", folder.display()))?;
    Ok(resolve)
}

/// Validates the packages that a folder of WIT depends on and has in binary form.
fn check_binary(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder.join("deps")).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "wasm") && path.is_file() {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let what = || format!("{} is damaged; get it again, or give its WIT as text", path.display());
            validate(&bytes).with_context(what)?;
        }
    }
    Ok(())
}

pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The folder inside a crate, wherever cargo keeps the version that `Cargo.lock` pins.
fn crate_folder(rules: &Path, source: &Source) -> Result<PathBuf> {
    let here = rules.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked"]).current_dir(here);
    let output = process::run(&mut cargo, None).with_context(|| {
        format!("cannot run cargo to find the crate `{}`; give --wit DIR instead", source.crate_name)
    })?;
    if !output.status.success() {
        bail!(
            "cargo cannot find the crate `{}`; give --wit DIR instead\n{}",
            source.crate_name,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
    let packages = metadata.get("packages").and_then(serde_json::Value::as_array);
    let manifest = packages
        .into_iter()
        .flatten()
        .find(|package| package.get("name").and_then(serde_json::Value::as_str) == Some(&source.crate_name))
        .and_then(|package| package.get("manifest_path")?.as_str())
        .ok_or_else(|| {
            anyhow!("the workspace of {} has no crate `{}`; give --wit DIR instead", rules.display(), source.crate_name)
        })?;
    Ok(Path::new(manifest).with_file_name(&source.path))
}
