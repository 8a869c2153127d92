//! Golden plans: small raw worlds in, the plan and the friendly WIT out, or the message of a refusal.
//!
//! A folder of `fixtures/reshape` is a case:
//!
//! - `raw.wit`: the raw package and its world `service`; packages it depends on stand in the same
//!   file, as `package other:name { … }`
//! - `rules.toml`: the rules; without the file they name the friendly package and nothing else
//! - `plan.txt`: what `composer explain` prints
//! - `friendly.wit`: what `composer wit` prints
//! - `error.txt`: what a refusal says, instead of the two, for a case whose name starts with `error-`
//!
//! What comes out is read again: the friendly WIT parses beside the raw package and has all that the
//! plan has, each of its worlds can be a component, and the glue of both guests is Rust.
//!
//! `BLESS=1 cargo test --test reshape` rewrites `plan.txt`, `friendly.wit` and `error.txt`; look at the
//! difference before you commit it. Part of a case's name, as an argument after `--`, picks cases.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use composer::bundle::World;
use composer::{explain, glue, wit};
use libtest_mimic::{Arguments, Failed, Trial};
use support::{cases, dummy, folders, golden, name, repository, written};

/// The files of a case, and which are written by `BLESS=1`.
const INPUTS: [&str; 2] = ["raw.wit", "rules.toml"];
const PLAN: [&str; 2] = ["plan.txt", "friendly.wit"];
const ERROR: [&str; 1] = ["error.txt"];

fn main() -> ExitCode {
    let folders = folders(&repository("fixtures/reshape"));
    let trials = folders.into_iter().map(|case| Trial::test(name(&case), move || run(&case))).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(case: &Path) -> Result<(), Failed> {
    let is_refusal = name(case).starts_with("error-");
    refuse_other_files(case, if is_refusal { &ERROR } else { &PLAN })?;
    match (cases::reshape(case)?, is_refusal) {
        (Ok(world), false) => {
            golden(&case.join("plan.txt"), &explain::explain(&world.plan, None).text())?;
            golden(&case.join("friendly.wit"), &world.friendly.text)?;
            read_again(case, &world)
        }
        (Err(error), true) => {
            let message = error.to_string();
            refuse_bad_style(&message)?;
            Ok(golden(&case.join("error.txt"), &format!("{message}\n"))?)
        }
        (Ok(_), true) => Err("it was reshaped, and should have been refused".into()),
        (Err(error), false) => Err(format!("it was refused: {error}").into()),
    }
}

/// The file that was committed is WIT, its worlds can be components, and the glue is Rust.
fn read_again(case: &Path, world: &World) -> Result<(), Failed> {
    let mut resolve = cases::raw(case)?;
    let text = fs::read_to_string(case.join("friendly.wit"))?;
    let package = resolve.push_source("friendly.wit", &text).map_err(|error| format!("{error:#}"))?;
    for (name, id) in resolve.packages[package].worlds.clone() {
        dummy::try_component(&resolve, id).map_err(|error| format!("world `{name}` cannot be a component: {error}"))?;
    }
    written::check(world)?;
    for source in [glue::adapter(&world.plan, "wit")?, glue::entry(&world.plan, "wit")?] {
        syn::parse_file(&source).map_err(|error| format!("the glue is not Rust: {error}\n{source}"))?;
    }
    let files = wit::folder(&world.friendly)?;
    let is_there = files.iter().any(|(path, contents)| path == "friendly.wit" && *contents == text);
    if is_there { Ok(()) } else { Err("the WIT folder lacks the friendly package".into()) }
}

/// A file that no run reads or writes was forgotten when a case changed its name or its outcome.
fn refuse_other_files(case: &Path, outputs: &[&str]) -> Result<(), Failed> {
    let paths: Vec<PathBuf> =
        fs::read_dir(case)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    for file in paths.iter().map(|path| name(path)) {
        if !INPUTS.contains(&file.as_str()) && !outputs.contains(&file.as_str()) {
            return Err(format!("{file} is no file of this case; delete it").into());
        }
    }
    Ok(())
}

/// Messages are spliced into others: they start lower case and do not end with a full stop.
fn refuse_bad_style(message: &str) -> Result<(), Failed> {
    let starts_large = message.starts_with(|first: char| first.is_uppercase());
    if starts_large || message.ends_with('.') {
        return Err(format!("the message starts with a capital or ends with a full stop: {message}").into());
    }
    Ok(())
}
