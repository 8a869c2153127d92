//! Where an app's packages come from: an environment that has them, or a list of what to install.

use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};

use super::project;
use super::site::Site;
use crate::cli::args::BuildArgs;
use crate::cli::{output, sandbox};

/// How many notes on an environment are told one by one.
const MOST_NOTES: usize = 5;

/// Where packages come from.
#[derive(Debug)]
pub enum Origin {
    Environment(Environment),
    Listed(Listed),
}

/// A virtual environment.
#[derive(Debug)]
pub struct Environment {
    path: PathBuf,
    /// Its `site-packages`.
    pub folder: PathBuf,
    /// Whether it was found, and not named.
    is_found: bool,
}

/// What is to be installed.
#[derive(Debug)]
pub struct Listed {
    /// The file that lists it.
    pub file: PathBuf,
    /// The requirements, where the file is no list that the installer reads itself.
    pub requirements: Option<Vec<String>>,
}

impl Display for Listed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())
    }
}

impl Origin {
    /// What is named comes first, then what is in the app's folder, and last the active environment; none without any.
    pub fn choose(args: &BuildArgs) -> Result<Option<Self>> {
        if let Some(environment) = &args.virtualenv {
            return Environment::new(environment, false).map(|it| Some(Self::Environment(it)));
        }
        if let Some(file) = &args.requirements {
            if !file.is_file() {
                bail!("there is no {}; name the file of the app's requirements", file.display());
            }
            return Ok(Some(Self::Listed(Listed { file: file.clone(), requirements: None })));
        }
        let project = args.app.join("pyproject.toml");
        if !args.group.is_empty() {
            return Self::of_project(project, &args.group);
        }
        let own = [".venv", "venv"].map(|name| args.app.join(name));
        let environments = own.into_iter().chain(of_workspace(&project));
        if let Some(environment) = environments.into_iter().find(|folder| folder.join("pyvenv.cfg").is_file()) {
            return Environment::new(&environment, true).map(|it| Some(Self::Environment(it)));
        }
        let file = args.app.join("requirements.txt");
        if file.is_file() {
            return Ok(Some(Self::Listed(Listed { file, requirements: None })));
        }
        if let Some(listed) = Self::of_project(project.clone(), &[])? {
            return Ok(Some(listed));
        }
        let active = active()?;
        if let (None, Some(hint)) = (&active, project::hint(&project)) {
            bail!(hint);
        }
        Ok(active)
    }

    fn of_project(file: PathBuf, groups: &[String]) -> Result<Option<Self>> {
        let requirements = project::requirements(&file, groups)?;
        Ok(requirements.map(|requirements| Self::Listed(Listed { file, requirements: Some(requirements) })))
    }
}

/// The environment of the workspace that a project is in: uv has one for all of its projects, beside its lock.
fn of_workspace(project: &Path) -> Option<PathBuf> {
    let project = project.is_file().then(|| project.canonicalize().ok())??;
    let workspace = project.ancestors().skip(2).find(|folder| folder.join("uv.lock").is_file())?;
    Some(workspace.join(".venv"))
}

/// The environment that was activated, if one was.
fn active() -> Result<Option<Origin>> {
    let Some(path) = std::env::var_os("VIRTUAL_ENV").map(PathBuf::from) else { return Ok(None) };
    if !path.is_dir() {
        output::say(format_args!("VIRTUAL_ENV is {}, which is no folder, so the app gets no packages", path.display()));
        return Ok(None);
    }
    Environment::new(&path, true).map(|it| Some(Origin::Environment(it)))
}

impl Environment {
    fn new(path: &Path, is_found: bool) -> Result<Self> {
        let lib = path.join("lib");
        let versions = std::fs::read_dir(&lib).into_iter().flatten().flatten();
        let folders = versions.map(|entry| entry.path().join("site-packages"));
        let folder = folders
            .chain([path.join("Lib/site-packages")])
            .find(|folder| folder.is_dir())
            .ok_or_else(|| anyhow!("{} is not a virtual environment: it has no site-packages", path.display()))?;
        Ok(Self { path: path.to_owned(), folder, is_found })
    }

    /// Says that it is used where nobody named it, and what was chosen for its Python and not for the sandbox's.
    pub fn tell(&self, site: &Site) {
        if self.is_found {
            output::say(format_args!("using the packages of {}", self.path.display()));
        }
        for note in site.notes.iter().take(MOST_NOTES) {
            output::say(format_args!("note: {note}"));
        }
        if let Some(more) = site.notes.len().checked_sub(MOST_NOTES).filter(|more| *more > 0) {
            output::say(format_args!("note: {more} more like these; the sandbox has Python {}", sandbox::PYTHON));
        }
    }
}
