//! The server, through its binary and in process, around a component made by hand.

#[path = "serve/refused.rs"]
mod refused_first;
mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use host_test::client::{Request, Response};
use host_test::error::ServeError;
use host_test::process::{Finished, ServeProcess, Signal};
use host_test::server::{Options, Server};
use support::App;

/// Longer than anything here takes on a busy machine, so that only what hangs fails.
const LIMIT: Duration = Duration::from_secs(60);

fn start(app: &App, config: Option<&Path>) -> (ServeProcess, SocketAddr) {
    ServeProcess::start(env!("CARGO_BIN_EXE_serve"), &app.wasm, config, LIMIT).unwrap_or_else(|error| panic!("{error}"))
}

/// Run the binary with arguments that make it end by itself.
fn run(args: &[&str]) -> Finished {
    ServeProcess::spawn(env!("CARGO_BIN_EXE_serve"), args)
        .and_then(|process| process.wait(LIMIT))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Run the binary, and expect that it ends with exactly this line.
fn refused(args: &[&str], line: &str) {
    let finished = run(args);
    assert_eq!(finished.stderr, format!("error: {line}\n"));
    assert_eq!(finished.stdout, "");
    assert_eq!(finished.status.code(), Some(1));
}

fn send(request: Request, addr: SocketAddr) -> Response {
    request.limit(LIMIT).send(addr).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn only_this_machine_is_served() {
    let app = App::new();
    let wasm = app.wasm.display().to_string();
    refused(
        &[&wasm, "--addr", "0.0.0.0:7676"],
        "cannot listen on 0.0.0.0:7676: other machines could reach it; \
         choose a loopback --addr such as 127.0.0.1:7676",
    );
}

#[test]
fn help_tells_the_whole_usage() {
    let finished = run(&["--help"]);
    assert_eq!(finished.status.code(), Some(0));
    for part in ["<OUT.wasm>", "-C, --config", "[default: 127.0.0.1:7676]", "Ctrl-C", "six requests", "88 seconds"] {
        assert!(finished.stdout.contains(part), "{part}: {}", finished.stdout);
    }
}

#[test]
fn the_binary_serves_until_ctrl_c() {
    let app = App::new();
    let (process, addr) = start(&app, None);
    let wasm = app.wasm.display();
    let response = send(Request::post("/echo", "hello"), addr);
    assert_eq!((response.status(), response.text().as_str()), (203, "hello"));

    process.signal(Signal::Interrupt).expect("it gets the signal");
    let finished = process.wait(LIMIT).expect("it ends");
    assert_eq!(
        finished.stderr,
        format!("compiling {wasm} …\nserving {wasm} on http://{addr} (ctrl-c stops)\nstopped\n")
    );
    assert_eq!(finished.status.code(), Some(0));
    TcpListener::bind(addr).expect("the port is free again");
}

#[test]
fn sigterm_stops_it_too_although_a_request_never_ends() {
    let app = App::new();
    let (process, addr) = start(&app, None);
    let request = Request::get("/").header("x-mode", "spin");
    let waiting = std::thread::spawn(move || request.limit(LIMIT).send(addr));
    process.wait_for_stderr("\non stderr\n", LIMIT).unwrap_or_else(|error| panic!("{error}"));
    process.signal(Signal::Terminate).expect("it gets the signal");
    process
        .wait_for_stderr("waiting for 1 request under way, for at most 10 s", LIMIT)
        .unwrap_or_else(|error| panic!("{error}"));
    process.signal(Signal::Terminate).expect("it gets the second signal");
    let finished = process.wait(LIMIT).expect("it ends");
    assert_eq!(finished.status.code(), Some(0), "{}", finished.stderr);
    assert!(finished.stderr.ends_with("\nstopped; 1 request cut off\n"), "{}", finished.stderr);
    assert!(waiting.join().expect("the client ends").is_err());
}

#[test]
fn a_stop_waits_for_requests_under_way_and_no_longer_than_it_says() {
    let app = App::new();
    let mut options = Options::new(&app.wasm);
    options.patience = Duration::from_secs(1);
    let server = Server::start(options).unwrap_or_else(|error| panic!("{error}"));
    let addr = server.addr();
    let spinning = std::thread::spawn(move || Request::get("/").header("x-mode", "spin").limit(LIMIT).send(addr));
    until(|| server.under_way() == 1);
    assert_eq!(server.stop().unwrap_or_else(|error| panic!("{error}")), 1);
    assert!(spinning.join().expect("the client ends").is_err());

    // A body that is slow to come is an answer that is slow to go, and is waited for.
    let mut options = Options::new(&app.wasm);
    options.patience = LIMIT;
    let server = Server::start(options).unwrap_or_else(|error| panic!("{error}"));
    let mut slow = Upload::begin(server.addr());
    until(|| server.under_way() == 1);
    let (watch, stopping) = (server.watch(), std::thread::spawn(|| server.stop()));
    until(|| TcpStream::connect(slow.addr).is_err());
    assert_eq!(watch(), 1);
    assert!(slow.finish().ends_with("all of it"));
    assert_eq!(stopping.join().expect("it stops").unwrap_or_else(|error| panic!("{error}")), 0);
}

#[test]
fn the_first_requests_are_all_answered() {
    let app = App::new();
    for _ in 0..3 {
        let server = Server::start(Options::new(&app.wasm)).unwrap_or_else(|error| panic!("{error}"));
        let addr = server.addr();
        let clients: Vec<_> = (0..8)
            .map(|number| std::thread::spawn(move || send(Request::post("/", format!("body {number}")), addr).text()))
            .collect();
        for (number, client) in clients.into_iter().enumerate() {
            assert_eq!(client.join().expect("an answer"), format!("body {number}"));
        }
        until(|| server.under_way() == 0);
    }
}

/// Wait until something is so.
fn until(is_so: impl Fn() -> bool) {
    let end = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < end, "it does not come to that");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A request whose body comes in two parts.
struct Upload {
    addr: SocketAddr,
    stream: TcpStream,
}

impl Upload {
    fn begin(addr: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(addr).expect("it listens");
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        write!(stream, "POST / HTTP/1.1\r\nhost: {addr}\r\ncontent-length: 9\r\n\r\nall of").expect("it is read");
        Self { addr, stream }
    }

    /// Send the rest, and read the whole answer.
    fn finish(&mut self) -> String {
        let mut answer = String::new();
        self.stream.write_all(b" it").expect("it is read");
        self.stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

#[test]
fn what_the_app_writes_is_printed_as_it_is() {
    let app = App::new();
    let (process, addr) = start(&app, None);
    let response = send(Request::get("/").header("x-mode", "log"), addr);
    assert_eq!(response.status(), 203);
    process
        .wait_for_stderr("\non stderr\n", LIMIT)
        .and_then(|_| process.wait_for_stdout("audit :: one\\ntwo\n", LIMIT))
        .and_then(|_| process.wait_for_stdout("on stdout\n", LIMIT))
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn an_app_that_fails_gives_a_500_and_its_traceback() {
    let app = App::new();
    let (process, addr) = start(&app, None);
    let response = send(Request::get("/").header("x-mode", "fail"), addr);
    assert_eq!(response.status(), 500);
    process
        .wait_for_stderr("\nTraceback:\n  line 1\nValueError: bad\n", LIMIT)
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn an_app_that_traps_gives_a_500_and_its_backtrace() {
    let app = App::new();
    let (process, addr) = start(&app, None);
    let response = send(Request::get("/").header("x-mode", "trap"), addr);
    assert_eq!(response.status(), 500);
    assert!(response.text().contains("unreachable"), "{}", response.text());
    process.wait_for_stderr("wasm `unreachable` instruction executed", LIMIT).unwrap_or_else(|error| panic!("{error}"));
    assert!(process.stderr().contains("\non stderr\n"));
    // The next request is none the worse for it.
    assert_eq!(send(Request::get("/"), addr).status(), 203);
}

#[test]
fn a_request_the_host_gives_up_on_is_one_clear_line() {
    let app = App::new();
    let (process, addr) = ServeProcess::start(env!("CARGO_BIN_EXE_serve"), &app.greedy(), None, LIMIT)
        .unwrap_or_else(|error| panic!("{error}"));
    let answer = Request::get("/").limit(LIMIT).send(addr);
    assert!(answer.is_err(), "{answer:?}");
    let stderr = process
        .wait_for_stderr("error: the host panicked: failed to run guest: ", LIMIT)
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(!stderr.contains("stack backtrace"), "{stderr}");
}

#[test]
fn the_config_reaches_the_app() {
    let app = App::new();
    let config = app.file(
        "fastly.toml",
        "[local_server.config_stores.settings]\n\
         format = \"inline-toml\"\n\
         [local_server.config_stores.settings.contents]\n\
         greeting = \"hello from the store\"\n",
    );
    let (_process, addr) = start(&app, Some(&config));
    let response = send(Request::get("/"), addr);
    assert_eq!(response.head.values("x-greeting"), ["hello from the store"]);
}

#[test]
fn large_requests_arrive_whole() {
    let app = App::new();
    let server = Server::start(Options::new(&app.wasm)).unwrap_or_else(|error| panic!("{error}"));
    let addr = server.addr();

    let target = format!("/{}", "u".repeat(6000));
    let response = send(Request::get(&target), addr);
    assert_eq!(response.head.value("x-uri"), Some(format!("http://{addr}{target}")));
    assert_eq!(response.head.value("x-greeting"), None);

    let long = "v".repeat(9 * 1024);
    let request = Request::get("/")
        .header("X-Many", "b")
        .header("x-other", "between")
        .header("x-many", &long)
        .header("x-MANY", "a, c");
    let response = send(request, addr);
    assert_eq!(response.head.values("x-many"), ["b", &long, "a, c"]);

    let body: Vec<u8> = (0..2 * 1024 * 1024_u32).map(|i| (i % 251) as u8).collect();
    let response = send(Request::post("/", body.clone()), addr);
    assert!(response.body == body, "{} bytes came back", response.body.len());
    let chunks: Vec<_> = body.chunks(100_000).collect();
    let response = send(Request::new("PUT", "/").chunks(chunks), addr);
    assert!(response.body == body, "{} bytes came back", response.body.len());

    let response = send(Request::new("HEAD", "/"), addr);
    assert_eq!((response.status(), response.body.len()), (203, 0));
    server.stop().unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_server_in_process_captures_what_the_app_writes() {
    let app = App::new();
    let server = Server::start(Options::new(&app.wasm).capture()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(server.url(), format!("http://{}", server.addr()));
    send(Request::get("/").header("x-mode", "log"), server.addr());
    send(Request::get("/").header("x-mode", "fail"), server.addr());
    assert!(server.wait_for_logs("ValueError", LIMIT).is_some());
    assert!(server.wait_for_logs("nothing like it", Duration::ZERO).is_none());
    assert_eq!(server.logs_of("audit"), [r"one\ntwo"]);
    assert_eq!(server.logs_of("stdout"), ["on stdout"]);
    assert_eq!(server.logs_of("stderr"), ["on stderr", r"Traceback:\n  line 1\nValueError: bad"]);
}

#[test]
fn a_server_gives_its_port_back_when_it_is_dropped() {
    let app = App::new();
    let options = Options::new(&app.wasm);
    let bound = Server::bind(options.clone()).unwrap_or_else(|error| panic!("{error}"));
    let addr = bound.addr();
    let again = Server::start(options.clone().addr(addr));
    assert!(matches!(again, Err(ServeError::Listen { .. })), "{again:?}");

    drop(bound.start().unwrap_or_else(|error| panic!("{error}")));
    let server = Server::start(options.addr(addr)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(send(Request::get("/"), server.addr()).status(), 203);
}
