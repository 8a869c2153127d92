//! Python itself: what it finds where a machine would have files and sockets, and how it fails.

use std::time::{SystemTime, UNIX_EPOCH};

use host_test::client::Request;
use host_test::process::ServeProcess;
use serde_json::{Value, json};

use crate::{CONFIG, LIMIT, SERVER, WASM, alive, answer, facts, send_to};

/// Whether what was raised is a kind of this exception.
fn is_a(raised: &Value, exception: &str) -> bool {
    raised.as_array().is_some_and(|kinds| kinds.contains(&json!(exception)))
}

#[test]
fn sockets_are_an_os_error() {
    let found = facts("/python/sockets");
    for call in ["socket", "datagram", "getaddrinfo", "address", "connect"] {
        assert!(is_a(&found[call], "OSError"), "{call}: {found}");
    }
    assert!(is_a(&found["getaddrinfo"], "gaierror"), "{found}");
}

#[test]
fn files_are_there_to_read_and_tmp_to_write() {
    let found = facts("/python/files");
    for call in ["read", "write", "listdir", "chdir"] {
        assert_eq!(found[call], json!([]), "{call}: {found}");
    }
    for call in ["open", "change", "stat", "mkdir", "unlink", "rename"] {
        assert!(is_a(&found[call], "OSError"), "{call}: {found}");
    }
    assert_eq!(found["exists"], json!(true), "{found}");
}

#[test]
fn modules_are_imported_late_and_early() {
    let found = facts("/python/imports");
    assert!(is_a(&found["unknown"], "ModuleNotFoundError"), "{found}");
    for import in ["late", "package", "early"] {
        assert_eq!(found[import], json!([]), "{import}: {found}");
    }
}

#[test]
fn the_clock_goes_and_no_two_requests_draw_the_same() {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs_f64();
    let (before, one, other, after) = (now(), facts("/python/values"), facts("/python/values"), now());
    for found in [&one, &other] {
        let time = found["time"].as_f64().expect("a time");
        assert!(before - 1.0 <= time && time <= after + 1.0, "{before} {time} {after}");
        assert!(found["slept"].as_f64().is_some_and(|slept| slept >= 0.01), "{found}");
    }
    // The app is a snapshot of one that was started once: what it drew then must not be drawn again.
    for drawn in ["random", "urandom", "uuid4", "system random"] {
        assert_ne!(one[drawn], other[drawn], "{drawn}");
    }
    assert!(one["random"].as_f64().is_some_and(|drawn| (0.0..1.0).contains(&drawn)), "{one}");
    assert_eq!(one["urandom"].as_str().map(str::len), Some(32), "{one}");
}

/// What the host made for the app at build time is not there any more.
#[test]
fn no_handle_of_the_build_is_in_a_sandbox() {
    let makers = facts("/python/drawn")["makers"].clone();
    let makers = makers.as_array().expect("names");
    assert!(makers.len() >= 20, "{makers:?}");
    for name in makers.iter().filter_map(Value::as_str) {
        let found = facts(&format!("/python/again?name={name}"));
        assert_eq!(found["now"], found["at import"], "{name}");
    }
}

#[test]
fn a_generator_that_was_made_at_import_draws_as_it_was_seeded() {
    let (one, other) = (facts("/python/drawn"), facts("/python/drawn"));
    assert_ne!(one["unseeded"], other["unseeded"]);
    assert_eq!(one["seeded"], other["seeded"]);
}

#[test]
fn what_is_printed_arrives() {
    let found = facts("/python/streams?who=tests");
    assert_eq!(found, json!({ "written": "tests wrote to stderr é\n".chars().count(), "stdin": "" }));
    for line in ["stdout :: tests printed é", "tests flushed", "stderr :: tests wrote to stderr é"] {
        assert!(SERVER.wait_for_logs(line, LIMIT).is_some(), "no {line:?} in\n{}", SERVER.logs());
    }
}

fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("no {part:?} where it belongs, in\n{text}"));
        rest = &rest[at + part.len()..];
    }
}

/// The server's own process, because only there is what the app wrote seen to the byte.
#[test]
fn an_uncaught_exception_is_a_500_and_its_whole_traceback() {
    let binary = env!("CARGO_BIN_EXE_serve");
    let started = ServeProcess::start(binary, &WASM, Some(&CONFIG), LIMIT);
    let (process, addr) = started.unwrap_or_else(|error| panic!("{error}"));
    let send = |path| Request::get(path).limit(LIMIT).send(addr).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(send("/crash/uncaught").status(), 500);
    assert_eq!(send("/alive").status(), 200);
    // What the host says of it comes after what the app said.
    let stderr = process.wait_for_stderr("ERROR WebAssembly", LIMIT).unwrap_or_else(|error| panic!("{error}"));
    let traceback = [
        "Traceback (most recent call last):\n",
        "  File \"crashes.py\", line ",
        ", in uncaught\n",
        // The source is in the component.
        "    look_up({})\n",
        ", in look_up\n",
        "KeyError: 'no such key'\n",
        "\nThe above exception was the direct cause of the following exception:\n\n",
        "Traceback (most recent call last):\n",
        "main.py\", line ",
        ", in handle\n",
        ", in serve\n",
        ", in uncaught\n",
        "ValueError: deliberate, é\n",
    ];
    assert_in_order(&stderr, &traceback);
}

#[test]
fn an_uncaught_err_is_a_500_and_its_whole_traceback() {
    assert_eq!(send_to(&SERVER, Request::get("/crash/uncaught-err")).status(), 500);
    alive();
    assert_in_order(&SERVER.logs(), &["Traceback", ", in uncaught_err", "Error.ALREADY_CONSUMED"]);
}

#[test]
fn an_exception_after_the_answer_leaves_the_answer_whole() {
    assert_eq!(answer(Request::get("/crash/after-answer")).text(), "answered before");
    let logs = SERVER.wait_for_logs("deliberate, after the answer", LIMIT).unwrap_or_default();
    assert_in_order(&logs, &["Traceback", ", in after_answer", "RuntimeError", "deliberate"]);
    alive();
}
