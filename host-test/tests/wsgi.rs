//! WSGI on the real host: what PEP 3333 promises an app and a client, and the example apps of two frameworks.
//!
//! All apps are one component, and the name of the host says which of them is asked.

#[path = "wsgi/examples.rs"]
mod examples;
#[path = "wsgi/reuse.rs"]
mod reuse;
#[path = "wsgi/world.rs"]
mod world;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use host_test::apps;
use host_test::client::{Request, Response};
use serde_json::json;

use world::{SERVER, get, json, open, send, try_send, wait_for};

const PLAIN: &str = "plain";

fn length(response: &Response) -> Option<String> {
    response.head.value("content-length")
}

fn is_chunked(response: &Response) -> bool {
    response.head.value("transfer-encoding").as_deref() == Some("chunked")
}

/// The answer to an app that failed before any of its response was sent.
fn failed(target: &str, said: &str) {
    let response = get(PLAIN, target);
    assert_eq!((response.status(), response.text().as_str()), (500, "Internal Server Error\n"), "{target}");
    assert_eq!(length(&response).as_deref(), Some("22"), "{target}");
    wait_for(said);
}

#[test]
fn what_needs_no_host_holds_without_one() {
    let componentize = std::env::var_os("COMPONENTIZE_PY").expect("run the tests with `just test`");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wsgi");
    let modules = apps::fixture("..").join("adapter/python");
    for tests in ["pure.py", "pure_reuse.py"] {
        let mut python = Command::new(Path::new(&componentize).with_file_name("python3"));
        let output = python.arg("-B").arg(folder.join(tests)).arg(&modules).output().expect("Python runs");
        assert!(output.status.success(), "{tests}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_environ_is_as_the_pep_has_it() {
    let request = Request::new("PATCH", "/a%20b/caf%C3%A9%FF%2F;x?q=%C3%A9&r")
        .header("cookie", "a=1")
        .header("x-many", "1")
        .header("cookie", "b=2; c=3")
        .header("X-Many", "2")
        .header("x-latin", b"caf\xe9")
        .header("x_many", "forged")
        .header("content-type", "text/x-test")
        .body("12345");
    let found = json(&send(PLAIN, request));
    for (key, value) in [
        ("REQUEST_METHOD", json!("PATCH")),
        ("SCRIPT_NAME", json!("")),
        // Each character is a byte.
        ("PATH_INFO", json!("/a b/caf\u{c3}\u{a9}\u{ff}/;x")),
        ("QUERY_STRING", json!("q=%C3%A9&r")),
        ("REQUEST_URI", json!("/a%20b/caf%C3%A9%FF%2F;x?q=%C3%A9&r")),
        ("SERVER_NAME", json!("plain")),
        ("SERVER_PORT", json!("80")),
        ("SERVER_PROTOCOL", json!("HTTP/1.1")),
        ("REMOTE_ADDR", json!("127.0.0.1")),
        ("CONTENT_TYPE", json!("text/x-test")),
        ("CONTENT_LENGTH", json!("5")),
        ("HTTP_HOST", json!("plain")),
        ("HTTP_COOKIE", json!("a=1; b=2; c=3")),
        ("HTTP_X_MANY", json!("1, 2")),
        ("HTTP_X_LATIN", json!("caf\u{e9}")),
        ("wsgi.version", json!([1, 0])),
        ("wsgi.url_scheme", json!("http")),
        ("wsgi.multithread", json!(false)),
        ("wsgi.multiprocess", json!(true)),
        ("wsgi.run_once", json!(true)),
        ("wsgi.input_terminated", json!(true)),
        ("dict", json!(true)),
        ("text", json!(true)),
    ] {
        assert_eq!(found[key], value, "{key}");
    }
    for key in ["HTTPS", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "REMOTE_USER"] {
        assert_eq!(found.get(key), None, "{key}");
    }
    let found = json(&get("plain:8080", "/?"));
    assert_eq!((&found["SERVER_NAME"], &found["SERVER_PORT"]), (&json!("plain"), &json!("8080")));
    assert_eq!((&found["PATH_INFO"], &found["QUERY_STRING"]), (&json!("/"), &json!("")));
    assert_eq!((found.get("CONTENT_LENGTH"), found.get("CONTENT_TYPE")), (None, None));
}

#[test]
fn the_input_is_a_file() {
    let lines = "one\ntwo\n\nlast";
    for (how, wanted) in [
        ("all", json!(13)),
        ("sized", json!(["one\n", "last", ""])),
        ("line", json!(["one\n", "tw", "o\n"])),
        ("lines", json!(["one\n", "two\n", "\n", "last"])),
        ("list", json!(["one\n", "two\n", "\n", "last"])),
        ("none", json!(null)),
    ] {
        let target = format!("/input?{how}");
        let known = json(&send(PLAIN, Request::post(&target, lines)));
        assert_eq!(known, json!(["13", wanted]), "{how}");
        // A short body is measured where the client has not done so, and an app may leave it to itself.
        let chunks = || Request::new("POST", &target).chunks(["one\nt", "wo\n\nlast"]);
        assert_eq!(json(&send(PLAIN, chunks())), known, "{how}");
        assert_eq!(json(&send("unmeasured", chunks())), json!([null, wanted]), "{how}");
    }
    assert_eq!(json(&get(PLAIN, "/input?all")), json!([null, 0]));
    let large = Request::new("POST", "/input?all").chunks(vec![vec![b'x'; 100_000]; 30]);
    assert_eq!(json(&send(PLAIN, large)), json!([null, 3_000_000]));
}

#[test]
fn what_comes_in_goes_out_while_it_comes() {
    let sent: Vec<u8> = (0..2_000_003_u32).map(|at| (at % 251) as u8).collect();
    for request in [Request::post("/echo", sent.clone()), Request::new("POST", "/echo").chunks(sent.chunks(77_777))] {
        let response = send(PLAIN, request);
        assert!(response.body == sent && is_chunked(&response));
    }
}

#[test]
fn a_chunk_is_sent_before_the_next_is_made() {
    let mut stream = open(PLAIN, Request::get("/slow")).expect("a response");
    assert_eq!(stream.next_piece().expect("a piece").as_deref(), Some(b"first".as_slice()));
    let first = Instant::now();
    assert_eq!(stream.next_piece().expect("a piece").as_deref(), Some(b"second".as_slice()));
    // The app waits for a second in between, and a busy machine may take some of it.
    assert!(first.elapsed() > Duration::from_millis(200), "{:?}", first.elapsed());
    assert_eq!(stream.next_piece().expect("the end"), None);
}

#[test]
fn what_is_all_there_is_sent_with_its_length() {
    let response = get(PLAIN, "/all-there");
    assert_eq!((response.text().as_str(), length(&response).as_deref()), ("all there", Some("9")));
    let response = get(PLAIN, "/one-chunk");
    assert_eq!((response.text().as_str(), length(&response).as_deref()), ("12345", Some("5")));
    assert!(!is_chunked(&response));
}

#[test]
fn an_announced_length_is_kept_to() {
    let (few, many) =
        ("the app announced 10 bytes, and 5 of them did not come", "the app announced 10 bytes, and its body has more");
    for (target, said) in [("/announced?1", few), ("/announced?3", many)] {
        let cut_off = try_send(PLAIN, Request::get(target));
        assert!(cut_off.is_err(), "{target}: {cut_off:?}");
        wait_for(&format!("ValueError: {said}"));
        wait_for("closed /announced");
    }
    // Of what is sent at once, nothing is sent.
    failed("/announced?0", "10 of them did not come");
    failed("/announced-whole?0", "10 of them did not come");
    failed("/announced-whole?1", few);
    failed("/announced-whole?3", many);
    for target in ["/announced?2", "/announced-whole?2"] {
        let response = get(PLAIN, target);
        assert_eq!((response.text().as_str(), length(&response).as_deref()), ("1234512345", Some("10")), "{target}");
    }
}

#[test]
fn headers_go_out_as_they_were_given() {
    let response = get(PLAIN, "/headers");
    assert_eq!(response.head.values("set-cookie"), ["a=1", "b=2"]);
    assert_eq!(response.head.values("vary"), ["a", "b"]);
    assert_eq!(response.head.values("x-empty"), [""]);
    assert_eq!(response.head.value("connection"), None);
    wait_for("the header Connection was left out of the response");
    let latin = response.head.headers.iter().find(|(name, _)| name == "x-latin").map(|(_, value)| value.as_slice());
    assert_eq!(latin, Some(b"caf\xe9".as_slice()));
}

#[test]
fn some_responses_have_no_body() {
    for status in [204, 304] {
        let response = get(PLAIN, &format!("/status?{status}"));
        assert_eq!((response.status(), response.body.len()), (status, 0));
        assert!(!is_chunked(&response), "{response:?}");
    }
    assert_eq!(get(PLAIN, "/status?404").text(), "a body");
    for (target, wanted) in [
        ("/all-there", Some("9")),
        ("/announced?2", Some("10")),
        ("/announced?0", Some("10")),
        ("/one-chunk", Some("5")),
        ("/slow", None),
    ] {
        let response = send(PLAIN, Request::new("HEAD", target));
        assert_eq!((response.status(), length(&response).as_deref()), (200, wanted), "{target}");
        assert!(response.body.is_empty(), "{target}");
    }
}

#[test]
fn start_response_writes_replaces_and_refuses() {
    assert_eq!(get(PLAIN, "/write").text(), "one two three four");
    let replaced = get(PLAIN, "/replace");
    assert_eq!((replaced.status(), replaced.text().as_str()), (503, "replaced"));
    assert_eq!(replaced.head.values("x-kept"), ["yes"]);
    let late = try_send(PLAIN, Request::get("/replace-late"));
    assert!(late.is_err(), "{late:?}");
    wait_for("ValueError: too late to replace");
    failed("/twice", "AssertionError: start_response was called before");
    failed("/never", "has not called start_response");
}

#[test]
fn an_exception_is_a_500_and_a_traceback() {
    failed("/early", "in early\\n    raise RuntimeError(\"deliberate, é\")\\nRuntimeError: deliberate, é");
    failed("/first", "RuntimeError: deliberate, before the first chunk");
    wait_for("closed /first");
    failed("/exit", "SystemExit: deliberate");
    failed("/text", "TypeError: a WSGI app's body is bytes, not str");
    failed("/text-later", "TypeError: a WSGI app's body is bytes, not str");
}

#[test]
fn a_head_that_no_host_takes_is_an_exception() {
    for (how, said) in [
        ("status", "'many' is not the status of a response"),
        ("negative", "'-12 Below' is not the status"),
        ("informational", "'100 Continue' is not the status"),
        ("name", "TypeError: a header is two strings, not b'x-bytes' and '1'"),
        ("value", "TypeError: a header is two strings, not 'x-number' and 1"),
        ("unicode", "ValueError: the header x-unicode has 'Ω' in it"),
        ("newline", "the host does not take the header x-line"),
        ("space", "the host does not take the header x y"),
    ] {
        failed(&format!("/bad-head?{how}"), said);
    }
}

#[test]
fn a_response_that_breaks_off_does_not_look_whole() {
    let late = try_send(PLAIN, Request::get("/late"));
    assert!(late.is_err(), "{late:?}");
    wait_for("RuntimeError: deliberate, after the first chunk");
    wait_for("closed /late");
}

#[test]
fn a_client_that_goes_away_ends_the_generator() {
    let mut stream = open(PLAIN, Request::get("/endless")).expect("a response");
    assert!(stream.next_piece().expect("a piece").is_some());
    drop(stream);
    wait_for("closed /endless");
    assert!(!SERVER.logs().contains("ClientGone"), "{}", SERVER.logs());
}

#[test]
fn a_log_that_cannot_be_opened_fails_no_request() {
    // The host keeps this name to itself.
    assert_eq!(get("unlogged", "/early").status(), 500);
    wait_for("the log endpoint 'stdout' does not take this: ");
    assert_eq!(get("unlogged", "/log").status(), 200);
}

#[test]
fn a_host_may_have_a_name_that_is_not_ascii() {
    let response = get("xn--bcher-kva.example", "/url");
    assert_eq!((response.status(), response.text().as_str()), (200, "http://bücher.example/url"));
}

#[test]
fn the_log_has_an_event_a_line() {
    get(PLAIN, "/log");
    wait_for("wsgi :: no end");
    let events = SERVER.logs_of("wsgi");
    for event in ["a line in parts", "two", "lines", "no end"] {
        assert!(events.iter().any(|found| found == event), "{event} in {events:?}");
    }
}
