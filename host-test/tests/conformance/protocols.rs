//! What Python people expect of stores, headers, bodies and the like, in wasm.

use std::collections::BTreeMap;
use std::net::TcpListener;

use host_test::client::{ClientError, Request, Response};
use serde_json::{Value, json};

use crate::{LIMIT, SERVER, alive, answer, facts, facts_of};

#[test]
fn stores_are_mappings_of_what_they_can_be_asked_for() {
    let found = facts("/protocols/lookups");
    for store in ["config", "dictionary"] {
        assert_eq!(found[store], json!(["one", "one", null, "default"]), "{store}");
    }
    assert_eq!(found["secret"], json!(["correct horse", "correct horse", null]));
    assert_eq!(found["in"], json!([true, true, true]));
    assert_eq!(found["not in"], json!([false, false, false, false]));
    assert_eq!(found["absent"], json!(["KeyError: 'none'", "KeyError: 'none'", "KeyError: 'none'"]));
    let refused = found["no key"].as_array().expect("what each raised");
    for (refused, wanted) in refused.iter().zip(["TypeError: ", "TypeError: ", "UnicodeEncodeError: "]) {
        assert!(refused.as_str().is_some_and(|said| said.starts_with(wanted)), "{refused}");
    }
    assert_eq!(found["not iterable"], "TypeError: 'Store' object is not iterable");
    assert_eq!(found["repr"], false);
}

#[test]
fn what_the_host_makes_has_the_methods_and_its_own_calls_are_as_they_were() {
    let wanted = json!({
        "from the host": [true, true],
        "by either name": [true, true],
        "same function": true,
        "headers": true,
        "arguments": [true],
        "classes": ["wit_world.imports.dictionary", "wit_world.imports.secret_store"],
    });
    assert_eq!(facts("/protocols/substituted"), wanted);
}

#[test]
fn a_kv_store_is_written_read_and_listed() {
    let found = facts("/protocols/keys?prefix=protocols/");
    let keys = ["body", "bytearray", "bytes", "file", "lines", "text", "view"];
    assert_eq!(found["keys"], json!(keys));
    assert_eq!(found["by threes"], json!(keys));
    let pages = json!([["body", "bytearray", "bytes", false], ["file", "lines", "text", false], ["view", true]]);
    assert_eq!(found["pages"], pages);
    assert_eq!(found["rest"], json!([3, 1]));
    assert_eq!(found["eventual"], 7);
    let values = json!({
        "body": "6120626f6479", "bytearray": "6172726179", "bytes": "ff00", "lines": "6f66206120746578742066696c65",
        "text": "c3a9", "view": "76696577",
    });
    assert_eq!(found["values"], values);
    assert_eq!(found["file"], true);
    assert_eq!(found["in"], json!([true, false, false]));
    assert_eq!(found["among all"], true);
    assert_eq!(found["get"], json!([null, "default"]));
    assert_eq!(found["absent"], "KeyError: 'none'");
    assert_eq!(found["truth"], true);
    assert_eq!(found["no value"], "TypeError: str or bytes are wanted, not int");
    assert_eq!(found["no len"], "TypeError: object of type 'Store' has no len()");
    assert_eq!(found["entry"], json!(["é", ""]));
    assert_eq!(found["json"], json!({ "is": "JSON" }));
    assert_eq!(found["deleted"], false);
}

