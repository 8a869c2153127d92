//! A command as a child process, and what it took.
//!
//! What starts as a copy of another process counts as its own the memory that one had. So the bench, which has much,
//! has a small process start the command and say what it took.

use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use wait4::Wait4 as _;

use super::command;
use super::error::BenchError;

/// What a process took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Took {
    /// Processor time of all its threads, and of the system for it, in nanoseconds.
    pub nanoseconds: f64,
    /// The most memory that it had at once, in bytes.
    pub memory: f64,
}

/// What a command takes that `measured`, the small process, runs.
pub fn took(measured: &Path, command: &Command) -> Result<Took, BenchError> {
    let mut outer = Command::new(measured);
    outer.arg(command.get_program()).args(command.get_args());
    outer.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let said = command::output(&mut outer)?;
    serde_json::from_str(&said).map_err(|error| BenchError::Command {
        command: command::name(&outer),
        stderr: format!("it says {said:?}, which is not what something took: {error}"),
    })
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Result<Took, BenchError> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let name = command::name(command);
    let mut child = command.spawn().map_err(|source| BenchError::Start { command: name.clone(), source })?;
    let mut stderr = String::new();
    if let Some(mut pipe) = child.stderr.take() {
        // What is no text is no reason either.
        let _ = std::io::Read::read_to_string(&mut pipe, &mut stderr);
    }
    let used = child.wait4().map_err(|source| BenchError::Start { command: name.clone(), source })?;
    if !used.status.success() {
        return Err(BenchError::Command { command: name, stderr: stderr.trim_end().to_owned() });
    }
    let time = used.rusage.utime + used.rusage.stime;
    Ok(Took { nanoseconds: time.as_nanos() as f64, memory: used.rusage.maxrss as f64 })
}
