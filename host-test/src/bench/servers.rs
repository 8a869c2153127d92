//! The `serve` command with an app, started once and kept: compiling an app takes a while.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use super::apps::App;
use super::error::BenchError;
use super::load::Page;
use super::sibling;
use crate::process::ServeProcess;

/// How long compiling an app may take.
const LIMIT: Duration = Duration::from_secs(600);

/// A server with an app. It ends when this is dropped.
#[derive(Debug)]
pub struct Served {
    process: ServeProcess,
    app: String,
    addr: SocketAddr,
}

impl Served {
    /// Compiles and serves an app.
    pub fn start(app: &App) -> Result<Self, BenchError> {
        let config = app.config.is_file().then_some(app.config.as_path());
        let (process, addr) = ServeProcess::start(sibling("serve")?, &app.wasm, config, LIMIT)?;
        Ok(Self { process, app: app.name.clone(), addr })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Something to ask it for.
    pub fn page(&self, path: &str) -> Page {
        Page { app: self.app.clone(), addr: self.addr, path: path.to_owned() }
    }

    /// Forgets how much memory it has had. Only Linux can; elsewhere the peak is that of all its time.
    pub fn forget_peak(&self) {
        let _ = fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5");
    }

    /// The processor time that it has taken so far, in nanoseconds, where the system says so.
    pub fn processor_time(&self) -> Option<f64> {
        let ticks: f64 = self.stat()?.iter().skip(11).take(2).sum();
        Some(ticks / ticks_a_second() * 1e9)
    }

    /// How often it has touched a page of memory for the first time, where the system says so.
    pub fn page_faults(&self) -> Option<f64> {
        self.stat()?.get(7).copied()
    }

    /// What the system counts of it: the fields after its name, of which each that is no number is none.
    fn stat(&self) -> Option<Vec<f64>> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        // The name, in brackets, may have anything in it.
        let (_, fields) = stat.rsplit_once(')')?;
        Some(fields.split_whitespace().map(|field| field.parse().unwrap_or(f64::NAN)).collect())
    }

    /// The most memory that it had at once, in bytes, where the system says so.
    pub fn peak(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
    }
}

#[cfg(unix)]
fn ticks_a_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

#[cfg(not(unix))]
fn ticks_a_second() -> f64 {
    100.0
}
