//! Viceroy's own host, run in process by the library it is made of.
//!
//! [`Server::start`] does everything; [`Server::bind`] and [`Bound::start`] are its two halves, for
//! a caller that wants to say something before the slow one: compiling a Python app takes a while,
//! the longer the less this crate is optimised, and everything that can be refused at once is refused
//! before it. All of it blocks, so async code has to call it from a thread that may.
//!
//! Share a server between tests where they allow it. Apart from the compiling, each has a clock of
//! the host's that ticks every 50 microseconds, which takes a noticeable part of a processor even
//! while nobody asks for anything.
//!
//! # What the app writes
//!
//! An app writes to its log endpoints, its standard output and its standard error.
//!
//! | | [`Logs::Print`] | [`Logs::Capture`] |
//! | --- | --- | --- |
//! | log endpoints | this process's stdout, `name :: message` | [`Server::logs`], `name :: message` |
//! | stdout, stderr | this process's, byte for byte | this process's, byte for byte |
//!
//! With [`Options::log_stdout`] or [`Options::log_stderr`] (and [`Options::capture`] asks for all of
//! it) the host turns each *write* of that stream into an entry of an endpoint called `stdout` or
//! `stderr`. That is the only way to see the streams inside this process, and it loses something: the
//! last line break of a write is dropped, others become a backslash and an `n`, and a write of
//! nothing but a line break disappears. To check the exact bytes, run the `serve` binary with
//! [`crate::process`] and read its stderr. What the host itself says of a trap (the WebAssembly
//! backtrace) is an event of the `tracing` crate: the binary prints those, and a test in process
//! finds the same text in the body of the 500.

pub mod compiling;
mod options;
mod requests;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hyper::server::conn::AddrIncoming;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use viceroy_lib::config::{FastlyConfig, UnknownImportBehavior};
use viceroy_lib::{ExecuteCtx, ProfilingConfig, WasmFeatures};

use crate::error::{ServeError, config_reason, one_line};
use requests::{Requests, UnderWay};

pub use options::{Logs, Options};

/// How long a stop waits for connections once no request is under way, and then again for the tasks behind them.
///
/// Long enough for the last bytes of an answer, short enough for a person at the keyboard: a
/// browser that holds a connection open without using it makes every stop wait this long.
const GRACE: Duration = Duration::from_secs(2);

/// How often to look whether requests are still under way.
const LOOK: Duration = Duration::from_millis(20);

/// How often to look whether an awaited line was captured.
const POLL: Duration = Duration::from_millis(2);

/// A server that has its port, and whose component is yet to be compiled.
///
/// Connections made now wait, and are answered when it has started.
#[derive(Debug)]
pub struct Bound {
    options: Options,
    config: Option<FastlyConfig>,
    listener: TcpListener,
    addr: SocketAddr,
}

impl Bound {
    /// The address that was taken, with its real port.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The component that it is to serve.
    pub fn wasm(&self) -> &Path {
        &self.options.wasm
    }

    /// Compile the component and begin to answer requests, in threads of the server's own.
    pub fn start(self) -> Result<Server, ServeError> {
        let threads = |source| ServeError::Threads { source };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_name("serve-worker")
            .build()
            .map_err(threads)?;
        let captured = match self.options.logs {
            Logs::Print => None,
            Logs::Capture => Some(Arc::new(Mutex::new(Vec::new()))),
        };
        let under_way = UnderWay::default();
        // The host's caches and the listener attach themselves to the runtime they are made in.
        let server = {
            let _inside = runtime.enter();
            let context = execute_context(&self.options, self.config.as_ref(), captured.clone())?;
            hyper::Server::from_tcp(self.listener)
                .map_err(|error| ServeError::Listen { addr: self.addr, source: io::Error::other(one_line(&error)) })?
                .serve(Requests::new(context, under_way.clone()))
        };
        let (stop, stopped) = oneshot::channel();
        let (patience, counted) = (self.options.patience, under_way.clone());
        let thread = thread::Builder::new()
            .name("serve".to_owned())
            .spawn(move || run(runtime, server, stopped, patience, &counted))
            .map_err(threads)?;
        Ok(Server { addr: self.addr, captured, under_way, stop: Some(stop), thread: Some(thread) })
    }
}

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    captured: Option<Arc<Mutex<Vec<u8>>>>,
    under_way: UnderWay,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<usize, hyper::Error>>>,
}

impl Server {
    /// Check what can be checked at once, take the port, compile, and begin to answer requests.
    pub fn start(options: Options) -> Result<Self, ServeError> {
        Self::bind(options)?.start()
    }

    /// The quick half of [`Server::start`]: check the files and take the port.
    pub fn bind(options: Options) -> Result<Bound, ServeError> {
        let addr = options.addr;
        if !addr.ip().is_loopback() {
            return Err(ServeError::NotLoopback { addr });
        }
        check_component(&options.wasm)?;
        let config = options.config.as_deref().map(load_config).transpose()?;
        let listen = |source| ServeError::Listen { addr, source };
        let listener = TcpListener::bind(addr).map_err(listen)?;
        let addr = listener.local_addr().map_err(listen)?;
        Ok(Bound { options, config, listener, addr })
    }

