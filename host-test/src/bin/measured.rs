//! Runs a command, and prints as JSON what it took: processor time and memory.

use std::env;
use std::process::Command;

use anyhow::{Context, Result};
use host_test::bench::child;

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1);
    let mut command = Command::new(args.next().context("no command was given")?);
    let took = child::run(command.args(args))?;
    println!("{}", serde_json::to_string(&took)?);
    Ok(())
}
