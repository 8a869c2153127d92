//! `serve`: a composed component on Viceroy, the local host, from the command line.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgAction, Parser};
use host_test::error::ServeError;
use host_test::server::compiling::Compiling;
use host_test::server::{Bound, Options, Server};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Serve a composed component on Viceroy, the local host.
///
/// The component is compiled at each start, which takes a while for a large app: a bar on the terminal shows how far it
/// is. Then it answers every request in a sandbox of its own. Its standard output and error are printed as they are, and each
/// line it logs as `endpoint :: message` on standard output.
///
/// Ctrl-C stops the server: it takes no more requests, waits for those under way, for as long as --patience says, and
/// tells how many it cut off. A second one does not wait.
#[derive(Debug, Parser)]
#[command(name = "serve", version, max_term_width = 100, after_long_help = LIMITS)]
struct Args {
    /// The component, as the build wrote it
    #[arg(value_name = "OUT.wasm")]
    wasm: PathBuf,

    /// The fastly.toml whose `[local_server]` table defines backends, stores and the like
    ///
    /// Files that it names are looked up from the current directory.
    #[arg(short = 'C', long, value_name = "FASTLY.toml")]
    config: Option<PathBuf>,

    /// Where to listen, on this machine only; port 0 takes a free port
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:7676")]
    addr: SocketAddr,

    /// How many seconds the server waits for requests under way when it is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    patience: u32,

    /// Show more of what the host does: -v each request, -vv details, -vvv every call
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
}

/// Where the local host is not like the platform, found by trying.
const LIMITS: &str = "\
Limits of the local host, Viceroy 0.22:
  - A sandbox serves at most six requests, even if the app accepts more.
  - The time to read an upload that has a length grows with the square of its size: 100 MB in
    pieces of 64 KiB took 88 seconds, and 1.7 seconds if sent in chunks. Larger reads help.
  - If two clients append to one key of a KV store at the same time, one of the two may be lost.
  - If a backend resets the connection, or never answers, the error is mostly GENERIC_ERROR.
  - If a sandbox has a key of the cache open for writing and waits for that key, it waits forever.";

fn main() -> ExitCode {
    let args = Args::parse();
    print_host_events(args.verbose);
    print_panics_plainly();
    match serve(args) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A line on standard error. That it cannot be written is no reason to stop serving.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

fn serve(args: Args) -> Result<ExitCode, AnyError> {
    let name = args.wasm.display().to_string();
    let mut options = Options::new(args.wasm).addr(args.addr);
    options.config = args.config;
    options.patience = Duration::from_secs(args.patience.into());
    let patience = args.patience;
    let bound = Server::bind(options)?;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| ServeError::Threads { source })?;
    let code = runtime.block_on(until_stopped(bound, &name, patience));
    // Compiling cannot be interrupted; the end of the process ends it.
    runtime.shutdown_background();
    code
}

/// Compile, serve and stop, minding signals all the while.
async fn until_stopped(bound: Bound, name: &str, patience: u32) -> Result<ExitCode, AnyError> {
    let mut signals = StopSignals::listen().map_err(|error| format!("cannot listen for signals: {error}"))?;

    say(&format!("compiling {name} …"));
    let compiling = Compiling::show(bound.wasm());
    let starting = tokio::task::spawn_blocking(|| bound.start());
    let server = tokio::select! {
        started = starting => started??,
        () = signals.next() => {
            say("stopped before it was ready");
            return Ok(ExitCode::SUCCESS);
        }
    };

    drop(compiling);
    say(&format!("serving {name} on {} (ctrl-c stops)", server.url()));
    signals.next().await;

    let under_way = server.watch();
    if under_way() > 0 {
        let requests = requests(under_way());
        say(&format!("waiting for {requests} under way, for at most {patience} s (ctrl-c again does not wait)"));
    }
    let stopping = tokio::task::spawn_blocking(|| server.stop());
    let cut_off = tokio::select! {
        stopped = stopping => stopped??,
        () = signals.next() => under_way(),
    };
    match cut_off {
        0 => say("stopped"),
        _ => say(&format!("stopped; {} cut off", requests(cut_off))),
    }
    Ok(ExitCode::SUCCESS)
}

fn requests(count: usize) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{count} requests") }
}

/// The signals that ask a server to stop. Once made, none is missed, also between two waits.
struct StopSignals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) {
        // Without a handler there is nothing to wait for, and the system's own one ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Print what the host reports of itself: traps with their WebAssembly backtrace, unknown backends.
fn print_host_events(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let format =
        tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false).with_target(false).without_time();
    tracing_subscriber::registry().with(Targets::new().with_target("viceroy_lib", level)).with(format).init();
}

/// The host panics over a request it cannot even begin, say for a component whose memory is too large
/// from the start: the client gets no answer, and whoever watches the server gets one line.
fn print_panics_plainly() {
    panic::set_hook(Box::new(|panic| {
        let reason = panic.payload_as_str().unwrap_or("unknown reason");
        let place = panic.location().map(ToString::to_string);
        let place = place.as_deref().unwrap_or("unknown place");
        say(&format!("error: the host panicked: {reason} ({place})"));
    }));
}
