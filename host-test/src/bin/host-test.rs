//! `host-test`: what the host really sees of an adapter, for any world.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, PoisonError};

use clap::{Parser, Subcommand};
use host_test::corpus::trials::{Rows, trials};
use host_test::corpus::{Corpus, table};
use host_test::guests::{self, Component, Guest};
use host_test::script::Script;
use host_test::summary;
use host_test::sweep::{self, Sweep, figures};
use libtest_mimic::Arguments;

/// Test an adapter against its plan, on a host that follows a script.
#[derive(Debug, Parser)]
#[command(name = "host-test", version, max_term_width = 100)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play scripts, and print what the host saw
    ///
    /// A script is a folder with a `host.toml`: the functions to call, the raw calls that they must cause, and the
    /// answers of those. If the folder has a `transcript.txt`, it is compared with what happened.
    Play {
        /// The guests, as `composer guests` wrote them
        #[arg(long, value_name = "DIR", env = "COMPOSER_GUESTS")]
        guests: PathBuf,
        /// Folders of scripts
        #[arg(required = true, value_name = "SCRIPT_DIR")]
        scripts: Vec<PathBuf>,
    },
    /// Call every friendly function in every way that the plan has
    ///
    /// The scripts are generated: each function with good and bad arguments, on hosts that fail, trap, lie about
    /// lengths, or answer with anything, and with handles that are misused.
    Sweep {
        /// The guests, as `composer guests` wrote them
        #[arg(long, value_name = "DIR", env = "COMPOSER_GUESTS")]
        guests: PathBuf,
        /// Only tests with this in their names, such as `errors http-req`
        filter: Option<String>,
    },
    /// Try popular packages: build an app of each, serve it, send it a request, and compare with the table
    Corpus {
        /// The folder with the list of packages and the table
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Only packages with this in their names
        filter: Option<String>,
        /// Write the results of this run to the table, and to this page that quotes it
        #[arg(long, value_name = "PAGE")]
        bless: Option<PathBuf>,
    },
    /// Print the figures of the last test run as one table
    Figures {
        /// The folder for temporary files of the build
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Fail if this page quotes other figures
        #[arg(long, value_name = "PAGE")]
        check: Option<PathBuf>,
        /// Write them to this page
        #[arg(long, value_name = "PAGE", conflicts_with = "check")]
        quote: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match run(Args::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Command::Play { guests, scripts } => play(&guests, &scripts),
        Command::Sweep { guests, filter } => sweep(&guests, filter),
        Command::Corpus { folder, filter, bless } => corpus(&folder, filter, bless.as_deref()),
        Command::Figures { folder, check, quote } => {
            let table = summary::table(&folder)?;
            print!("{table}");
            check.map_or(Ok(()), |page| summary::QUOTE.check(&page, &table))?;
            quote.map_or(Ok(()), |page| summary::QUOTE.write(&page, &table))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn play(folder: &Path, scripts: &[PathBuf]) -> Result<ExitCode, Box<dyn Error>> {
    let bundle = guests::read(folder)?;
    let [adapter, entry] = [Guest::Adapter, Guest::Entry].map(|guest| guests::compile(&bundle, guest));
    let (adapter, entry) = (adapter?, entry?);
    let mut code = ExitCode::SUCCESS;
    for folder in scripts {
        let script = Script::read(folder)?;
        let component = if script.component.as_deref() == Some("entry") { &entry } else { &adapter };
        let outcome = component.host.play(&script);
        print!("{}", outcome.transcript);
        if let Err(error) = outcome.result {
            eprintln!("error: {}: {error}", folder.display());
            code = ExitCode::FAILURE;
            continue;
        }
        match fs::read_to_string(folder.join("transcript.txt")) {
            Ok(wanted) if wanted != outcome.transcript => {
                eprintln!("error: {}: transcript.txt differs; put there what is printed", folder.display());
                code = ExitCode::FAILURE;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{}: {error}", folder.display()).into()),
        }
    }
    Ok(code)
}

fn sweep(folder: &Path, filter: Option<String>) -> Result<ExitCode, Box<dyn Error>> {
    let bundle = guests::read(folder)?;
    // Tests outlive whoever makes them; this process does nothing else.
    let component: &'static Component = Box::leak(Box::new(guests::compile(&bundle, Guest::Adapter)?));
    let sweep: &'static Sweep<'static> = Box::leak(Box::new(Sweep::new(&component.world.plan, &component.host)));
    let arguments = Arguments { filter, ..Arguments::default() };
    let conclusion = libtest_mimic::run(&arguments, sweep::trials::trials("adapter", sweep, &mut BTreeSet::new()));
    for (what, count) in figures::in_words(&[("adapter", sweep)]) {
        println!("{what}: {count}");
    }
    Ok(conclusion.exit_code())
}

fn corpus(folder: &Path, filter: Option<String>, bless: Option<&Path>) -> Result<ExitCode, Box<dyn Error>> {
    let (corpus, rows) = (Arc::new(Corpus::read(folder)?), Rows::default());
    let arguments = Arguments { filter, ..Arguments::default() };
    let conclusion = libtest_mimic::run(&arguments, trials(&corpus, &rows, bless.is_some()));
    if let Some(page) = bless {
        let rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
        let text = table::text(&corpus.with(&rows));
        fs::write(corpus.table(), &text).map_err(|error| format!("{}: {error}", corpus.table().display()))?;
        table::QUOTE.write(page, &text)?;
    }
    Ok(conclusion.exit_code())
}