#[test]
fn headers_are_a_mapping_with_names_of_any_case() {
    let request = Request::get("/protocols/headers")
        .header("X-One", "1")
        .header("x-two", "a")
        .header("X-TWO", "b")
        .header("x-raw", b"caf\xe9");
    let found = facts_of(request);
    assert_eq!(found["any case"], json!(["1", "1", "1", true]));
    assert_eq!(found["first"], "a");
    assert_eq!(found["all"], json!([["a", "b"], ["a", "b"], [], ["default"]]));
    assert_eq!(found["absent"], json!([null, "default", false, "KeyError: 'none'"]));
    assert_eq!(found["bytes"], json!([r"b'caf\xe9'", "None"]));
    assert_eq!(found["escaped"], true);
    let made = json!([
        ["content-length", "5"],
        ["content-type", "text/plain"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["x-more", "one"],
        ["x-more", "two"],
        ["x-set", "second"],
        ["x-text", "é"],
    ]);
    assert_eq!(found["made"], made);
    assert_eq!(found["copied"], true);
    assert_eq!(found["length"], json!([10, 10, 10, 10, 2]));
    assert_eq!(found["contains"], json!([true, true, false]));
    assert_eq!(found["as a dict"], "a=1");
    assert_eq!(found["equal"], json!([true, false, false, null]));
}

#[test]
fn headers_are_changed_and_removed() {
    let request = Request::get("/protocols/headers").header("x-one", "1").header("x-two", "a").header("x-raw", "r");
    let found = facts_of(request);
    assert_eq!(found["set to a list"], json!(["1", "2"]));
    assert_eq!(found["gone"], json!([false, false, "second", "none left"]));
    assert_eq!(found["default"], json!(["new", "new"]));
    assert_eq!(found["cleared"], json!([0, "Headers([])"]));
    let refused = found["refused"].as_array().expect("what each raised");
    for (refused, wanted) in
        refused.iter().zip(["TypeError: str or bytes", "GenericError: ", "TypeError: ", "TypeError: "])
    {
        assert!(refused.as_str().is_some_and(|said| said.starts_with(wanted)), "{refused}");
    }
}

#[test]
fn an_address_is_taken_as_python_has_it() {
    assert_eq!(facts("/protocols/addresses"), json!({ "object": true, "geo": true, "none": null }));
}

/// The host here counts nothing.
#[test]
fn a_rate_limiter_is_a_counter_and_a_box() {
    let found = facts("/protocols/limits");
    assert_eq!(found["checked"], json!([false, false, false]));
    assert_eq!(found["held back"], json!([false, false, false]));
    assert!(found["half a minute"].as_str().is_some_and(|said| said.starts_with("InvalidArgument: ")), "{found}");
}

#[test]
fn whatever_is_pending_is_waited_for_together() {
    // Connections to it succeed, and nobody ever reads from them.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = silent.local_addr().expect("its address");
    let found = facts(&format!("/protocols/pending?silent={addr}"));
    for is in ["lookup", "body", "pollable", "response"] {
        assert_eq!(found[is], true, "{is}");
    }
    assert_eq!((&found["timeout"], &found["nothing"]), (&Value::Null, &Value::Null));
    assert!(found["none"].as_str().is_some_and(|said| said.starts_with("InvalidArgument: ")), "{found}");
    assert_eq!(found["late"], "TimeoutError: 1 are not ready");
    assert_eq!(found["came"], json!(["PendingLookup", "PendingResponse"]));
    assert_eq!(found["waited"], json!([true, 200]));
}

#[test]
fn records_of_logging_are_events_of_an_endpoint() {
    facts("/protocols/logged?who=somebody");
    assert!(SERVER.wait_for_logs("KeyError: 'somebody'", LIMIT).is_some(), "{}", SERVER.logs());
    let lines = SERVER.logs_of("protocol lines");
    assert!(lines.iter().any(|line| line == "a line of somebody"), "{lines:?}");
    assert!(lines.iter().any(|line| line == r"no UTF-8: \udcff of somebody"), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("it failed")), "{lines:?}");
    assert_eq!(SERVER.logs_of("protocols of WARNING"), ["told of somebody"]);
}

#[test]
fn bodies_are_read_as_files() {
    let found = facts_of(Request::post("/protocols/read", r#"{"a": [1, 2]}"#));
    let wanted = json!({
        "json": { "a": [1, 2] },
        "lines": ["one\n", "two\n", "\n", "last"],
        "text": ["é\n", "ü"],
        "gzip": "packed",
        "left": ["line\n", true, "rest"],
        "empty": ["", "", ""],
        "into": [4, "abcd"],
        "large": 300_000,
        "pieces": [4, 4, 2],
        "kind": [true, false, false, true],
    });
    assert_eq!(found, wanted);
}

#[test]
fn bodies_are_written_as_files() {
    let text = answer(Request::get("/protocols/written")).text();
    let facts = text.strip_prefix("bytes array view one two gathered printed é\n").expect(&text);
    let facts: Value = serde_json::from_str(facts).expect(&text);
    let refused = |kind: &str| format!("TypeError: memoryview: a bytes-like object is required, not '{kind}'");
    let kind = [false, true, false, true];
    assert_eq!(facts, json!([[6, 6, 4], kind, [refused("str"), refused("int")]]));
    alive();
}

#[test]
fn a_body_that_is_left_normally_is_finished() {
    for (path, wanted) in [("finished-with", "a part and the rest"), ("sent-inside", "sent inside")] {
        assert_eq!(answer(Request::get(&format!("/protocols/{path}"))).text(), wanted);
        alive();
    }
}

#[test]
fn a_body_that_is_left_by_an_exception_is_cut_off() {
    for path in ["abandoned-with", "abandoned-file", "abandoned-layers", "lost-file"] {
        let found = cut_off(&format!("/protocols/{path}"));
        assert!(found.is_err(), "{path}: {}", found.map(|response| response.text()).unwrap_or_default());
        alive();
    }
}

#[test]
fn a_body_whose_block_was_left_is_closed() {
    let found = facts("/protocols/touched-again");
    for (how, raised) in found.as_object().expect("what each raised") {
        let raised: Vec<String> = serde_json::from_value(raised.clone()).expect("texts");
        assert_eq!(raised.len(), 3, "{how}");
        assert!(raised.iter().all(|said| said.starts_with("ValueError: ")), "{how}: {raised:?}");
    }
}

fn cut_off(target: &str) -> Result<Response, ClientError> {
    Request::get(target).limit(LIMIT).send(SERVER.addr())
}

#[test]
fn what_is_more_than_a_call_calls_little() {
    let found: BTreeMap<String, Vec<u32>> = serde_json::from_value(facts("/protocols/costs")).expect("counts of each");
    println!("{found:?}");
    for (what, counts) in found {
        let own = counts.first().expect("the bindings' own");
        assert!(counts.iter().all(|count| *count <= own * 2), "{what}: {counts:?}");
    }
}
