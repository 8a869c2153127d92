//! componentize-py as a tool: where it is, what it is given, and what its failures mean.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, anyhow};
use composer::bundle::World;
use composer::wit;

use super::output::Step;
use super::packages::Packages;
use super::{copy, namesakes, process};

/// A componentize-py.
pub struct Componentize {
    program: PathBuf,
}

/// What a build is made of.
pub struct Sources<'a> {
    /// The entry module.
    pub entry: &'a str,
    /// The app's own folder.
    pub app: &'a Path,
    /// The folders in it that go on the path, itself among them.
    pub roots: &'a [PathBuf],
    /// The folder of the package that goes with the bindings.
    pub python: Option<&'a Path>,
    /// Its packages.
    pub packages: &'a Packages,
    /// The folder of the WIT it binds.
    pub wit: &'a Path,
}

impl Componentize {
    /// The named one, else the one on the path.
    pub fn find(named: Option<&Path>) -> Result<Self> {
        let found = match named {
            Some(program) => Some(program.to_owned()).filter(|program| program.is_file()),
            None => on_path("componentize-py"),
        };
        let place = named.map_or("on the PATH".to_owned(), |program| format!("at {}", program.display()));
        found.map(|program| Self { program }).ok_or_else(|| {
            anyhow!("no componentize-py {place}; install it with `pip install componentize-py`, or name one with --componentize-py")
        })
    }

    /// `componentize-py 0.25.1` as a name and a version.
    pub fn version(&self) -> Option<(String, String)> {
        let output = process::run(Command::new(&self.program).arg("--version"), None).ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (name, version) = text.trim().split_once(' ')?;
        Some((name.to_owned(), version.to_owned()))
    }

    /// The Python of the virtual environment that it is in, else the one on the path. Installed as a tool of its own, it is
    /// a link into such an environment.
    pub fn python(&self) -> PathBuf {
        let programs = [Some(self.program.clone()), self.program.canonicalize().ok()];
        programs
            .into_iter()
            .flatten()
            .flat_map(|program| ["python3", "python"].map(|name| program.with_file_name(name)))
            .find(|python| python.is_file())
            .unwrap_or_else(|| PathBuf::from("python3"))
    }

    /// Makes a component of an app. Its failures are the app's: a traceback from importing it, and a line of what to do.
    pub fn run(&self, world: &World, sources: &Sources<'_>, scratch: &Path) -> Result<Vec<u8>> {
        // Importing the app writes byte code beside its sources, which are not ours to write to.
        let app = scratch.join("app");
        let is_left_out = |path: &Path| copy::is_no_source(path) || namesakes::is_generated(path, sources.roots);
        copy::tree(sources.app, &app, &is_left_out)?;
        let out = scratch.join("app.wasm");
        let roots = sources.roots.iter().map(|root| app.join(root.strip_prefix(sources.app).unwrap_or(Path::new(""))));
        let others = sources.python.into_iter().map(Path::to_owned).chain(sources.packages.roots.iter().cloned());
        let paths = roots.chain(others).flat_map(|path| [OsString::from("--python-path"), path.into_os_string()]);
        let step = Step::start(format!("componentizing {}", sources.app.display()));
        let mut command = Command::new(&self.program);
        command
            .arg("--wit-path")
            .arg(sources.wit)
            .args(["--world", &wit::qualified(&world.plan.friendly, wit::APP_WORLD)])
            .args(["componentize", sources.entry])
            .args(paths)
            .arg("--output")
            .arg(&out)
            .env("VIRTUAL_ENV", empty_environment(scratch)?)
            .env_remove("PYTHONPATH");
        let output = process::run(process::keep_in(&mut command, scratch), None)
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        drop(step);
        if !output.status.success() {
            return Err(failure(world, sources, &output));
        }
        fs::read(&out).context("componentize-py wrote no component")
    }
}

/// The Python that a component carries, as a language and a version.
pub fn language(component: &[u8]) -> Option<(String, String)> {
    let library = b"libpython";
    let at = component.windows(library.len()).position(|bytes| bytes == library)? + library.len();
    let version: String = component
        .get(at..)?
        .iter()
        .map(|byte| char::from(*byte))
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let version = version.trim_end_matches('.');
    (!version.is_empty()).then(|| ("Python".to_owned(), version.to_owned()))
}

/// An environment without packages. The app's are those it names; without an environment, componentize-py puts those of
/// whatever Python is on the PATH into the app, too.
fn empty_environment(scratch: &Path) -> Result<PathBuf> {
    let environment = scratch.join("no-packages");
    let folder = environment.join("lib/site-packages");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(environment)
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The app's own traceback, and what to do about it.
fn failure(world: &World, sources: &Sources<'_>, output: &Output) -> anyhow::Error {
    let said = said(output);
    if let Some((_, call)) = said.split_once("called trapping stub: ") {
        let call = call.lines().next().unwrap_or_default().trim();
        return anyhow!(
            "the app calls the host when it is imported, which happens at build time, where there is none: `{call}`; call it in a function instead"
        );
    }
    // The tool's Python reports what the app's Python said as an assertion that failed.
    let Some((_, traceback)) = said.split_once("AssertionError: ") else {
        let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        return anyhow!("componentize-py failed: {first}");
    };
    let end = ["\n\nCaused by", "\nStack backtrace"].into_iter().filter_map(|mark| traceback.find(mark)).min();
    let traceback = traceback.get(..end.unwrap_or(traceback.len())).unwrap_or(traceback).trim_end();
    // The build sees the app's folders under names of its own.
    let traceback = sources.roots.iter().enumerate().fold(traceback.to_owned(), |traceback, (number, root)| {
        traceback.replace(&format!("\"/{number}/"), &format!("\"{}/", root.display()))
    });
    if let Some(advice) = sources.packages.advice(&traceback) {
        return anyhow!("{advice}\n{traceback}");
    }
    let last = traceback.lines().last().unwrap_or_default();
    let mut exported = world.plan.exports.iter().map(|export| camel(&export.name));
    let advice = if last.starts_with("ModuleNotFoundError") {
        "a package is missing: add it to requirements.txt in the app's folder, or give --virtualenv"
    } else if last.starts_with("SyntaxError") || last.starts_with("IndentationError") {
        "correct the source"
    } else if let Some(class) = exported.find(|class| last.contains(class)) {
        let is_wrong = last.starts_with(&format!("TypeError: {class}."));
        if is_wrong {
            "correct what the host calls"
        } else {
            "define the class that the host calls in the entry module"
        }
    } else {
        "the app fails when it is imported, which happens at build time"
    };
    anyhow!("{advice}\n{traceback}")
}

/// An interface's name as the class that implements it.
fn camel(name: &str) -> String {
    heck::ToUpperCamelCase::to_upper_camel_case(name)
}

/// All that a process printed.
pub fn said(output: &Output) -> String {
    let text = [&output.stderr[..], &output.stdout[..]].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}
