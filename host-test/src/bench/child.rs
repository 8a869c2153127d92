//! A command as a child process, and what it took.

use std::process::{Command, Stdio};

use wait4::Wait4 as _;

use super::command;
use super::error::BenchError;

/// What a process took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Took {
    /// Processor time of all its threads, and of the system for it, in nanoseconds.
    pub nanoseconds: f64,
    /// The most memory that it had at once, in bytes.
    pub memory: f64,
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
