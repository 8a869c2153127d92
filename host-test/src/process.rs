//! The `serve` binary as a child process, for tests that must see what only a process has: its
//! exit code, the signals it gets, and the exact bytes of its output streams.
//!
//! Nothing here sleeps and hopes: every wait names what it waits for and has a limit.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::os_reason;

/// How often to ask whether a process has ended; the system offers no wait with a limit.
const POLL: Duration = Duration::from_millis(5);

/// What announces the address, up to the address.
const READY: &str = " on http://";

/// Why a process did not do what a test waits for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// The operating system refused something.
    #[error("cannot {doing}: {}; check that the binary is built", os_reason(source))]
    System {
        /// What was under way.
        doing: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// It did not happen within the limit, or can no longer happen.
    #[error("waited for {awaited} in vain; the process wrote:\n{stderr}")]
    InVain {
        /// What was waited for.
        awaited: String,
        /// Everything the process wrote to its standard error.
        stderr: String,
    },
}

/// How a process ended, and everything it wrote.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
}

/// A signal that asks a process to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// What Ctrl-C sends.
    Interrupt,
    /// What service managers send.
    Terminate,
}

/// A running `serve` process. Dropping it kills it.
#[derive(Debug)]
pub struct ServeProcess {
    child: Child,
    stdout: Output,
    stderr: Output,
}

impl ServeProcess {
    /// Start the binary with these arguments, and wait for nothing.
    pub fn spawn(
        binary: impl AsRef<Path>,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Self, ProcessError> {
        let binary = binary.as_ref();
        let start = |source| ProcessError::System { doing: format!("start {}", binary.display()), source };
        let mut child = Command::new(binary)
            .args(args)
            // Native stacks in the answer to a trap would depend on how the tests were started.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(start)?;
        let stdout = Output::collect(child.stdout.take());
        let stderr = Output::collect(child.stderr.take());
        Ok(Self { child, stdout, stderr })
    }

    /// Serve a component on a free port and wait until it answers.
    ///
    /// The limit covers the compiling, which takes a while for a Python app.
    pub fn start(
        binary: impl AsRef<Path>,
        wasm: &Path,
        config: Option<&Path>,
        limit: Duration,
    ) -> Result<(Self, SocketAddr), ProcessError> {
        let mut args = vec![wasm.as_os_str(), "--addr".as_ref(), "127.0.0.1:0".as_ref()];
        if let Some(config) = config {
            args.extend(["-C".as_ref(), config.as_os_str()]);
        }
        let process = Self::spawn(binary, args)?;
        let addr = process.wait_until_ready(limit)?;
        Ok((process, addr))
    }

    /// Wait until it serves; the address it announces.
    pub fn wait_until_ready(&self, limit: Duration) -> Result<SocketAddr, ProcessError> {
        let written = self.wait_for_stderr("ctrl-c", limit)?;
        written
            .split(READY)
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .and_then(|addr| addr.parse().ok())
            .ok_or_else(|| self.in_vain("an address"))
    }

    /// Wait until its standard error contains this text; everything written there so far.
    pub fn wait_for_stderr(&self, text: &str, limit: Duration) -> Result<String, ProcessError> {
        self.stderr.wait_for(text, limit).ok_or_else(|| self.in_vain(&format!("{text:?} on stderr")))
    }

    /// Wait until its standard output contains this text; everything written there so far.
    pub fn wait_for_stdout(&self, text: &str, limit: Duration) -> Result<String, ProcessError> {
        self.stdout.wait_for(text, limit).ok_or_else(|| self.in_vain(&format!("{text:?} on stdout")))
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to its standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// What it has written to its standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// Ask it to stop.
    pub fn signal(&self, signal: Signal) -> Result<(), ProcessError> {
        let name = match signal {
            Signal::Interrupt => "INT",
            Signal::Terminate => "TERM",
        };
        let send = |source| ProcessError::System { doing: format!("send {name} to the server"), source };
        // The shell's own `kill` is always there, and calling the system's directly is unsafe code.
        let script = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &script]).status().map_err(send)?;
        if status.success() { Ok(()) } else { Err(send(io::Error::other("no such process"))) }
    }

    /// Wait until it has ended by itself.
    pub fn wait(mut self, limit: Duration) -> Result<Finished, ProcessError> {
        let deadline = Instant::now() + limit;
        let status = loop {
            let status = self
                .child
                .try_wait()
                .map_err(|source| ProcessError::System { doing: "wait for the server".to_owned(), source })?;
            if let Some(status) = status {
                break status;
            }
            if Instant::now() > deadline {
                return Err(self.in_vain("the process to end"));
            }
            thread::sleep(POLL);
        };
        Ok(Finished { status, stdout: self.stdout.text_at_end(limit), stderr: self.stderr.text_at_end(limit) })
    }

    fn in_vain(&self, awaited: &str) -> ProcessError {
        ProcessError::InVain { awaited: awaited.to_owned(), stderr: self.stderr() }
    }
}

impl Drop for ServeProcess {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug, Default)]
struct Written {
    bytes: Vec<u8>,
    ended: bool,
}

/// What a process writes to one of its streams, collected by a thread so that it never has to wait.
#[derive(Clone, Debug, Default)]
struct Output {
    shared: Arc<(Mutex<Written>, Condvar)>,
}

impl Output {
    fn collect(stream: Option<impl Read + Send + 'static>) -> Self {
        let output = Self::default();
        let writer = output.clone();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            let mut stream = stream;
            loop {
                // A stream that fails has ended too.
                let read = stream.as_mut().and_then(|stream| stream.read(&mut buffer).ok()).unwrap_or_default();
                let mut written = writer.lock();
                written.bytes.extend(buffer.iter().take(read));
                written.ended = read == 0;
                writer.shared.1.notify_all();
                if written.ended {
                    return;
                }
            }
        });
        output
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.lock().bytes).into_owned()
    }

    fn wait_for(&self, text: &str, limit: Duration) -> Option<String> {
        let found = |written: &Written| String::from_utf8_lossy(&written.bytes).contains(text);
        self.wait_while(limit, |written| !written.ended && !found(written));
        let written = self.text();
        written.contains(text).then_some(written)
    }

    fn text_at_end(&self, limit: Duration) -> String {
        self.wait_while(limit, |written| !written.ended);
        self.text()
    }

    fn wait_while(&self, limit: Duration, waiting: impl Fn(&Written) -> bool) {
        // How it ended is for the caller to look up: there is text to look at either way.
        drop(self.shared.1.wait_timeout_while(self.lock(), limit, |written| waiting(written)));
    }
}