    /// The address it listens on, with its real port.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The root of what it serves, without a final slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Everything captured so far, one entry a line, each `endpoint :: message`.
    ///
    /// Empty unless [`Options::logs`] is [`Logs::Capture`]. An app may write after it has answered,
    /// so an entry can come later than the response it belongs to.
    pub fn logs(&self) -> String {
        let Some(captured) = &self.captured else {
            return String::new();
        };
        // A writer that panicked half way leaves text that is still worth reading.
        let bytes = captured.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The messages captured so far of one endpoint (`stdout` and `stderr` count as such), in order.
    pub fn logs_of(&self, endpoint: &str) -> Vec<String> {
        let prefix = format!("{endpoint} :: ");
        self.logs().lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    /// Wait until what was captured contains this text; everything captured by then, or nothing if it
    /// did not come within the limit.
    pub fn wait_for_logs(&self, text: &str, limit: Duration) -> Option<String> {
        let deadline = Instant::now() + limit;
        loop {
            let logs = self.logs();
            if logs.contains(text) {
                return Some(logs);
            }
            if Instant::now() > deadline {
                return None;
            }
            thread::sleep(POLL);
        }
    }

    /// How many requests are under way: they came, and their answers are not out yet.
    pub fn under_way(&self) -> usize {
        self.under_way.count()
    }

    /// What tells that, also while the server is being stopped.
    pub fn watch(&self) -> impl Fn() -> usize + Send + use<> {
        let under_way = self.under_way.clone();
        move || under_way.count()
    }

    /// Take no more connections, wait for requests under way for as long as [`Options::patience`] says, and end.
    /// How many of them were cut off.
    pub fn stop(mut self) -> Result<usize, ServeError> {
        self.end()
    }

    fn end(&mut self) -> Result<usize, ServeError> {
        if let Some(stop) = self.stop.take() {
            // It fails when the server has ended already, which is what is wanted.
            let _ = stop.send(());
        }
        let Some(thread) = self.thread.take() else {
            return Ok(0);
        };
        let reason = match thread.join() {
            Ok(Ok(cut_off)) => return Ok(cut_off),
            Ok(Err(error)) => one_line(&error),
            Err(_) => "its thread panicked".to_owned(),
        };
        Err(ServeError::Ended { addr: self.addr, reason })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whoever wants to know how it ended calls `stop`.
        let _ = self.end();
    }
}

/// Serve until asked to stop, or until the asker is gone. How many requests were cut off.
fn run(
    runtime: Runtime,
    server: hyper::Server<AddrIncoming, Requests>,
    stopped: oneshot::Receiver<()>,
    patience: Duration,
    under_way: &UnderWay,
) -> Result<usize, hyper::Error> {
    let outcome = runtime.block_on(async move {
        let (asked, deadline) = oneshot::channel();
        let finished = server.with_graceful_shutdown(async move {
            let _ = stopped.await;
            let _ = asked.send(());
        });
        let overdue = async move {
            let _ = deadline.await;
            let end = Instant::now() + patience;
            while under_way.count() > 0 && Instant::now() < end {
                tokio::time::sleep(LOOK).await;
            }
            let cut_off = under_way.count();
            if cut_off == 0 {
                tokio::time::sleep(GRACE).await;
            }
            cut_off
        };
        tokio::select! {
            outcome = finished => outcome.map(|()| 0),
            cut_off = overdue => Ok(cut_off),
        }
    });
    // Apps still running give way at their next epoch, so even an endless loop ends here.
    runtime.shutdown_timeout(GRACE);
    outcome
}

/// Refuse what is no component before the host gets to it.
///
/// The host does run core modules made for its older interface; one without that interface's entry
/// point would load and then fail every request.
fn check_component(path: &Path) -> Result<(), ServeError> {
    let read = |source| ServeError::ReadWasm { path: path.to_owned(), source };
    let mut header = Vec::new();
    File::open(path).map_err(read)?.take(8).read_to_end(&mut header).map_err(read)?;
    if viceroy_lib::adapt::is_component(&header) {
        Ok(())
    } else if header.starts_with(b"\0asm") {
        Err(ServeError::CoreModule { path: path.to_owned() })
    } else {
        Err(ServeError::NotWasm { path: path.to_owned() })
    }
}

fn load_config(path: &Path) -> Result<FastlyConfig, ServeError> {
    let text = fs::read_to_string(path).map_err(|source| ServeError::ReadConfig { path: path.to_owned(), source })?;
    text.parse().map_err(|error| ServeError::Config { path: path.to_owned(), reason: config_reason(&error, &text) })
}

/// Everything the Viceroy command would set up for these options.
fn execute_context(
    options: &Options,
    config: Option<&FastlyConfig>,
    captured: Option<Arc<Mutex<Vec<u8>>>>,
) -> Result<Arc<ExecuteCtx>, ServeError> {
    let load = |error: viceroy_lib::Error| {
        if matches!(error, viceroy_lib::Error::TlsNoCAAvailable) {
            return ServeError::NoCertificates;
        }
        ServeError::Load { path: options.wasm.clone(), reason: one_line(&error) }
    };
    let mut builder = ExecuteCtx::build(
        &options.wasm,
        ProfilingConfig::None,
        HashSet::new(),
        UnknownImportBehavior::LinkError,
        false,
        WasmFeatures::default(),
    )
    .map_err(load)?
    .with_log_stdout(options.log_stdout)
    .with_log_stderr(options.log_stderr);
    if let Some(captured) = captured {
        let writer: Arc<Mutex<dyn Write + Send>> = captured;
        builder = builder.with_capture_logs(writer);
    }
    if let Some(config) = config {
        builder = builder
            .with_acls(config.acls().clone())
            .with_backends(config.backends().clone())
            .with_device_detection(config.device_detection().clone())
            .with_geolocation(config.geolocation().clone())
            .with_dictionaries(config.dictionaries().clone())
            .with_object_stores(config.object_stores().clone())
            .with_secret_stores(config.secret_stores().clone())
            .with_shielding_sites(config.shielding_sites().clone())
            .with_fake_valid_fastly_keys(config.fake_valid_fastly_keys().clone());
    }
    // The host names this file when an app asks for a backend that nobody defined.
    if let Some(path) = &options.config {
        builder = builder.with_config_path(path.clone());
    }
    builder.finish().map_err(load)
}
