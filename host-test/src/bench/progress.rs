//! Says what is being measured: a bar on a terminal, a plain line elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far a run is.
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of that many measurements.
    pub fn new(count: usize) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let bar = ProgressBar::new(count as u64);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar: Some(bar) }
    }

    /// The next measurement begins.
    pub fn begin(&self, title: &str) {
        match &self.bar {
            Some(bar) => {
                bar.inc(1);
                bar.set_message(title.to_owned());
            }
            None => eprintln!("measuring {title}"),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
