//! `composer build`: a Python app to a component with componentize-py, and on to the composed one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use composer::bundle::{Bundle, World};
use composer::host_compat::OnHost;
use composer::made_with::MadeWith;
use composer::plan::Plan;
use composer::prune::{Spelled, prune};
use composer::python::{self, Bound};
use composer::wit::{self, FriendlyWorld};

use super::args::{BuildArgs, Inputs};
use super::componentize::{Component, Componentize, Sources, language};
use super::late::{self, Imported};
use super::layout::Layout;
use super::packages::Packages;
use super::scan::{self, Request, Scan};
use super::{
    compose, files, host, inputs, interfaces, link, namesakes, observe, output, temporary, unknown, uses, without,
};

/// Builds the app of a folder.
pub fn run(inputs: &Inputs, args: &BuildArgs) -> Result<()> {
    let layout = Layout::find(&args.app, &args.entry)?;
    output::check_writable(&args.out)?;
    let observe = observe::request(&args.observe)?;
    let settings = files::settings(&args.files, &args.app)?;
    let on_host = host::world(inputs, &args.host)?;
    let world = &on_host.world;
    let bundle = inputs::bundle(inputs)?;
    without::check(inputs, &bundle, "build APP_DIR")?;
    let own = if args.plain { BTreeMap::new() } else { bundle.modules()? };
    let componentize = Componentize::find(args.componentize_py.as_deref())?;
    let are_possible = settings.is_some() && files::are_possible(world, &bundle.guests.files)?;
    let settings = settings.filter(|_| are_possible);
    let scratch = temporary::Folder::new().context("cannot make a temporary folder")?;
    let packages = Packages::gather(args, &layout, &componentize.python(), scratch.path())?;
    let package = Some(world.plan.python.package.as_str()).filter(|_| !args.plain);
    namesakes::settle(&layout.roots, &packages.roots, package)?;
    let folders = Folders { own: scratch.path().join("own"), stubs: scratch.path().join("stubs") };
    scan::write_all(&folders.own, &own)?;
    scan::write_all(&folders.stubs, &python::stubs::stubs(&world.plan, &own, args.plain))?;
    let scan = look(args, &on_host, &layout, &packages, &folders, &componentize, scratch.path())?;
    let interfaces = interfaces::bound(args, &on_host, &scan)?;
    uses::check(&on_host, interfaces.as_ref().filter(|_| !args.all_interfaces), &scan)
        .with_context(|| format!("cannot build {} for this host", args.app.display()))?;
    unknown::check(&on_host, &scan).with_context(|| format!("cannot build {}", args.app.display()))?;

    let wit_folder = scratch.path().join("wit");
    let plan = pruned(&world.plan, args, interfaces.as_ref(), scan);
    let is_observed = observe.is_some() && !args.plain;
    let interfaces = if is_observed { Some(with_evidence(&plan, interfaces)) } else { interfaces };
    let python = scratch.path().join("python");
    write_bound(args, world, &plan, interfaces.as_ref(), (&wit_folder, &python), &own)?;
    let sources = Sources {
        entry: &args.entry,
        app: &args.app,
        roots: &layout.roots,
        python: package.map(|name| (name, python.as_path())),
        packages: &packages,
        wit: &wit_folder,
        timeout: Some(args.timeout).filter(|seconds| *seconds > 0).map(Duration::from_secs),
        library: settings.as_ref().map(|settings| settings.stdlib),
    };
    let Component { bytes: mut app, loaded, copies } = componentize
        .run(world, &sources, scratch.path())
        .with_context(|| format!("cannot build {}", layout.entry_file.display()))?;
    let found = settings.map(|settings| files_of(&sources, &settings, &on_host, (&loaded, &copies), &args.out));
    let found = found.transpose().with_context(|| format!("cannot take in the files of {}", args.app.display()))?;
    let python = &componentize.python();
    let imported = Imported { python, app: &layout.roots, packages: &packages.roots, loaded: &loaded };
    late::tell(&imported, found.as_ref().map(|found| &found.files), scratch.path())?;
    MadeWith {
        language: Vec::from_iter(language(&app)),
        processed_by: Vec::from_iter(componentize.version()),
        packages: packages.distributions,
        plain: args.plain,
    }
    .add(&mut app);
    let extras = compose::Extras { observe: observe.as_ref(), files: found.as_ref() };
    link_and_compose(args, &on_host, &bundle, app, extras)
}

