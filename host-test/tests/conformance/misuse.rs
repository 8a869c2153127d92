//! What is used up, touched once more: each touch raises, and nothing ends the sandbox.

use std::collections::BTreeMap;
use std::time::Instant;

use host_test::client::Request;
use serde_json::{Value, json};

use crate::{CONSUMED, LIMIT, SERVER, alive, answer, facts, own_server, send_to, told};

const KV_CONSUMED: &str = "kv_store.KvError.ALREADY_CONSUMED";
const SEND_CONSUMED: &str = "http_req.SendErrorKind.ALREADY_CONSUMED";
const TRAILER_CONSUMED: &str = "http_body.TrailerError.ALREADY_CONSUMED";

/// Every method of a body that is used up, and what else the route says.
fn touched_body(rest: Value) -> Value {
    let mut touched: BTreeMap<&str, Value> = BTreeMap::new();
    let methods = ["write", "write nothing", "write_some", "write_front", "read", "read_all", "append", "append it"];
    let methods = methods.into_iter().chain(["subscribe", "length", "append_trailer"]);
    touched.extend(methods.map(|method| (method, json!(CONSUMED))));
    touched.extend(["names", "value", "values"].map(|method| (method, json!(TRAILER_CONSUMED))));
    let mut all = json!(touched);
    let rest = rest.as_object().cloned().unwrap_or_default();
    all.as_object_mut().expect("a map is an object").extend(rest);
    all
}

#[test]
fn a_response_sent_twice() {
    assert_eq!(answer(Request::get("/misuse/response-sent-twice")).text(), "first");
    let wanted = json!({
        "send": CONSUMED,
        "stream": CONSUMED,
        "status": CONSUMED,
        "header": CONSUMED,
        "names": CONSUMED,
        "headers": CONSUMED,
        "close": CONSUMED,
        "its body": "second",
        "another raises": true,
    });
    assert_eq!(told("/misuse/response-sent-twice"), wanted);
    alive();
}

#[test]
fn a_request_touched_after_it_was_sent() {
    let wanted = json!({
        "answer": 200,
        "uri": CONSUMED,
        "set uri": CONSUMED,
        "header": CONSUMED,
        "values": CONSUMED,
        "send": SEND_CONSUMED,
        "send_async": CONSUMED,
        "streaming": CONSUMED,
        "bypass": CONSUMED,
        "close": CONSUMED,
        "body": true,
    });
    assert_eq!(facts("/misuse/request-after-send"), wanted);
}

#[test]
fn a_body_closed_twice() {
    assert_eq!(facts("/misuse/body-closed-twice"), touched_body(json!({ "first": "ok", "second": CONSUMED })));
}

#[test]
fn pending_things_awaited_twice() {
    let wanted = json!({
        "insert": ["ok", KV_CONSUMED],
        "lookup": ["ok", KV_CONSUMED],
        "list": ["ok", KV_CONSUMED],
        "delete": ["ok", KV_CONSUMED],
        "response": ["ok", SEND_CONSUMED, CONSUMED, CONSUMED],
    });
    assert_eq!(facts("/misuse/pending-twice"), wanted);
}

#[test]
fn several_misuses_in_one_request_which_then_answers() {
    let wanted = json!({
        "close body": ["ok", CONSUMED],
        "close response": ["ok", CONSUMED, CONSUMED],
        "close request": ["ok", CONSUMED, CONSUMED],
        "append itself": CONSUMED,
        "append closed": CONSUMED,
        "send closed": CONSUMED,
        "kept": "kept",
        "uri": true,
        "close incoming": ["ok", CONSUMED],
        "incoming": CONSUMED,
    });
    assert_eq!(facts("/misuse/several"), wanted);
}

#[test]
fn a_body_appended_to_itself() {
    let wanted = json!({ "append": CONSUMED, "write": 5, "read": "once more", "close": "ok" });
    assert_eq!(facts("/misuse/append-to-itself"), wanted);
}

#[test]
fn a_body_used_after_it_was_sent_downstream() {
    assert_eq!(answer(Request::get("/misuse/body-after-send")).text(), "sent");
    assert_eq!(told("/misuse/body-after-send"), touched_body(json!({ "close": CONSUMED })));
    alive();
}

#[test]
fn a_streamed_response_and_its_body() {
    assert_eq!(answer(Request::get("/misuse/streaming")).text(), "head, middle, tail");
    let wanted = json!({
        "send": CONSUMED,
        "append itself": CONSUMED,
        "write": "middle, ".len(),
        "append": "ok",
        "close": ["ok", CONSUMED],
        "write after": CONSUMED,
    });
    assert_eq!(told("/misuse/streaming"), wanted);
    alive();
}

