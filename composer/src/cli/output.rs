//! What a person sees, and what is written.

mod files;

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::{Context, Result};
use composer::visible::{visible, visible_json};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

pub use files::{check_writable, entries, make_folder, write};

/// Prints to the standard output. Whoever reads it may have seen enough, as `head` has.
pub fn print(text: &str) -> Result<()> {
    write_bytes(visible(text).as_bytes())
}

/// Prints as JSON.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
    write_bytes(format!("{}\n", visible_json(&text)).as_bytes())
}

/// Tells a person something on the standard error. Where that cannot be written, nobody is there to be told.
pub fn say(text: impl Display) {
    let text = text.to_string();
    let _ = writeln!(io::stderr(), "{}", visible(&text));
}

fn write_bytes(bytes: &[u8]) -> Result<()> {
    done(io::stdout().write_all(bytes))
}

/// What became of printing to the standard output, once all of it is out.
pub fn done(printed: io::Result<()>) -> Result<()> {
    match printed.and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.context("cannot write to the standard output"),
    }
}

/// A long step: a spinner on a terminal, a plain line elsewhere.
pub struct Step(Option<ProgressBar>);

impl Step {
    pub fn start(message: impl Into<String>) -> Self {
        let message = message.into();
        if !io::stderr().is_terminal() {
            say(message);
            return Self(None);
        }
        let bar = ProgressBar::new_spinner().with_message(visible(&message).into_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A size as people say it.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} KB", bytes / 1000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
