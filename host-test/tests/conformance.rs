//! What the friendly world promises, on the real host: one app with a path for each promise.
//!
//! The app is built once and served once for all tests here, and says facts as JSON; what they ought to
//! be is said here. Where an app could have been ended by what it did, the next request is asked for too.

#[path = "conformance/addresses.rs"]
mod addresses;
#[path = "conformance/constructors.rs"]
mod constructors;
#[path = "conformance/documented.rs"]
mod documented;
#[path = "conformance/errors.rs"]
mod errors;
#[path = "conformance/groups.rs"]
mod groups;
#[path = "conformance/joined.rs"]
mod joined;
#[path = "conformance/misuse.rs"]
mod misuse;
#[path = "conformance/options.rs"]
mod options;
#[path = "conformance/protocols.rs"]
mod protocols;
#[path = "conformance/python.rs"]
mod python;
#[path = "conformance/records.rs"]
mod records;
#[path = "conformance/requests.rs"]
mod requests;
#[path = "conformance/seconds.rs"]
mod seconds;
#[path = "conformance/stores.rs"]
mod stores;
#[path = "conformance/surface.rs"]
mod surface;
#[path = "conformance/table.rs"]
mod table;
#[path = "conformance/text_variants.rs"]
mod text_variants;
#[path = "conformance/waiting.rs"]
mod waiting;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use host_test::apps;
use host_test::client::{Request, Response};
use host_test::server::{Options, Server};
use serde_json::Value;

const APP: &str = "conformance";

/// Longer than anything here takes on a busy machine, so that only what hangs fails.
const LIMIT: Duration = Duration::from_secs(120);

/// What most functions raise when a thing they need is used up.
const CONSUMED: &str = "types.Error.ALREADY_CONSUMED";

static WASM: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(APP);
    fs::create_dir_all(&folder).expect("a folder for the app");
    apps::build(APP, &folder).unwrap_or_else(|error| panic!("{error:?}"))
});

/// The host looks for the files that a config names below the folder it runs in, which is another one here.
static CONFIG: LazyLock<PathBuf> = LazyLock::new(|| {
    let text = fs::read_to_string(apps::config(APP)).expect("the app's fastly.toml");
    let fixtures = apps::fixture("apps").display().to_string();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{APP}.toml"));
    fs::write(&path, text.replace("fixtures/apps", &fixtures)).expect("a place for the config");
    path
});

static SERVER: LazyLock<Server> = LazyLock::new(server);

static OWN_SERVER: LazyLock<Mutex<Server>> = LazyLock::new(|| Mutex::new(server()));

/// A server for one test at a time: no other test's request may come to a sandbox that waits for one.
fn own_server() -> MutexGuard<'static, Server> {
    // It serves on, whatever a test that failed had found.
    OWN_SERVER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn server() -> Server {
    let options = Options::new(&*WASM).config(&*CONFIG).capture();
    Server::start(options).unwrap_or_else(|error| panic!("{error}"))
}

fn send_to(server: &Server, request: Request) -> Response {
    request.limit(LIMIT).send(server.addr()).unwrap_or_else(|error| panic!("{error}\n{}", server.logs()))
}

/// The answer to a request, which must be 200.
fn answer(request: Request) -> Response {
    let response = send_to(&SERVER, request);
    assert_eq!(response.status(), 200, "{}\n{}", response.text(), SERVER.logs());
    response
}

/// The facts in the answer to a request; the app must answer another request after it.
fn facts_of(request: Request) -> Value {
    let facts = facts_in(&answer(request));
    alive();
    facts
}

fn facts_in(response: &Response) -> Value {
    let facts = serde_json::from_slice(&response.body);
    facts.unwrap_or_else(|error| panic!("{error} in {}", response.text()))
}

fn facts(target: &str) -> Value {
    facts_of(Request::get(target))
}

/// The facts that a route told after it had answered.
fn told(path: &str) -> Value {
    let start = format!("{path} {{");
    let logs = SERVER.wait_for_logs(&start, LIMIT);
    assert!(logs.is_some(), "{path} told nothing:\n{}", SERVER.logs());
    let lines = SERVER.logs_of("facts");
    let line = lines.iter().find_map(|line| line.strip_prefix(path)).expect("the line that was waited for");
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
}

fn alive() {
    assert_eq!(answer(Request::get("/alive")).text(), r#"{"alive": true}"#);
}

/// Bytes of which no part repeats soon, so that a piece lost or doubled shows.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at.wrapping_mul(31) ^ (at >> 8) ^ (at >> 16)) as u8).collect()
}

/// Compares large bodies without printing them.
fn assert_same(found: &[u8], wanted: &[u8]) {
    let differ = found.iter().zip(wanted).position(|(found, wanted)| found != wanted);
    assert_eq!((found.len(), differ), (wanted.len(), None));
}
