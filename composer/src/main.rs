//! The `composer` command line. Errors are one line with their causes, and exit code 1.

mod cli;

use std::panic;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use cli::{args::Cli, interrupt, output, refused::Refused};
use composer::decode;

fn main() -> ExitCode {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !decode::is_guarded() {
            usual(panic);
        }
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) if said.use_stderr() => {
            // Where the standard error cannot be written, the exit code says it all.
            let _ = said.print();
            return ExitCode::from(u8::try_from(said.exit_code()).unwrap_or(1));
        }
        Err(help) => return ended(output::done(help.print())),
    };
    let result = interrupt::watch().context("cannot watch for interrupts").and_then(|()| cli::run(&cli));
    ended(if cli.json { result.or_else(refused_as_json) } else { result })
}

/// Prints what stands in the way of a world as data, which is an error nevertheless.
fn refused_as_json(error: anyhow::Error) -> anyhow::Result<()> {
    let Some(refused) = error.downcast_ref::<Refused>() else { return Err(error) };
    output::print_json(&refused.data())?;
    anyhow::bail!("{}", refused.count())
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
