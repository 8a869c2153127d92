//! componentize-py as a tool: where it is, and what it is given.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use composer::bundle::World;
use composer::python::launch::{BINDINGS, Folders, LAUNCH, LIBRARY, LOADED, Launch};
use composer::wit;

use super::failure::{Ended, failure};
use super::files::Stdlib;
use super::imported::Imported;
use super::output::Step;
use super::packages::Packages;
use super::{copy, namesakes, process, scan};

/// What it writes, in the folder of the build.
const COMPONENT: &str = "app.wasm";

/// Where the build starts, in the folder of the build, and where it starts again.
const LAUNCHED: &str = "launch";
const TRACED: &str = "traced";

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
    /// The package that goes with the bindings, and the folder that it is in.
    pub python: Option<(&'a str, &'a Path)>,
    /// Its packages.
    pub packages: &'a Packages,
    /// The folder of the WIT it binds.
    pub wit: &'a Path,
    /// How long it may take to import it.
    pub timeout: Option<Duration>,
    /// How much of the library it has as files; nothing if it has no files at all.
    pub library: Option<Stdlib>,
}

/// The component of an app.
pub struct Component {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The file that lists the modules it has.
    pub loaded: PathBuf,
    /// The folder with copies of the library and of the bindings, if they are wanted.
    pub copies: PathBuf,
}

impl<'a> Sources<'a> {
    /// The numbers of the folders in the sandbox: of the app, of the package with the bindings, of packages. The launch is
    /// behind those of the app.
    pub fn numbers(&self) -> Numbers<'a> {
        let python = self.roots.len() + 1;
        let packages = python + usize::from(self.python.is_some());
        Numbers {
            roots: self.roots.iter().map(PathBuf::as_path).enumerate().collect(),
            python: self.python.map(|(_, folder)| (python, folder)),
            packages: self
                .packages
                .roots
                .iter()
                .enumerate()
                .map(|(at, root)| (packages + at, root.as_path()))
                .collect(),
        }
    }
}

/// Folders and their numbers in the sandbox.
pub struct Numbers<'a> {
    /// Those of the app.
    pub roots: Vec<(usize, &'a Path)>,
    /// That of the package with the bindings.
    pub python: Option<(usize, &'a Path)>,
    /// Those of packages.
    pub packages: Vec<(usize, &'a Path)>,
}

impl Numbers<'_> {
    /// What of the path is there at a request, of an app in this folder.
    fn folders(&self, app: &Path, library: Stdlib) -> Folders {
        let numbers = self.roots.iter().chain(&self.python).chain(&self.packages);
        let home = self.roots.iter().find(|(_, root)| *root == app).map_or(0, |(number, _)| *number);
        let own = [LIBRARY, BINDINGS].map(|name| format!("/{name}"));
        Folders {
            home: format!("/{home}"),
            path: own.into_iter().chain(numbers.map(|(number, _)| format!("/{number}"))).collect(),
            library: library != Stdlib::None,
        }
    }
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
    pub fn run(&self, world: &World, sources: &Sources<'_>, scratch: &Path) -> Result<Component> {
        // What happens to the app when it is imported happens to a copy.
        let is_left_out = |path: &Path| copy::is_no_source(path) || namesakes::is_generated(path, sources.roots);
        copy::tree(sources.app, &scratch.join("app"), &is_left_out)?;
        let step = Step::start(format!("componentizing {}", sources.app.display()));
        let (ended, mut imported) = self.attempt(world, sources, scratch, false)?;
        drop(step);
        imported.show_printed();
        if ended.leaves_place_open(&imported) {
            let step = Step::start("componentizing again, to see where the app ends or hangs");
            let (_, traced) = self.attempt(world, sources, scratch, true)?;
            drop(step);
            imported.place = traced.place;
        }
        if !matches!(ended, Ended::Well) {
            return Err(failure(world, sources, &ended, &imported));
        }
        let bytes = fs::read(scratch.join(COMPONENT)).context("componentize-py wrote no component")?;
        let copies = scratch.join(LAUNCHED);
        Ok(Component { bytes, loaded: copies.join(LOADED), copies })
    }

    /// Runs it once, and reads what it was told of the app.
    fn attempt(&self, world: &World, sources: &Sources<'_>, scratch: &Path, trace: bool) -> Result<(Ended, Imported)> {
        let launch = scratch.join(if trace { TRACED } else { LAUNCHED });
        let roots: Vec<_> = sources.roots.iter().map(|root| below(sources.app, root)).collect();
        let given = Launch {
            entry: sources.entry,
            package: sources.python.map(|(name, _)| name),
            roots: roots.iter().enumerate().map(|(number, root)| (format!("/{number}"), shown(root))).collect(),
            trace,
            files: sources.library.map(|library| sources.numbers().folders(sources.app, library)),
        };
        scan::write_all(&launch.join(LAUNCH), &given.files(&world.plan))?;
        let roots = roots.iter().map(|root| scratch.join("app").join(root));
        let others = [launch.clone()].into_iter().chain(sources.python.map(|(_, folder)| folder.to_owned()));
        let paths: Vec<_> = roots.chain(others).chain(sources.packages.roots.iter().cloned()).collect();
        let mut command = Command::new(&self.program);
        command
            .arg("--wit-path")
            .arg(sources.wit)
            .args(["--world", &wit::world_path(&world.plan.friendly, wit::APP_WORLD)])
            .args(["componentize", LAUNCH])
            .args(paths.iter().flat_map(|path| [Path::new("--python-path"), path]))
            .arg("--output")
            .arg(scratch.join(COMPONENT))
            .env("VIRTUAL_ENV", empty_environment(scratch)?)
            .env("RUST_BACKTRACE", "0")
            .env_remove("PYTHONPATH");
        let command = process::keep_in(&mut command, scratch);
        let ended = match process::run_within(command, sources.timeout, || Imported::has_begun(&launch)) {
            Ok(output) if output.status.success() => Ended::Well,
            Ok(output) => Ended::Badly(said(&output)),
            Err(process::RunError::TimedOut { limit, .. }) => Ended::TimedOut(limit),
            Err(error) => return Err(error).with_context(|| format!("cannot run {}", self.program.display())),
        };
        Ok((ended, Imported::read(&launch)?))
    }
}

/// A folder of the app from the app's own.
fn below<'a>(app: &Path, root: &'a Path) -> &'a Path {
    root.strip_prefix(app).unwrap_or(Path::new(""))
}

/// What goes before the names of a folder's files, from the app's own.
fn shown(root: &Path) -> String {
    root.iter().map(|part| format!("{}/", part.to_string_lossy())).collect()
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

/// All that a process printed.
pub fn said(output: &Output) -> String {
    let text = [&output.stderr[..], &output.stdout[..]].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}
