//! `composer build`: a Python app to a component with componentize-py, and on to the composed one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use composer::bundle::World;
use composer::drift::OnHost;
use composer::made_with::MadeWith;
use composer::narrow::narrow;
use composer::plan::{Disposition, Plan};
use composer::python::{self, BINDINGS, Bound};
use composer::wit::{self, FriendlyWorld};
use serde::Deserialize;

use super::args::{BuildArgs, Inputs};
use super::componentize::{Componentize, Sources, language, said};
use super::late::{self, Imported};
use super::layout::Layout;
use super::packages::Packages;
use super::{compose, host, inputs, output, process, temporary, uses};

const APP_FACTS: &str = include_str!("app_facts.py");

/// What `app_facts.py` found.
#[derive(Debug, Deserialize)]
struct AppFacts {
    interfaces: BTreeSet<String>,
    whole: bool,
    names: Option<BTreeSet<String>>,
}

/// Builds the app of a folder.
pub fn run(inputs: &Inputs, args: &BuildArgs) -> Result<()> {
    let layout = Layout::find(&args.app, &args.entry)?;
    output::check_writable(&args.out)?;
    let on_host = host::world(inputs, &args.host)?;
    let world = &on_host.world;
    let bundle = inputs::bundle(inputs)?;
    let own = if args.plain { BTreeMap::new() } else { bundle.modules()? };
    let componentize = Componentize::find(args.componentize_py.as_deref())?;
    let scratch = temporary::Folder::new().context("cannot make a temporary folder")?;
    let packages = Packages::gather(args, &layout, &componentize.python(), scratch.path())?;

    let own_folder = scratch.path().join("own");
    write_modules(&own_folder, &own)?;
    let facts = app_facts(args, &on_host, &componentize, &packages.roots, scratch.path())?;
    let interfaces = interfaces(args, &on_host, &facts)?;
    uses::check(args, &on_host, interfaces.as_ref(), &componentize.python(), scratch.path())
        .with_context(|| format!("cannot build {} for this host", args.app.display()))?;
    let wit_folder = scratch.path().join("wit");
    // An interface that is asked for by name is bound with all it has.
    let names = facts.names.as_ref().filter(|_| args.interface.is_empty());
    let plan = match &interfaces {
        Some(interfaces) => narrow(&world.plan, interfaces, names),
        None => world.plan.clone(),
    };
    let friendly = write_wit(world, &plan, interfaces.as_ref(), &wit_folder)?;
    let name = &world.plan.python.package;
    let python = scratch.path().join("python");
    let entry = if args.plain {
        args.entry.clone()
    } else {
        refuse_namesake(args, name)?;
        let bound = Bound::new(friendly.app_imports());
        write_modules(&python.join(name), &python::package(&plan, &bound, &own, &args.entry)?)?;
        format!("{name}.{}", python::ENTRY)
    };
    let sources = Sources {
        entry: &entry,
        app: &args.app,
        roots: &layout.roots,
        python: Some(python.as_path()).filter(|_| !args.plain),
        packages: &packages,
        wit: &wit_folder,
    };
    let mut app = componentize
        .run(world, &sources, scratch.path())
        .with_context(|| format!("cannot build {}", layout.entry_file.display()))?;
    if !args.plain {
        let imported = Imported {
            python: &componentize.python(),
            app: &layout.roots,
            packages: &packages.roots,
            loaded: &python.join(name).join(python::LOADED),
        };
        late::notes(&imported, scratch.path())?.iter().for_each(|note| output::say(format_args!("note: {note}")));
    }

    let made_with = MadeWith {
        language: Vec::from_iter(language(&app)),
        processed_by: Vec::from_iter(componentize.version()),
        packages: packages.distributions,
        plain: args.plain,
    };
    made_with.add(&mut app);
    compose::write(&on_host, &bundle, app, &args.out).with_context(|| format!("cannot compose {}", args.app.display()))
}

