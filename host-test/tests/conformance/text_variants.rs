//! Text where the raw world has bytes: headers, trailers, the log.

use host_test::client::Request;
use serde_json::{Value, json};

use crate::{LIMIT, SERVER, answer, facts, facts_of};

const NOT_TEXT: &str = "types.Error.NOT_TEXT";
/// What this host says of a header value with a line break.
const BROKEN: &str = "types.Error.GENERIC_ERROR";

const LATIN: &[u8] = b"caf\xe9";
const LATIN_HEX: &str = "636166e9";
const UTF8_HEX: &str = "636166c3a9";

/// A header of the client, as its getters have it.
fn header(all: &[&str], text: &str, all_text: &str) -> Value {
    json!({ "bytes": all.first(), "all bytes": all, "text": text, "all text": all_text })
}

#[test]
fn bytes_that_are_no_text_are_refused_as_text_and_there_as_bytes() {
    let request = Request::get("/text-variants/read").header("x-text", "café").header("x-text", "");
    let request = request.header("x-latin", "text").header("x-latin", LATIN);
    let wanted = json!({
        "x-text": header(&[UTF8_HEX, ""], "ok", "ok"),
        // The first value is text; the list has one that is not.
        "x-latin": header(&["74657874", LATIN_HEX], "ok", NOT_TEXT),
        "x-none": header(&[], "ok", "ok"),
        "text": "café",
        "all text": ["café", ""],
        "none": null,
        "all none": [],
    });
    assert_eq!(facts_of(request), wanted);
}

#[test]
fn text_goes_to_the_client_as_utf_8() {
    let response = answer(Request::get("/text-variants/sent"));
    let text = response.text();
    let lines: Vec<&str> = text.lines().collect();
    let wanted = ["café", "['ünlü', 'two']", "ok", NOT_TEXT, r"[b'first', b'caf\xe9', b'']", BROKEN, BROKEN];
    assert_eq!(lines, wanted);
    let sent = |name: &str| -> Vec<Vec<u8>> {
        let headers = response.head.headers.iter().filter(|(other, _)| other == name);
        headers.map(|(_, value)| value.clone()).collect()
    };
    assert_eq!(sent("x-inserted"), ["café".as_bytes()]);
    assert_eq!(sent("x-appended"), [b"first", LATIN, b""].map(<[u8]>::to_vec));
    assert_eq!(sent("x-set"), ["ünlü".as_bytes(), b"two"]);
    assert!(sent("x-broken").is_empty());
}

#[test]
fn text_goes_to_a_backend_as_utf_8() {
    let found = facts("/text-variants/passed-on");
    let received = found["received"].as_str().expect("what the backend answered");
    let received: Value = serde_json::from_str(received).expect("it is JSON");
    assert_eq!(received["x-text"], header(&[UTF8_HEX, "74776f"], "ok", "ok"));
    assert_eq!(received["x-latin"], header(&[LATIN_HEX], NOT_TEXT, NOT_TEXT));
    assert_eq!(received["all text"], json!(["café", "two"]));
    assert_eq!(found["text"], json!(["café", "two"]));
    assert_eq!([&found["latin"], &found["broken"]], [NOT_TEXT, BROKEN]);
}

#[test]
fn text_goes_into_a_response_that_is_to_come() {
    let response = answer(Request::get("/text-variants/pending"));
    let pending = response.head.headers.iter().filter(|(name, _)| name == "x-pending");
    let pending: Vec<&[u8]> = pending.map(|(_, value)| value.as_slice()).collect();
    assert_eq!(pending, ["café".as_bytes(), b"two", LATIN]);
    assert_eq!(response.head.value("x-removed"), None);
}

#[test]
fn trailers_are_text_and_bytes() {
    let wanted = json!({
        "early": "http_body.TrailerError.NOT_AVAILABLE_YET",
        "text": "café",
        "bytes": UTF8_HEX,
        "first": "text",
        "all text": "http_body.TrailerError.NOT_TEXT",
        "all bytes": ["74657874", LATIN_HEX],
        "none": null,
        "all none": [],
    });
    assert_eq!(facts("/text-variants/trailers"), wanted);
}

#[test]
fn the_log_takes_text_and_bytes() {
    assert_eq!(facts("/text-variants/logged?who=somebody"), json!({ "logged": true }));
    for line in ["text_variants :: somebody wrote text é", "text_variants :: somebody wrote bytes é"] {
        assert!(SERVER.wait_for_logs(line, LIMIT).is_some(), "no {line:?} in\n{}", SERVER.logs());
    }
}

#[test]
fn bytes_that_are_always_text_are_text() {
    assert_eq!(facts("/text-variants/always-text"), json!({ "override": "shop.example", "none": null }));
}
