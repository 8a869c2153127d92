//! `bench`: what we have against named baselines, as ratios.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use host_test::bench::fuel::Baseline;
use host_test::bench::progress::Progress;
use host_test::bench::row::Row;
use host_test::bench::{self, Bench, Options, plot, report};

/// Measure against named baselines, in turns, as ratios.
///
/// The table goes to standard output; `bench.json` and `bench.svg` go to the output folder. Only the figures of an
/// optimised build mean anything.
#[derive(Debug, Parser)]
#[command(name = "bench", version, max_term_width = 100)]
struct Args {
    /// Only rows with all of these words in their names, such as `guest body`
    filter: Vec<String>,
    /// How many pairs of samples a row has
    #[arg(long, value_name = "N", default_value_t = 15)]
    rounds: usize,
    /// The folder for the figures, and for what is built on the way
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    out: PathBuf,
    /// The guests, as `composer guests` wrote them
    #[arg(long, value_name = "DIR", env = "COMPOSER_GUESTS")]
    guests: PathBuf,
    /// Python apps that are built already, as `fixtures/bench/python/build.py` writes them
    #[arg(long, value_name = "DIR")]
    apps: Option<PathBuf>,
    /// List the rows, and measure nothing
    #[arg(long)]
    list: bool,
    /// Compare the counts of instructions with the committed ones, and measure nothing else
    #[arg(long, conflicts_with = "list")]
    check: bool,
    /// Write the current counts of instructions to the committed file
    #[arg(long, conflicts_with_all = ["list", "check", "filter"])]
    bless: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<ExitCode> {
    if args.list {
        bench::measurements(&args.filter)?.iter().for_each(|measurement| println!("{}", measurement.title()));
        return Ok(ExitCode::SUCCESS);
    }
    fs::create_dir_all(&args.out).with_context(|| format!("cannot make {}", args.out.display()))?;
    let (guests, out, apps) = (args.guests.clone(), args.out.clone(), args.apps.clone());
    let bench = Bench::new(Options { guests, out, apps, rounds: args.rounds });
    if args.bless {
        let file = bench.fuel_file();
        bench::instructions(&bench, &[])?.write(&file)?;
        println!("{}: written; read the diff before you commit it", file.display());
        return Ok(ExitCode::SUCCESS);
    }
    if args.check { check(&bench, &args.filter) } else { measure(&bench, args) }
}

fn measure(bench: &Bench, args: &Args) -> Result<ExitCode> {
    let measurements = bench::measurements(&args.filter)?;
    let progress = Progress::new(measurements.len());
    let taken = bench::run(bench, &measurements, &progress);
    drop(progress);
    print(&taken.rows, args)?;
    for (title, error) in &taken.failures {
        eprintln!("error: {title}: {error}");
    }
    Ok(if taken.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(rows: &[Row], args: &Args) -> Result<()> {
    print!("{}", report::table(rows));
    if let Some(summary) = report::summary(rows) {
        println!("\n{summary}");
    }
    for (name, text) in [("bench.json", report::json(rows)), ("bench.svg", plot::svg(rows))] {
        let path = args.out.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}

fn check(bench: &Bench, filter: &[String]) -> Result<ExitCode> {
    let committed = Baseline::read(&bench.fuel_file())?;
    let now = bench::instructions(bench, filter)?;
    let changes = committed.compare(&now, filter.is_empty());
    changes.iter().for_each(|change| println!("{change}"));
    if !changes.is_empty() {
        committed.made_otherwise(&now).into_iter().for_each(|why| println!("the figures were {why}"));
    }
    if !changes.iter().any(bench::fuel::Change::is_wrong) {
        println!("{} rows take no more instructions than they should", now.rows.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("find what made them grow; where they should, `just bench --bless` writes them down, to be committed");
    Ok(ExitCode::FAILURE)
}
