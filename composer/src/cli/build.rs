//! `composer build`: a Python app to a component with componentize-py, and on to the composed one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, anyhow, bail};
use composer::bundle::World;
use composer::metadata::Metadata;
use composer::plan::Interface;
use composer::wit;
use serde::Deserialize;

use super::args::{BuildArgs, Inputs};
use super::output::{self, Step};
use super::{compose, inputs};

/// The package of bindings that componentize-py generates.
const BINDINGS: &str = "wit_world";
const APP_FACTS: &str = include_str!("app_facts.py");

/// What `app_facts.py` found.
#[derive(Debug, Deserialize)]
struct AppFacts {
    interfaces: BTreeSet<String>,
    whole: bool,
    packages: BTreeMap<String, String>,
}

/// Builds the app of a folder.
pub fn run(inputs: &Inputs, args: &BuildArgs) -> Result<()> {
    let entry_file = entry_file(args)?;
    output::check_writable(&args.out)?;
    let world = inputs::world(inputs)?.world;
    let guests = inputs::bundle(inputs)?.guests;
    let componentize = componentize_py(args)?;
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let packages = packages(args, &componentize, scratch.path())?;

    let facts = app_facts(args, &componentize, packages.as_deref(), scratch.path())?;
    let interfaces = interfaces(args, &world, &facts)?;
    let wit_folder = scratch.path().join("wit");
    write_wit(&world, interfaces.as_ref(), &wit_folder)?;
    let app = componentize_app(args, &world, &componentize, packages.as_deref(), &wit_folder, scratch.path())
        .with_context(|| format!("cannot build {}", entry_file.display()))?;

    let mut metadata = Metadata::new(&world.rules.metadata);
    metadata.processed_by.extend(componentize.version());
    if let Some((_, listed)) = &mut metadata.packages {
        *listed = facts.packages;
    }
    compose::write(&world, &guests, &app, &metadata, &args.out)
        .with_context(|| format!("cannot compose {}", args.app.display()))
}

/// The app's entry module, which must be there.
fn entry_file(args: &BuildArgs) -> Result<PathBuf> {
    if !args.app.is_dir() {
        bail!("{} is not a folder; name the folder of the app, which holds {}.py", args.app.display(), args.entry);
    }
    let file = args.app.join(format!("{}.py", args.entry));
    let package = args.app.join(&args.entry).join("__init__.py");
    if file.is_file() {
        Ok(file)
    } else if package.is_file() {
        Ok(package)
    } else {
        bail!("{} has no {}.py; name the module that the app starts from with --entry", args.app.display(), args.entry)
    }
}

/// componentize-py, and the Python it came with.
struct Componentize {
    program: PathBuf,
}

impl Componentize {
    /// `componentize-py 0.25.1` as a name and a version.
    fn version(&self) -> Option<(String, String)> {
        let output = Command::new(&self.program).arg("--version").output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (name, version) = text.trim().split_once(' ')?;
        Some((name.to_owned(), version.to_owned()))
    }

    /// The Python of the virtual environment that componentize-py is in, else the one on the path.
    fn python(&self) -> PathBuf {
        ["python3", "python"]
            .into_iter()
            .map(|name| self.program.with_file_name(name))
            .find(|python| python.is_file())
            .unwrap_or_else(|| PathBuf::from("python3"))
    }
}

