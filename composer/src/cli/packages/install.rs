//! Installing: pip chooses, for the Python of the sandbox, and nothing that is older than it seems is taken in silence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use super::origin::Listed;
use crate::cli::componentize::said;
use crate::cli::output::{self, Step};
use crate::cli::{process, sandbox};

const PIP_FOR_SANDBOX: &str = include_str!("pip_for_sandbox.py");

/// What the script ends with where there is no pip, and where it is one that is made otherwise.
const NO_PIP: i32 = 90;
const OTHER_PIP: i32 = 91;

/// Versions of glibc that wheels are compiled for. A package that has only compiled wheels is taken from one of these,
/// and loses its compiled modules; it is always the same one, whatever machine builds.
const GLIBC: [u32; 12] = [5, 12, 17, 24, 26, 27, 28, 31, 34, 35, 36, 39];

/// Packages that were installed.
#[derive(Debug)]
pub struct Installed {
    /// The folder that they are in.
    pub folder: PathBuf,
    /// The newest version of each that has a wheel without compiled modules, as far as pip looked.
    pub pure: BTreeMap<String, String>,
}

/// What `pip_for_sandbox.py` saw.
#[derive(Debug, Default, Deserialize)]
struct Report {
    passed_over: Vec<PassedOver>,
    pure: BTreeMap<String, String>,
}

/// A package of which pip passed over the newest version that fits.
#[derive(Debug, Deserialize)]
struct PassedOver {
    name: String,
    version: String,
    /// The Pythons that it has wheels for, none if it has only its sources.
    wheels: Vec<String>,
    /// The newest version with a wheel that the sandbox can use, asked for or not.
    usable: Option<String>,
}

/// Installs what is listed into a folder, from wheels: nothing that a package brings is run.
pub fn install(listed: &Listed, python: &Path, scratch: &Path) -> Result<Installed> {
    let folder = scratch.join("site-packages");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    if listed.requirements.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Installed { folder, pure: BTreeMap::new() });
    }
    let step = Step::start(format!("installing {listed}"));
    let report = scratch.join("passed-over.json");
    let log = scratch.join("pip.log");
    let output = pip(listed, python, &folder, scratch, [&report, &log])?;
    drop(step);
    let seen: Report = match output.status.code() {
        Some(NO_PIP) => bail!(
            "{} has no pip, which installs {listed}; give it one with `{0} -m ensurepip` or `uv pip install --python {0} pip`, or install the packages yourself and give --virtualenv",
            python.display()
        ),
        Some(OTHER_PIP) => bail!(
            "cannot install {listed} with the pip of {}: {}; try another version of pip, or install the packages yourself and give --virtualenv",
            python.display(),
            said(&output)
        ),
        _ => std::fs::read(&report).ok().map(|bytes| serde_json::from_slice(&bytes)).transpose()?.unwrap_or_default(),
    };
    if seen.passed_over.is_empty() && output.status.success() {
        return Ok(Installed { folder, pure: seen.pure });
    }
    Err(refusal(listed, &seen, &said(&output), &std::fs::read_to_string(&log).unwrap_or_default()))
}

fn pip(listed: &Listed, python: &Path, folder: &Path, scratch: &Path, [report, log]: [&Path; 2]) -> Result<Output> {
    let script = scratch.join("pip_for_sandbox.py");
    let markers = scratch.join("sandbox.json");
    output::write(&script, PIP_FOR_SANDBOX.as_bytes())?;
    output::write(&markers, &sandbox::markers())?;
    let mut command = Command::new(python);
    command.arg(&script).arg(report).arg(&markers);
    command.args(["install", "--disable-pip-version-check", "--no-input", "--no-color", "--progress-bar", "off"]);
    command.arg("--log").arg(log).args(["--no-compile", "--no-user", "--only-binary", ":all:", "--target"]).arg(folder);
    command.args(["--python-version", sandbox::PYTHON, "--implementation", "cp"]);
    let version = sandbox::PYTHON.split('.').take(2).collect::<String>();
    command.args(["--abi", &format!("cp{version}"), "--abi", "abi3", "--abi", "none", "--platform", "any"]);
    for glibc in GLIBC {
        command.args(["--platform", &format!("manylinux_2_{glibc}_x86_64")]);
    }
    for older in ["1", "2010", "2014"] {
        command.args(["--platform", &format!("manylinux{older}_x86_64")]);
    }
    // Paths in a list are relative to where it is.
    let file = std::path::absolute(&listed.file)?;
    command.current_dir(file.parent().unwrap_or(Path::new("/")));
    match &listed.requirements {
        Some(requirements) => command.arg("--").args(requirements),
        None => command.arg("--requirement").arg(file.file_name().unwrap_or_default()),
    };
    command.env("PIP_REQUIRE_VIRTUALENV", "0");
    process::run(process::keep_in(&mut command, scratch), None).context("cannot run pip")
}

fn refusal(listed: &Listed, seen: &Report, said: &str, log: &str) -> anyhow::Error {
    if seen.passed_over.is_empty() {
        return anyhow!("pip cannot install {listed}\n{}", complaints(said, log));
    }
    let lines: Vec<_> = seen.passed_over.iter().map(|package| package.line(listed)).collect();
    anyhow!(
        "cannot install {listed} for the sandbox, which has Python {} and no compiled modules\n{}",
        sandbox::PYTHON,
        lines.join("\n")
    )
}

impl PassedOver {
    fn line(&self, listed: &Listed) -> String {
        let Self { name, version, wheels, usable } = self;
        let otherwise = match usable {
            Some(usable) => format!("or ask for `{name}=={usable}`, which has one"),
            None => "or leave it out".to_owned(),
        };
        if wheels.is_empty() {
            let folder = listed.file.with_file_name("wheels");
            format!(
                "  {name} {version} has no wheel, only its sources, and a build runs nothing of a package; make a wheel with `pip wheel --no-deps {name}=={version} -w {}` and have a line `--find-links wheels` in the requirements, {otherwise}",
                folder.display()
            )
        } else {
            format!(
                "  {name} {version} has no wheel for it, only compiled ones for {}; take another package, {otherwise}",
                wheels.join(", ")
            )
        }
    }
}

/// What pip complains about, without its progress. That it reached nothing is only in its log.
fn complaints(said: &str, log: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    if let Some((_, unreachable)) = log.lines().find_map(|line| line.split_once("Could not fetch URL ")) {
        let url = unreachable.split(": ").next().unwrap_or(unreachable);
        lines.push(format!("the package index cannot be reached, so see to the network or to `--index-url`: {url}"));
    }
    let is_start = |line: &str| line.starts_with("ERROR:") || line.starts_with("The conflict is caused by");
    let mut of_error = false;
    for line in said.lines() {
        of_error = is_start(line) || (of_error && (line.starts_with(' ') || line.is_empty()));
        if of_error && !line.trim().is_empty() && !line.contains("ResolutionImpossible") {
            lines.push(without_most_versions(line));
        }
    }
    if lines.is_empty() { said.to_owned() } else { lines.join("\n") }
}

/// pip lists every version that there is.
fn without_most_versions(line: &str) -> String {
    let Some((start, (versions, end))) =
        line.split_once("(from versions: ").and_then(|(start, rest)| Some((start, rest.split_once(')')?)))
    else {
        return line.to_owned();
    };
    match versions.rsplit_once(", ") {
        Some((_, newest)) => format!("{start}(the newest one is {newest}){end}"),
        None => line.to_owned(),
    }
}
