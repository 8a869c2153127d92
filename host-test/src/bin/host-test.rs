//! `host-test`: what the host really sees of an adapter, for any world.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, PoisonError};

use clap::{Args, Parser, Subcommand};
use host_test::client::Request;
use host_test::corpus::trials::{Rows, trials};
use host_test::corpus::{Corpus, table};
use host_test::guests::{self, Component, Guest};
use host_test::record::live::{self, Live};
use host_test::record::replay;
use host_test::script::Script;
use host_test::summary;
use host_test::sweep::{self, Sweep, figures};
use libtest_mimic::Arguments;

/// Test an adapter against its plan, on a host that follows a script.
#[derive(Debug, Parser)]
#[command(name = "host-test", version, max_term_width = 100)]
struct Cli {
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
    /// Record what a composed app asks the local host for while it answers one request, as a script
    ///
    /// The script has each raw call and its answer, in the order in which they came. Header values, bodies, keys and values of KV
    /// stores, and whatever else is bytes, are left out; what comes of a secret store always is.
    Record(RecordArgs),
    /// Answer a composed app from a recording, without a host, and say where it asks for something else
    Replay {
        /// The script
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The composed component: the one that was recorded, or another build of the same app
        #[arg(value_name = "APP.wasm")]
        app: PathBuf,
        /// Print each raw call as it comes
        #[arg(short, long)]
        verbose: bool,
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

#[derive(Debug, Args)]
struct RecordArgs {
    /// The composed component
    #[arg(value_name = "APP.wasm")]
    app: PathBuf,
    /// The path that is asked for
    #[arg(value_name = "PATH", default_value = "/")]
    target: String,
    /// Where the script goes
    #[arg(short, long, value_name = "FILE", default_value = "recording.toml")]
    out: PathBuf,
    /// The fastly.toml that says what the host has
    #[arg(short = 'C', long, value_name = "FASTLY.toml")]
    config: Option<PathBuf>,
    /// The method of the request
    #[arg(short = 'X', long, value_name = "METHOD", default_value = "GET")]
    method: String,
    /// A header of the request, as `name: value`; repeatable
    #[arg(short = 'H', long, value_name = "HEADER")]
    header: Vec<String>,
    /// The body of the request
    #[arg(short, long, value_name = "TEXT")]
    data: Option<String>,
    /// Leave out nothing but what comes of a secret store
    #[arg(long)]
    full: bool,
    /// The guests, as `composer guests` wrote them: they have the raw world
    #[arg(long, value_name = "DIR", env = "COMPOSER_GUESTS")]
    guests: PathBuf,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
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
        Command::Record(args) => record(&args),
        Command::Replay { file, app, verbose } => replay(&file, &app, verbose),
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

fn record(args: &RecordArgs) -> Result<ExitCode, Box<dyn Error>> {
    let mut request = Request::new(&args.method, &args.target);
    for header in &args.header {
        let parts = header.split_once(':').ok_or_else(|| format!("`{header}` is no header; write `name: value`"))?;
        request = request.header(parts.0.trim(), parts.1.trim());
    }
    if let Some(data) = &args.data {
        request = request.body(data.as_str());
    }
    eprintln!("compiling {} with a recorder around it …", args.app.display());
    let live = Live::start(&args.app, args.config.as_deref(), &args.guests)?;
    let recording = live.ask(&request)?;
    let hidden = if args.full { "what comes of a secret store" } else { "bytes, keys and values" };
    let script = recording.script(&format!("{} {}; {hidden} left out", args.method, args.target), args.full)?;
    fs::write(&args.out, &script).map_err(|error| format!("cannot write {}: {error}", args.out.display()))?;
    recording.logs.iter().for_each(|line| eprintln!("{line}"));
    let (status, bytes) = (recording.response.status(), recording.response.body.len());
    println!("{}: {} raw calls; the app answered {status}, {bytes} bytes", args.out.display(), raw_calls(&script));
    Ok(ExitCode::SUCCESS)
}

/// How many raw calls a script has.
fn raw_calls(script: &str) -> usize {
    script.lines().filter(|line| ["[[raw]]", "[[call.raw]]"].contains(line)).count()
}

fn replay(file: &Path, app: &Path, verbose: bool) -> Result<ExitCode, Box<dyn Error>> {
    let script = replay::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let outcome = replay::replay(&script, &live::read(app)?)?;
    if verbose {
        print!("{}", outcome.transcript);
    }
    match outcome.result {
        Ok(()) => {
            let calls: usize = script.calls.iter().map(|step| step.raw.expected.len()).sum();
            println!("{}: the app asked for what it has, in {calls} raw calls", file.display());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(format!("{}: {error}", file.display()).into()),
    }
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
