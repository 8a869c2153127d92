//! How far the host is with compiling an app, as a bar on a terminal.
//!
//! The engine tells nobody. But its code generator writes a line to the log for each function that it is at, and how many
//! functions a component has can be counted before.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use log::{LevelFilter, Log, Metadata, Record};
use wasmparser::{Parser, Payload};

/// Which part of the engine writes the line, and how it begins: cranelift-codegen 0.133, `machinst/compile.rs`.
const GENERATOR: &str = "cranelift_codegen::machinst::compile";
const EACH: &str = "Number of CLIF instructions to lower";

/// How often the bar is drawn.
const TICK: Duration = Duration::from_millis(100);

/// A bar that is there for as long as this is.
#[derive(Debug)]
pub struct Compiling(Option<ProgressBar>);

impl Compiling {
    /// Shows how far compiling this component is, where somebody looks. A bar that stays empty is no reason to fail.
    pub fn show(component: &Path) -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        // Whoever compiles it says that it cannot be read.
        let bar = ProgressBar::new(fs::read(component).map_or(0, |bytes| functions(&bytes)));
        if let Ok(style) = ProgressStyle::with_template("  {wide_bar} {pos} of {len} functions, {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        count(bar.clone());
        Self(Some(bar))
    }
}

impl Drop for Compiling {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            log::set_max_level(LevelFilter::Off);
            bar.finish_and_clear();
        }
    }
}

/// How many functions all core modules of a component define; those of a damaged one as far as it can be read.
fn functions(component: &[u8]) -> u64 {
    let payloads = Parser::new(0).parse_all(component).map_while(Result::ok);
    let count = |payload| if let Payload::CodeSectionStart { count, .. } = payload { u64::from(count) } else { 0 };
    payloads.map(count).sum()
}

/// Moves a bar on for each function. Where another log is set up already, it stays where it is.
fn count(bar: ProgressBar) {
    let counter = Counter { bar, done: AtomicU64::new(0) };
    if log::set_boxed_logger(Box::new(counter)).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
}

struct Counter {
    bar: ProgressBar,
    done: AtomicU64,
}

impl Log for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == GENERATOR
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) && record.args().to_string().starts_with(EACH) {
            // What the engine makes itself, to get in and out, comes on top.
            let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
            self.bar.set_position(done.min(self.bar.length().unwrap_or(done)));
        }
    }

    fn flush(&self) {}
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;
    use wasmtime::component::Component;

    use super::*;

    #[test]
    fn each_function_moves_the_bar_on() {
        let text = r#"(component
          (core module $a (func (export "a") (result i32) (i32.const 1)) (func (export "b")))
          (core module $b (func (export "c")))
          (core instance (instantiate $a)) (core instance (instantiate $b)))"#;
        let component = wat::parse_str(text).expect("it parses");
        assert_eq!(functions(&component), 3);
        assert_eq!(functions(&component[..9]), 0, "what is damaged is read as far as it goes");

        let bar = ProgressBar::hidden();
        bar.set_length(3);
        count(bar.clone());
        Component::new(&Engine::default(), &component).expect("it compiles");
        assert_eq!(bar.position(), 3);
    }
}
