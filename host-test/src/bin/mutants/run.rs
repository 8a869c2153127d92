//! Commands with a limit: a mutant may go on for ever.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How a command ended.
pub enum End {
    /// With success.
    Well,
    /// With failure.
    Badly,
    /// Not within the limit.
    Late,
}

/// How a command ended, and all that it wrote, standard output first.
pub struct Ended {
    pub end: End,
    pub text: String,
    pub took: Duration,
}

/// Runs a command to its end, or until the limit.
pub fn run(command: &mut Command, limit: Duration) -> Result<Ended> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    let (sender, receiver) = mpsc::channel();
    drain(child.stdout.take(), 0, sender.clone());
    drain(child.stderr.take(), 1, sender);
    let mut texts = [String::new(), String::new()];
    for _ in 0..texts.len() {
        let Ok((stream, text)) = receiver.recv_timeout(limit.saturating_sub(started.elapsed())) else {
            // It may have ended just now, and then there is nothing to end.
            let _ = child.kill();
            child.wait().context("cannot wait for a command")?;
            return Ok(Ended { end: End::Late, text: texts.concat(), took: started.elapsed() });
        };
        if let Some(place) = texts.get_mut(stream) {
            *place = text;
        }
    }
    let status = child.wait().context("cannot wait for a command")?;
    let end = if status.success() { End::Well } else { End::Badly };
    Ok(Ended { end, text: texts.concat(), took: started.elapsed() })
}

/// Reads a stream to its end, in a thread of its own.
fn drain(from: Option<impl Read + Send + 'static>, stream: usize, to: Sender<(usize, String)>) {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could be read before it failed is what there is to show.
        let _ = from.map(|mut from| from.read_to_end(&mut bytes));
        // Nobody listens any more after the limit.
        let _ = to.send((stream, String::from_utf8_lossy(&bytes).into_owned()));
    });
}
