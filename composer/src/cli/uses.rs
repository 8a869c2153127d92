//! What an app's own sources use of what the host lacks: refused where it is sure, told where it may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use composer::drift::{Loss, OnHost, python_name};
use composer::plan::Kind;
use serde::Deserialize;

use super::args::BuildArgs;
use super::build::BINDINGS;
use super::componentize::said;
use super::output;

const APP_USES: &str = include_str!("app_uses.py");

/// How many losses are told one by one.
const MOST_LINES: usize = 10;

/// What `app_uses.py` found.
#[derive(Debug, Default, Deserialize)]
struct Uses {
    told: Vec<Use>,
    untold: Vec<Use>,
    ambiguous: BTreeSet<String>,
}

/// A use of a name.
#[derive(Debug, Deserialize)]
struct Use {
    file: String,
    line: usize,
    name: String,
    called: bool,
}

/// Where the app has a name that may be a lost one: the name, the class that it is lost of, the places.
type Doubts<'u> = BTreeMap<(&'u str, &'u str), Vec<String>>;

/// Refuses an app that uses what the host lacks, and says what else it could have used; `interfaces` are
/// those that it binds, none for all.
pub fn check(
    args: &BuildArgs,
    on_host: &OnHost,
    interfaces: Option<&BTreeSet<String>>,
    python: &Path,
    scratch: &Path,
) -> Result<()> {
    let drift = &on_host.drift;
    let binds = |name: &String| interfaces.is_none_or(|interfaces| interfaces.contains(name));
    let lost: Vec<&Loss> = drift.functions.iter().filter(|loss| binds(&loss.interface)).collect();
    // An app that binds everything asks for no interface by its name.
    let gone: Vec<&String> = drift.interfaces.iter().filter(|name| interfaces.is_some() && binds(name)).collect();
    if lost.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let uses = uses(args, on_host, &lost, &gone, python, scratch)?;
    let present = present(on_host);
    let is_left = |class: &str| drift.types.iter().all(|lost| lost.python != class);
    let (mut refused, mut doubted) = (BTreeSet::new(), Doubts::new());
    for name in gone {
        let module = module(name);
        let mut lines = uses.told.iter().filter(|found| found.name == module).peekable();
        if lines.peek().is_none() {
            refused.insert(format!(
                "  {module}: nothing of it is left, and a package of the app or --interface asks for it"
            ));
        }
        refused.extend(lines.map(|at| format!("  {}:{}: {module}: nothing of it is left", at.file, at.line)));
    }
    for found in &uses.told {
        let loss = lost.iter().find(|loss| loss.python == found.name);
        match loss {
            // A class that is left can be named; what is lost is to make one.
            Some(loss) if !found.called && is_constructor(loss) && is_left(&loss.python) => {}
            Some(loss) => _ = refused.insert(line(found, loss)),
            None if !is_left(&found.name) => {
                refused
                    .insert(format!("  {}:{}: {}: no function has to do with it", found.file, found.line, found.name));
            }
            None => {}
        }
    }
    for found in &uses.untold {
        // There is no object of a class that is lost.
        let same = lost.iter().filter(|loss| is_member(loss) && short(&loss.python) == found.name);
        for loss in same.filter(|loss| is_left(class(&loss.python))) {
            if !found.called || uses.ambiguous.contains(&found.name) || present.contains(&found.name) {
                let of = (found.name.as_str(), class(&loss.python));
                doubted.entry(of).or_default().push(format!("{}:{}", found.file, found.line));
            } else {
                refused.insert(line(found, loss));
            }
        }
    }
    if !refused.is_empty() {
        let refused: Vec<_> = refused.into_iter().collect();
        bail!("the app uses what this host lacks; do without it, or build for a newer host\n{}", refused.join("\n"));
    }
    tell(&lost, &doubted);
    Ok(())
}

/// Says what the app could have used, and what it may use.
fn tell(lost: &[&Loss], doubted: &Doubts<'_>) {
    if lost.len() > MOST_LINES {
        let modules: BTreeSet<_> = lost.iter().map(|loss| module(&loss.interface)).collect();
        let modules = modules.into_iter().collect::<Vec<_>>().join(", ");
        eprintln!("this host lacks {} functions of {modules}; `composer explain --host-wit` lists them", lost.len());
    } else {
        lost.iter().for_each(|loss| eprintln!("this host lacks {}", because(loss)));
    }
    for ((name, class), places) in doubted {
        eprintln!(
            "this host lacks `{name}` of {class}, and the app has a `{name}` of something: {}",
            places.join(", ")
        );
    }
}

fn uses(
    args: &BuildArgs,
    on_host: &OnHost,
    lost: &[&Loss],
    gone: &[&String],
    python: &Path,
    scratch: &Path,
) -> Result<Uses> {
    let members = lost.iter().filter(|loss| is_member(loss)).map(|loss| short(&loss.python).to_owned());
    let types = on_host.drift.types.iter().map(|ty| ty.python.clone());
    let names: BTreeSet<String> = lost
        .iter()
        .map(|loss| loss.python.clone())
        .chain(members)
        .chain(types)
        .chain(gone.iter().map(|name| module(name)))
        .collect();
    let script = scratch.join("app_uses.py");
    output::write(&script, APP_USES.as_bytes())?;
    let output = Command::new(python)
        .arg(&script)
        .arg(BINDINGS)
        .arg(&args.app)
        .args(names)
        .output()
        .with_context(|| format!("cannot run {}", python.display()))?;
    if !output.status.success() {
        bail!("cannot read {}\n{}", args.app.display(), said(&output));
    }
    serde_json::from_slice(&output.stdout).context("cannot read what Python says of the app")
}

/// The names of the functions that are left.
fn present(on_host: &OnHost) -> BTreeSet<String> {
    let interfaces = &on_host.world.plan.interfaces;
    let names = interfaces.iter().flat_map(|of| of.functions.iter().map(|function| python_name(&of.name, function)));
    names.map(|name| short(&name).to_owned()).collect()
}

fn line(found: &Use, loss: &Loss) -> String {
    format!("  {}:{}: {}", found.file, found.line, because(loss))
}

/// A lost function in Python's terms, and why it is lost.
fn because(loss: &Loss) -> String {
    match &loss.raw {
        Some(raw) => format!("{}: needs the raw `{raw}`, and {}", loss.python, loss.why),
        None => format!("{}: {}", loss.python, loss.why),
    }
}

/// Whether it is reached through an object.
fn is_member(loss: &Loss) -> bool {
    match loss.kind {
        Kind::Method(_) | Kind::Static(_) => true,
        Kind::Freestanding | Kind::Constructor(_) => false,
    }
}

fn is_constructor(loss: &Loss) -> bool {
    match loss.kind {
        Kind::Constructor(_) => true,
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => false,
    }
}

/// What a method or a static function is of.
fn class(python: &str) -> &str {
    python.rsplit_once('.').map_or("", |(class, _)| class)
}

fn short(python: &str) -> &str {
    python.rsplit('.').next().unwrap_or(python)
}

fn module(interface: &str) -> String {
    interface.replace('-', "_")
}