fn link_and_compose(
    args: &BuildArgs,
    on_host: &OnHost,
    bundle: &Bundle,
    app: Vec<u8>,
    extras: compose::Extras<'_>,
) -> Result<()> {
    let linking = (!args.no_link).then(|| link::names(args.strip_names));
    let app = link::run(app, linking).context("cannot link the app")?;
    compose::write(on_host, bundle, app, extras, &args.out)
        .with_context(|| format!("cannot compose {}", args.app.display()))
}

/// The folder of the bindings' WIT, with the Python package beside it; the friendly world of the interfaces that are bound.
fn write_bound(
    args: &BuildArgs,
    world: &World,
    plan: &Plan,
    interfaces: Option<&BTreeSet<String>>,
    (wit, python): (&Path, &Path),
    own: &BTreeMap<String, String>,
) -> Result<()> {
    let friendly = write_wit(world, plan, interfaces, wit)?;
    if !args.plain {
        let bound = Bound::new(friendly.app_imports());
        scan::write_all(&python.join(&world.plan.python.package), &python::package(plan, &bound, own)?)?;
    }
    Ok(())
}

/// The files of an app that has these modules loaded, with copies of what only the sandbox has.
fn files_of(
    sources: &Sources<'_>,
    settings: &files::Settings,
    on_host: &OnHost,
    (loaded, copies): (&Path, &Path),
    out: &Path,
) -> Result<files::Found> {
    let loaded = &late::loaded(loaded)?;
    let from = files::Sources { app: sources.app, numbers: sources.numbers(), copies, loaded, out };
    files::find(&from, settings, &on_host.world.rules.host)
}

/// These interfaces, or all, and the one by which the package knows more of errors.
fn with_evidence(plan: &Plan, interfaces: Option<BTreeSet<String>>) -> BTreeSet<String> {
    let all = || plan.interfaces.iter().map(|interface| interface.name.clone()).collect();
    let mut interfaces = interfaces.unwrap_or_else(all);
    interfaces.insert(wit::EVIDENCE.to_owned());
    interfaces
}

/// What is written down to look at beside the app.
struct Folders {
    own: PathBuf,
    stubs: PathBuf,
}

/// Looks at the app's sources.
fn look(
    args: &BuildArgs,
    on_host: &OnHost,
    layout: &Layout,
    packages: &Packages,
    folders: &Folders,
    componentize: &Componentize,
    scratch: &Path,
) -> Result<Scan> {
    let request = Request {
        entry: &args.entry,
        app: layout.roots.iter().map(PathBuf::as_path).collect(),
        packages: packages.roots.iter().map(PathBuf::as_path).collect(),
        package: &on_host.world.plan.python.package,
        own: &folders.own,
        stubs: &folders.stubs,
        plain: args.plain,
        names: uses::names(on_host),
    };
    scan::scan(&request, &componentize.python(), scratch)
}

/// The plan with what the app can call, of these interfaces or all.
fn pruned(plan: &Plan, args: &BuildArgs, interfaces: Option<&BTreeSet<String>>, scan: Scan) -> Plan {
    // An interface that is asked for, by name or with all others, is bound with all it has.
    let names = scan.names.filter(|_| args.interface.is_empty() && !args.all_interfaces);
    let spelled = names.map(|names| Spelled { names, any_keyword: scan.any_keyword });
    match interfaces {
        Some(interfaces) => prune(plan, interfaces, spelled.as_ref()),
        None => plan.clone(),
    }
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
