//! Worlds of public reports: small ones of our own, each derived, written and read again, or refused as it should be.
//!
//! `fixtures/corpus/reports.toml` names each report and its right value; those that are scenes of an app are asked on the
//! host by `host-test/tests/corpus.rs`.

mod support;

use std::fs;
use std::process::ExitCode;

use composer::bundle::{World, WorldError};
use composer::{explain, glue};
use indexmap::IndexMap;
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use support::{cases, repository, written};
use wit_parser::Resolve;

/// What of a report this test reads.
#[derive(Deserialize)]
struct Report {
    world: Option<Case>,
}

/// A world, and what it comes to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    wit: String,
    /// What `composer explain` says of it.
    #[serde(default)]
    lines: Vec<String>,
    /// What a refusal says.
    refused: Option<String>,
}

fn main() -> ExitCode {
    let text = fs::read_to_string(repository("fixtures/corpus/reports.toml")).expect("the list of reports is there");
    let reports: IndexMap<String, Report> = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    let worlds = reports.into_iter().filter_map(|(name, report)| Some((name, report.world?)));
    let trials: Vec<_> = worlds.map(|(name, case)| Trial::test(name, move || run(&case))).collect();
    assert!(trials.len() >= 8, "there are {} worlds of reports", trials.len());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(case: &Case) -> Result<(), Failed> {
    match (derived(case)?, &case.refused) {
        (Ok(world), None) => {
            let said = explain::explain(&world.plan, None).text();
            if let Some(line) = case.lines.iter().find(|line| !said.contains(line.as_str())) {
                return Err(format!("`{line}` is not in\n{said}").into());
            }
            compiles(&world)
        }
        (Err(error), Some(message)) if error.to_string().contains(message.as_str()) => Ok(()),
        (Err(error), _) => Err(format!("it was refused: {error}").into()),
        (Ok(_), Some(message)) => Err(format!("it was derived, and should have been refused: {message}").into()),
    }
}

fn derived(case: &Case) -> Result<Result<World, WorldError>, Failed> {
    if case.lines.is_empty() == case.refused.is_none() {
        return Err("it has not just one of `lines` and `refused`".into());
    }
    let mut resolve = Resolve::default();
    let text = format!("package acme:raw@1.0.0;\n{}", case.wit);
    resolve.push_source("report.wit", &text).map_err(|error| format!("{error:#}"))?;
    Ok(World::new(resolve, "service", cases::RULES))
}

/// The friendly WIT parses again, and the glue of both guests is Rust.
fn compiles(world: &World) -> Result<(), Failed> {
    written::check(world)?;
    for source in [glue::adapter(&world.plan, "wit")?, glue::entry(&world.plan, "wit")?] {
        syn::parse_file(&source).map_err(|error| format!("the glue is not Rust: {error}\n{source}"))?;
    }
    Ok(())
}