/// The given componentize-py, else the one on the path.
fn componentize_py(args: &BuildArgs) -> Result<Componentize> {
    let named = args.componentize_py.clone();
    let found = named.clone().filter(|program| program.is_file()).or_else(|| match named {
        Some(_) => None,
        None => on_path("componentize-py"),
    });
    found.map(|program| Componentize { program }).ok_or_else(|| {
        let where_ = args.componentize_py.as_ref().map_or("on the PATH".to_owned(), |program| format!("at {}", program.display()));
        anyhow!("no componentize-py {where_}; install it with `pip install componentize-py`, or name one with --componentize-py")
    })
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The folder of the app's packages: a virtual environment's, or one installed from requirements; none without either.
fn packages(args: &BuildArgs, componentize: &Componentize, scratch: &Path) -> Result<Option<PathBuf>> {
    let default_env = Some(args.app.join(".venv")).filter(|folder| folder.is_dir() && args.requirements.is_none());
    if let Some(env) = args.virtualenv.clone().or(default_env) {
        return site_packages(&env).map(Some);
    }
    let default_file = Some(args.app.join("requirements.txt")).filter(|file| file.is_file());
    let Some(file) = args.requirements.clone().or(default_file) else { return Ok(None) };
    let folder = scratch.join("site-packages");
    let step = Step::start(format!("installing {}", file.display()));
    // Wheels for the machine that builds are of no use in wasm: only pure Python is taken.
    let output = Command::new(componentize.python())
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"])
        .args(["--only-binary", ":all:", "--platform", "any", "--target"])
        .arg(&folder)
        .arg("--requirement")
        .arg(&file)
        .output()
        .context("cannot run pip")?;
    drop(step);
    if !output.status.success() {
        bail!("pip cannot install {}; packages must be pure Python\n{}", file.display(), said(&output));
    }
    Ok(Some(folder))
}

fn site_packages(env: &Path) -> Result<PathBuf> {
    let lib = env.join("lib");
    let folders =
        std::fs::read_dir(&lib).into_iter().flatten().flatten().map(|entry| entry.path().join("site-packages"));
    folders
        .chain([env.join("Lib/site-packages")])
        .find(|folder| folder.is_dir())
        .ok_or_else(|| anyhow!("{} is not a virtual environment: it has no site-packages", env.display()))
}

fn app_facts(
    args: &BuildArgs,
    componentize: &Componentize,
    packages: Option<&Path>,
    scratch: &Path,
) -> Result<AppFacts> {
    let script = scratch.join("app_facts.py");
    output::write(&script, APP_FACTS.as_bytes())?;
    let output = Command::new(componentize.python())
        .arg(&script)
        .args([&args.entry, BINDINGS])
        .arg(&args.app)
        .args(packages)
        .output()
        .with_context(|| format!("cannot run {}", componentize.python().display()))?;
    if !output.status.success() {
        bail!("cannot read {}\n{}", args.app.display(), said(&output));
    }
    serde_json::from_slice(&output.stdout).context("cannot read what Python says of the app")
}

/// The interfaces that the app binds; none for all of them.
fn interfaces(args: &BuildArgs, world: &World, facts: &AppFacts) -> Result<Option<BTreeSet<String>>> {
    if args.all_interfaces || facts.whole {
        return Ok(None);
    }
    let module = |interface: &Interface| interface.name.replace('-', "_");
    let known: BTreeMap<String, &str> =
        world.plan.interfaces.iter().map(|interface| (module(interface), interface.name.as_str())).collect();
    let mut wanted = BTreeSet::new();
    for name in facts.interfaces.iter().map(String::as_str).chain(args.interface.iter().map(String::as_str)) {
        let name = name.replace('-', "_");
        let interface = known.get(&name).ok_or_else(|| {
            let names: Vec<_> = known.keys().map(String::as_str).collect();
            anyhow!(
                "the app imports `{BINDINGS}.imports.{name}`, which {} does not have; it has {}",
                world.plan.friendly,
                names.join(", ")
            )
        })?;
        wanted.insert((*interface).to_owned());
    }
    Ok(Some(wanted))
}

fn write_wit(world: &World, interfaces: Option<&BTreeSet<String>>, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder.join("deps")).with_context(|| format!("cannot make {}", folder.display()))?;
    let friendly = match interfaces {
        Some(interfaces) => &wit::write_for(&world.plan, &world.raw, interfaces)?,
        None => &world.friendly,
    };
    for (name, text) in wit::folder(friendly)? {
        output::write(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

/// Runs componentize-py. Its own failures are the app's: a traceback from importing it, and a line of what to do.
fn componentize_app(
    args: &BuildArgs,
    world: &World,
    componentize: &Componentize,
    packages: Option<&Path>,
    wit_folder: &Path,
    scratch: &Path,
) -> Result<Vec<u8>> {
    let out = scratch.join("app.wasm");
    let paths: Vec<OsString> = [Some(args.app.as_path()), packages]
        .into_iter()
        .flatten()
        .flat_map(|path| [OsString::from("--python-path"), path.as_os_str().to_owned()])
        .collect();
    let step = Step::start(format!("componentizing {}", args.app.display()));
    let output = Command::new(&componentize.program)
        .arg("--wit-path")
        .arg(wit_folder)
        .args(["--world", &wit::qualified(&world.plan.friendly, wit::APP_WORLD)])
        .arg("componentize")
        .arg(&args.entry)
        .args(paths)
        .arg("--output")
        .arg(&out)
        // The app's packages are those it names, and none of the environment that runs the build.
        .env_remove("VIRTUAL_ENV")
        .env_remove("PYTHONPATH")
        .output()
        .with_context(|| format!("cannot run {}", componentize.program.display()))?;
    drop(step);
    if !output.status.success() {
        return Err(failure(world, &output));
    }
    std::fs::read(&out).context("componentize-py wrote no component")
}

/// Tells the app's traceback apart from the tool's own frames.
fn failure(world: &World, output: &Output) -> anyhow::Error {
    let said = said(output);
    let traceback = said.find("Traceback (most recent call last)").map(|at| &said[at..]);
    let Some(traceback) = traceback else {
        let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        return anyhow!("componentize-py failed: {first}");
    };
    let end =
        traceback.find("\n\nCaused by").or_else(|| traceback.find("\nStack backtrace")).unwrap_or(traceback.len());
    let traceback = traceback[..end].trim_end();
    let last = traceback.lines().last().unwrap_or_default();
    let advice = if last.starts_with("ModuleNotFoundError") {
        "a package is missing: add it to requirements.txt in the app's folder, or give --virtualenv"
    } else if last.starts_with("SyntaxError") || last.starts_with("IndentationError") {
        "correct the source"
    } else if world.plan.exports.iter().any(|export| last.contains(&camel(&export.name))) {
        "define the class that the host calls in the entry module"
    } else {
        "the app fails when it is imported, which happens at build time"
    };
    anyhow!("{advice}\n{traceback}")
}

/// An interface's name as the class that implements it.
fn camel(name: &str) -> String {
    name.split('-')
        .map(|part| {
            let mut chars = part.chars();
            chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
        })
        .collect()
}

fn said(output: &Output) -> String {
    let text = [&output.stderr[..], &output.stdout[..]].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}