/// Refuses an app with a module that would hide the package.
fn refuse_namesake(args: &BuildArgs, package: &str) -> Result<()> {
    let names = [package.to_owned(), format!("{package}.py")];
    if let Some(path) = names.iter().map(|name| args.app.join(name)).find(|path| path.exists()) {
        bail!(
            "{} would hide the package `{package}` that goes with the bindings; give it another name, or do without the package with --plain",
            path.display()
        );
    }
    Ok(())
}

/// Writes modules into a folder of their own.
fn write_modules(folder: &Path, modules: &BTreeMap<String, String>) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    modules.iter().try_for_each(|(name, text)| output::write(&folder.join(name), text.as_bytes()))
}

fn app_facts(
    args: &BuildArgs,
    on_host: &OnHost,
    componentize: &Componentize,
    packages: &[PathBuf],
    scratch: &Path,
) -> Result<AppFacts> {
    let script = scratch.join("app_facts.py");
    output::write(&script, APP_FACTS.as_bytes())?;
    let mut python = Command::new(componentize.python());
    python.arg(&script).arg(BINDINGS).arg(&on_host.world.plan.python.package);
    python.arg(scratch.join("own")).arg(&args.app).args(packages);
    let output =
        process::run(&mut python, None).with_context(|| format!("cannot run {}", componentize.python().display()))?;
    if !output.status.success() {
        bail!("cannot read {}\n{}", args.app.display(), said(&output));
    }
    serde_json::from_slice(&output.stdout).context("cannot read what Python says of the app")
}

/// The interfaces that the app binds, lost ones among them; none for all of them.
fn interfaces(args: &BuildArgs, on_host: &OnHost, facts: &AppFacts) -> Result<Option<BTreeSet<String>>> {
    if args.all_interfaces || facts.whole {
        return Ok(None);
    }
    let world = &on_host.world;
    let mut known = modules(world);
    known.extend(on_host.drift.interfaces.iter().map(|name| (name.replace('-', "_"), name.clone())));
    let mut wanted = BTreeSet::new();
    for name in facts.interfaces.iter().chain(&args.interface) {
        let name = name.replace('-', "_");
        let interface = known.get(&name).ok_or_else(|| {
            let short: Vec<_> =
                world.plan.interfaces.iter().map(|interface| interface.name.replace('-', "_")).collect();
            anyhow!(
                "the app imports `{BINDINGS}.imports.{name}`, which {} does not have; it has {}",
                world.plan.friendly,
                short.join(", ")
            )
        })?;
        wanted.insert(interface.clone());
    }
    Ok(Some(wanted))
}

/// What the bindings may call the interfaces of the world, and which these are. They use the package's name
/// where two interfaces share theirs, and the version where two packages do. A short name is the world's own first.
fn modules(world: &World) -> BTreeMap<String, String> {
    let plan = &world.plan;
    let own = plan.interfaces.iter().map(|interface| {
        let package = match interface.disposition {
            Disposition::Adapted => &plan.friendly,
            Disposition::Direct => &plan.raw,
        };
        (wit::qualified(package, &interface.name), interface.name.clone())
    });
    let others = plan.platform.iter().filter(|name| name.contains('/')).map(|name| (name.clone(), name.clone()));
    let mut modules = BTreeMap::new();
    for (full, interface) in own.chain(others) {
        let (path, version) = full.split_once('@').unwrap_or((&full, ""));
        let short = path.rsplit('/').next().unwrap_or(path);
        for name in [short, path, &format!("{path}_{version}")] {
            modules.entry(name.replace([':', '/', '-', '.'], "_")).or_insert_with(|| interface.clone());
        }
    }
    modules
}

/// Writes what the app binds.
fn write_wit(
    world: &World,
    plan: &Plan,
    interfaces: Option<&BTreeSet<String>>,
    folder: &Path,
) -> Result<FriendlyWorld> {
    std::fs::create_dir_all(folder.join("deps")).with_context(|| format!("cannot make {}", folder.display()))?;
    let friendly = match interfaces {
        Some(interfaces) => wit::write_for(plan, &world.raw, interfaces)?,
        None => world.friendly.clone(),
    };
    for (name, text) in wit::folder(&friendly)? {
        output::write(&folder.join(name), text.as_bytes())?;
    }
    Ok(friendly)
}