#[test]
fn a_pollable_of_something_awaited() {
    let wanted = json!({
        "before": 0,
        "status": 200,
        "select": CONSUMED,
        "with timeout": CONSUMED,
        "ready": CONSUMED,
        "among others": CONSUMED,
        "the other": 0,
        "body": CONSUMED,
        "lookup": CONSUMED,
        "subscribe": CONSUMED,
    });
    assert_eq!(facts("/handles/awaited-pollable"), wanted);
}

#[test]
fn things_dropped_in_any_order() {
    let wanted = json!({
        "pollable of a dropped body": true,
        "body of dropped pollables": "x",
        "body of a dropped entry": "value",
        "pollable of a dropped response": 0,
        "send used up": CONSUMED,
    });
    assert_eq!(facts("/handles/dropped"), wanted);
}

#[test]
fn a_response_whose_sending_failed_is_sent_with_another_body() {
    let response = send_to(&SERVER, Request::get("/handles/failed-send"));
    assert_eq!((response.status(), response.text().as_str()), (202, "sent after all"));
    assert_eq!(response.head.value("x-outcomes"), Some(format!("{CONSUMED}, {CONSUMED}")));
    alive();
}

#[test]
fn what_took_part_in_a_call_that_failed_is_as_it_was() {
    let url = SERVER.url();
    let wanted = json!({
        "send": SEND_CONSUMED,
        "send_uncached": SEND_CONSUMED,
        "send_async": CONSUMED,
        "streaming": CONSUMED,
        "insert": KV_CONSUMED,
        "insert_with": KV_CONSUMED,
        "insert_async": CONSUMED,
        "append": CONSUMED,
        "send kept": CONSUMED,
        "nothing inserted": true,
        "status": 200,
        "all of it": format!(r#"kept {{"uri": "{url}/echo/uri?kept"}}"#),
    });
    assert_eq!(facts("/handles/failed-calls"), wanted);
}

#[test]
fn options_are_used_any_number_of_times() {
    let wanted = json!({
        "stored": ["the same", "the same"],
        "lists": [true, true],
        "sent": [200, 200],
        "cached": ["the same", "the same"],
    });
    assert_eq!(facts("/options/reused"), wanted);
}

#[test]
fn options_that_the_host_takes_are_used_up() {
    assert_eq!(facts("/options/used-up"), json!({ "first": "ok", "second": CONSUMED, "set": CONSUMED }));
}

#[test]
fn options_that_hold_a_request_which_was_sent() {
    let wanted = json!({
        "before": "ok",
        "status": 200,
        "lookup": CONSUMED,
        "insert": CONSUMED,
        "transaction": CONSUMED,
        "with another": "ok",
    });
    assert_eq!(facts("/options/holding-sent-request?key=held"), wanted);
}

#[test]
fn a_sandbox_takes_the_next_request_after_misuse() {
    let server = own_server();
    let first = send_to(&server, Request::get("/session"));
    assert_eq!(first.head.value("x-served").as_deref(), Some("1"), "{}", first.text());
    // The sandbox may not wait yet when the next request is there: then that one has a sandbox of its own.
    let deadline = Instant::now() + LIMIT;
    let next = loop {
        let next = send_to(&server, Request::get("/misuse/several"));
        assert_eq!(next.status(), 200, "{}\n{}", next.text(), server.logs());
        if next.head.value("x-served").as_deref() == Some("2") {
            break next;
        }
        assert!(Instant::now() < deadline, "no sandbox took a second request:\n{}", server.logs());
    };
    let misused = format!("ok, {CONSUMED}, {CONSUMED}");
    assert_eq!(next.head.value("x-misused"), Some(misused), "{}", next.text());
    // After this one it does not wait for long, and nobody asks: that is the end, and no error.
    let last = send_to(&server, Request::get("/session/last"));
    assert_eq!(last.head.value("x-served").as_deref(), Some("3"), "{}", last.text());
    let ended = server.wait_for_logs("facts :: /session {\"served\": 3", LIMIT);
    let misused = json!(["ok", CONSUMED, CONSUMED, CONSUMED, CONSUMED]).to_string().replace(',', ", ");
    assert!(ended.is_some_and(|logs| logs.contains(&misused)), "{}", server.logs());
}
