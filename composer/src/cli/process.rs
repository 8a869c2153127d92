//! The one place where other programs are run: to their end, within a limit if there is one, and never beyond ours.

use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use thiserror::Error;

use super::interrupt::{self, Running};

/// How often it is looked whether a limit has begun to count.
const STEP: Duration = Duration::from_millis(50);

/// Why there is no output of a program that ran to its end.
#[derive(Debug, Error)]
pub enum RunError {
    /// It could not be started, or not be read from.
    #[error(transparent)]
    System(#[from] io::Error),
    /// It took too long, and was ended with all that it had started.
    #[error("it was ended after {} seconds", limit.as_secs_f64())]
    TimedOut {
        /// The limit.
        limit: Duration,
        /// What it had printed by then.
        output: Output,
    },
}

/// Runs a program and gives what it printed. It has no standard input.
pub fn run(command: &mut Command, limit: Option<Duration>) -> Result<Output, RunError> {
    run_within(command, limit, || true)
}

/// The same, with a limit that counts from when something has begun.
pub fn run_within(
    command: &mut Command,
    limit: Option<Duration>,
    has_begun: impl Fn() -> bool + Send,
) -> Result<Output, RunError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Running { child, known } = interrupt::spawn(command)?;
    let group = child.id();
    let Some(limit) = limit else { return Ok(child.wait_with_output()?) };
    let (done, is_done) = mpsc::channel::<()>();
    let (output, is_late) = thread::scope(|scope| {
        // Reading what is printed blocks, so the limit is held by somebody else.
        let watch = scope.spawn(move || {
            let is_running = |time| is_done.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            while !has_begun() {
                if !is_running(STEP) {
                    return false;
                }
            }
            let is_late = is_running(limit);
            if is_late {
                interrupt::end_group(group);
            }
            is_late
        });
        let output = child.wait_with_output();
        drop(done);
        (output, watch.join().unwrap_or(false))
    });
    drop(known);
    let output = output?;
    if is_late { Err(RunError::TimedOut { limit, output }) } else { Ok(output) }
}

/// Has a program, and what it starts, put its temporary files into this folder, so that they go when the folder goes.
pub fn keep_in<'c>(command: &'c mut Command, scratch: &Path) -> &'c mut Command {
    ["TMPDIR", "TEMP", "TMP"].into_iter().fold(command, |command, name| command.env(name, scratch))
}
