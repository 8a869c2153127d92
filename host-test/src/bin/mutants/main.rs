//! `mutants`: breaks the adapter in a copy of the project, one way at a time, and sees whether a test notices.
//!
//! The copy shares the folder of all builds, so that only what is changed, and what depends on it, is compiled.

mod checks;
mod copy;
mod report;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use checks::Checks;
use clap::Parser;
use copy::Copy;
use host_test::apps;
use host_test::mutants::{self, Mutant};
use report::{Outcome, Row};

/// Break the code on purpose, one way at a time, and check that a test notices each.
#[derive(Debug, Parser)]
#[command(name = "mutants", version, max_term_width = 100)]
struct Args {
    /// Only mutants with this text in their name or file
    filter: Option<String>,

    /// The folder for the copy of the project, and for its guests
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let root = apps::fixture("").parent().context("the project has no folder")?.to_owned();
    let mutants = chosen(&root, args.filter.as_deref())?;

    let copy = Copy::make(&root, &args.out.join("tree"))?;
    let mut checks = Checks::new(copy.folder(), &args.out.join("guests"));
    eprintln!("nothing is broken yet: every check must pass");
    checks.unbroken(mutants.iter().map(|mutant| mutant.file.as_str()))?;

    let mut rows = Vec::new();
    for (index, mutant) in mutants.iter().enumerate() {
        eprint!("{:>3}/{} {} … ", index + 1, mutants.len(), mutant.name);
        let started = Instant::now();
        let outcome = broken(&copy, &checks, mutant)?;
        let row = Row { mutant, outcome, took: started.elapsed() };
        eprintln!("{} ({} s)", row.outcome, row.took.as_secs());
        rows.push(row);
    }
    print!("{}", report::table(&rows));
    let is_fine = rows.iter().all(|row| matches!(row.outcome, Outcome::Caught(_)));
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The mutants of the list that the filter names, each of which can be made.
fn chosen(root: &Path, filter: Option<&str>) -> Result<Vec<Mutant>> {
    let mut mutants = mutants::read(&apps::fixture("mutants"))?;
    for mutant in &mutants {
        mutant.mutated(root)?;
    }
    if let Some(filter) = filter {
        mutants.retain(|mutant| mutant.name.contains(filter) || mutant.file.contains(filter));
    }
    if mutants.is_empty() {
        bail!("no mutant is called like `{}`; see fixtures/mutants for their names", filter.unwrap_or_default());
    }
    Ok(mutants)
}

/// What becomes of one mutant. The copy is whole again after that, whatever it was; the project may be worked on
/// meanwhile.
fn broken(copy: &Copy, checks: &Checks, mutant: &Mutant) -> Result<Outcome> {
    let whole = copy.read(&mutant.file)?;
    copy.write(&mutant.file, &mutant.mutated(copy.folder())?)?;
    let outcome = checks.broken(&mutant.file);
    copy.write(&mutant.file, &whole)?;
    outcome
}
