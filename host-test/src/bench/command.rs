//! Commands that a measurement needs: run to their end, and their words kept for when they fail.

use std::process::Command;

use super::error::BenchError;

/// What a command wrote to its standard output.
pub fn output(command: &mut Command) -> Result<String, BenchError> {
    let output = command.output().map_err(|source| BenchError::Start { command: name(command), source })?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        return Err(BenchError::Command { command: name(command), stderr });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command with the first of its arguments: what it is, not all that it was given.
pub fn name(command: &Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let first = command.get_args().next().map(|arg| arg.to_string_lossy().into_owned());
    [Some(program), first].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
