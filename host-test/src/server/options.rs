//! What to serve, and how.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Where the lines of log endpoints go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Logs {
    /// To this process's standard output, where the Viceroy command puts them.
    #[default]
    Print,
    /// Into memory, for [`Server::logs`](super::Server::logs).
    Capture,
}

/// What to serve, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The composed component.
    pub wasm: PathBuf,
    /// The `fastly.toml` whose `[local_server]` table is the app's surroundings. Paths inside the
    /// file are relative to this process's current directory: the host resolves them so.
    pub config: Option<PathBuf>,
    /// A loopback address to listen on; port 0 takes a free one.
    pub addr: SocketAddr,
    /// Where the lines of log endpoints go.
    pub logs: Logs,
    /// Whether the app's standard output is a log endpoint too.
    pub log_stdout: bool,
    /// Whether the app's standard error is a log endpoint too.
    pub log_stderr: bool,
    /// How long a stop waits for requests under way.
    pub patience: Duration,
}

impl Options {
    /// Serve `wasm` on a free port of 127.0.0.1, without a `fastly.toml`, printing what it writes.
    pub fn new(wasm: impl Into<PathBuf>) -> Self {
        Self {
            wasm: wasm.into(),
            config: None,
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            logs: Logs::Print,
            log_stdout: false,
            log_stderr: false,
            patience: Duration::from_secs(2),
        }
    }

    /// Take the app's surroundings from this `fastly.toml`.
    #[must_use]
    pub fn config(mut self, path: impl Into<PathBuf>) -> Self {
        self.config = Some(path.into());
        self
    }

    /// Listen here instead.
    #[must_use]
    pub fn addr(mut self, addr: SocketAddr) -> Self {
        self.addr = addr;
        self
    }

    /// Keep log endpoints, stdout and stderr in memory, all three, for [`Server::logs`](super::Server::logs).
    #[must_use]
    pub fn capture(mut self) -> Self {
        self.logs = Logs::Capture;
        self.log_stdout = true;
        self.log_stderr = true;
        self
    }
}
