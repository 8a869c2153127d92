//! What comes in and goes out: URLs, headers, bodies, trailers, and requests to backends.

use host_test::client::Request;
use serde_json::{Value, json};

use crate::{SERVER, answer, assert_same, facts, facts_of, pattern};

const MEGABYTE: usize = 1 << 20;

fn uri(target: &str) -> String {
    format!("{}{target}", SERVER.url())
}

#[test]
fn a_url_of_6000_bytes_comes_back_whole() {
    let target = format!("/echo/uri?{}end", "0123456789".repeat(599));
    assert!(target.len() > 6000);
    assert_eq!(facts(&target), json!({ "uri": uri(&target) }));
}

#[test]
fn a_cookie_of_9_kb_comes_back_whole() {
    let cookie = (0..900).map(|number| format!("c{number:03}=value; ")).collect::<String>() + "last=1";
    assert!(cookie.len() > 9000);
    let request = Request::get("/echo/header?name=cookie").header("cookie", &cookie);
    assert_eq!(facts_of(request), json!({ "value": cookie }));
}

#[test]
fn twelve_repeated_headers_come_back_whole_and_in_order() {
    let values: Vec<String> = (0..12).rev().map(|number| format!("{number}, {}.", "v".repeat(number * 100))).collect();
    let many = values.iter().enumerate().fold(Request::get("/echo/headers?name=x-many"), |request, (at, value)| {
        request.header("X-Many", value).header(&format!("x-other-{at}"), "between")
    });
    assert_eq!(facts_of(many), json!({ "values": values }));
}

#[test]
fn empty_header_values_are_values() {
    let request = Request::get("/echo/headers?name=x-empty").header("x-empty", "").header("x-empty", "a");
    assert_eq!(facts_of(request.header("x-empty", "")), json!({ "values": ["", "a", ""] }));
}

#[test]
fn headers_of_180_kb_come_back_whole_and_in_order() {
    // The host takes no more than 100 headers.
    let values: Vec<String> = (0..90).map(|number| format!("{number:03}{}", "x".repeat(2000))).collect();
    let request = Request::get("/echo/headers?name=x-many");
    let request = values.iter().fold(request, |request, value| request.header("x-many", value));
    assert_eq!(facts_of(request), json!({ "values": values }));
}

#[test]
fn header_names_come_in_the_order_of_the_request() {
    let names = ["x-zebra", "x-apple", "x-mango"];
    let request = names.iter().fold(Request::get("/echo/names"), |request, name| request.header(name, "1"));
    let found = facts_of(request.header("x-apple", "2"));
    let wanted = json!(["host", "x-zebra", "x-apple", "x-mango"]);
    assert_eq!(found["names"], wanted);
    assert_eq!(found["original"], wanted);
}

#[test]
fn every_header_comes_with_each_of_its_values() {
    let request = Request::get("/echo/pairs").header("x-zebra", "1").header("x-apple", "").header("x-zebra", b"\xff");
    let found = facts_of(request);
    let pairs = found["pairs"].as_array().expect("there is a list of pairs");
    assert_eq!(pairs[1..], [json!(["x-zebra", "1"]), json!(["x-zebra", "\u{ff}"]), json!(["x-apple", ""])]);
    assert_eq!((&pairs[0][0], &found["same"]), (&json!("host"), &json!(true)));
}

#[test]
fn as_many_headers_as_the_host_takes_come_in_one_call() {
    let named = |number| (format!("x-{number:02}-{}", "n".repeat(900)), "v".repeat(900));
    let headers: Vec<(String, String)> = (0..90).map(named).collect();
    let request =
        headers.iter().fold(Request::get("/echo/pairs"), |request, (name, value)| request.header(name, value));
    let found = facts_of(request);
    assert_eq!(found["pairs"].as_array().map(|pairs| &pairs[1..]), json!(headers).as_array().map(Vec::as_slice));
    assert_eq!(found["same"], json!(true));
}

#[test]
fn many_header_names_come_back_whole_and_in_order() {
    let names: Vec<String> = (0..90).map(|number| format!("x-{number:02}-{}", "n".repeat(1000))).collect();
    let request = names.iter().fold(Request::get("/echo/names"), |request, name| request.header(name, ""));
    let found = facts_of(request);
    let found: Vec<&str> = found["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!(found[1..], names);
}

#[test]
fn header_bytes_that_are_no_text_pass_both_ways() {
    let bytes = b"\xff\xfe caf\xe9 \x80";
    let response = answer(Request::get("/echo/binary").header("x-bytes", bytes));
    assert_eq!(response.body, bytes);
    let back = response.head.headers.iter().find(|(name, _)| name == "x-bytes-back");
    assert_eq!(back.map(|(_, value)| value.as_slice()), Some(bytes.as_slice()));
}

#[test]
fn response_headers_go_out_in_the_order_they_were_added() {
    let response = answer(Request::get("/echo/reply-names"));
    assert_eq!(response.text(), "x-zebra,x-apple,x-mango 1,3");
    let names = response.head.headers.iter().map(|(name, _)| name.as_str());
    let added: Vec<&str> = names.filter(|name| name.starts_with("x-")).collect();
    assert_eq!(added, ["x-zebra", "x-apple", "x-apple", "x-mango"]);
    assert_eq!(response.head.values("x-apple"), ["1", "3"]);
}

#[test]
fn head_is_answered_without_a_body() {
    let response = answer(Request::new("HEAD", "/echo/method"));
    assert_eq!(response.head.value("x-method").as_deref(), Some("HEAD"));
    assert!(response.body.is_empty());
}

#[test]
fn an_unusual_method_arrives() {
    let response = answer(Request::new("PROPFIND", "/echo/method"));
    assert_eq!(response.head.value("x-method").as_deref(), Some("PROPFIND"));
}

#[test]
fn a_posted_body_of_2_mb_comes_back_whole() {
    let sent = pattern(2 * MEGABYTE + 7);
    assert_same(&answer(Request::post("/echo/body", sent.clone())).body, &sent);
}

#[test]
fn a_chunked_body_of_2_mb_comes_back_whole() {
    let sent = pattern(2 * MEGABYTE + 7);
    let request = Request::new("POST", "/echo/body").chunks(sent.chunks(70_001));
    assert_same(&answer(request).body, &sent);
}

#[test]
fn an_empty_body_is_empty() {
    assert_eq!(answer(Request::post("/echo/body", "")).body, b"");
    assert_eq!(facts_of(Request::post("/echo/length", "")), json!({ "known": 0, "read": 0, "again": 0 }));
    assert_eq!(facts("/echo/length"), json!({ "known": 0, "read": 0, "again": 0 }));
}

#[test]
fn a_length_is_known_where_it_was_announced() {
    let announced = facts_of(Request::post("/echo/length", pattern(5000)));
    assert_eq!(announced, json!({ "known": 5000, "read": 5000, "again": 0 }));
    let chunked = facts_of(Request::new("POST", "/echo/length").chunks([pattern(5000)]));
    assert_eq!(chunked, json!({ "known": null, "read": 5000, "again": 0 }));
}

#[test]
fn a_body_takes_all_that_is_written() {
    let sent = pattern(2 * MEGABYTE + 7);
    let wanted = json!({ "all": null, "nothing": null, "some": 4, "front": null, "same": true });
    assert_eq!(facts_of(Request::post("/echo/written", sent)), wanted);
}

#[test]
fn a_body_is_read_whole_within_a_limit() {
    let too_large = "types.Error.VALUE_TOO_LARGE";
    let wanted = json!({
        "exact": ["ok", ""],
        "more": ["ok", ""],
        // One byte more than the limit is read, to know that there is one.
        "less": [too_large, ""],
        "none": [too_large, "2345"],
        "empty": "",
        "rest": ["12", "345", ""],
    });
    assert_eq!(facts("/echo/limited"), wanted);
}

#[test]
fn trailers_come_once_the_body_was_read() {
    let wanted = json!({
        "early": "http_body.TrailerError.NOT_AVAILABLE_YET",
        "body": "before the trailers",
        "names": ["x-sum", "x-last"],
        "value": "é",
        "values": ["é", "two"],
        "empty": [""],
        "missing": null,
    });
    assert_eq!(facts("/echo/trailers"), wanted);
}

#[test]
fn a_body_passes_through_a_backend_whole() {
    let sent = pattern(MEGABYTE);
    assert_same(&answer(Request::post("/sending/there-and-back", sent.clone())).body, &sent);
}

#[test]
fn a_body_is_written_while_its_request_is_sent() {
    assert_eq!(facts("/sending/streamed"), json!({ "status": 200, "body": "before and after" }));
}

#[test]
fn a_pending_response_goes_downstream_with_a_header_more() {
    let response = answer(Request::get("/sending/pending-downstream"));
    assert_eq!(response.head.value("x-added").as_deref(), Some("yes"));
    let found: Value = serde_json::from_slice(&response.body).expect("the answer is JSON");
    assert_eq!(found, json!({ "uri": uri("/echo/uri?later") }));
}

#[test]
fn a_refused_connection_is_a_record_with_a_kind() {
    // Which kind is for the host to say, and this one has no details of why a backend fails.
    let wanted = json!({
        "kind": "http_req.SendErrorKind.GENERIC_ERROR",
        "record": true,
        "base": "types.Error.GENERIC_ERROR",
        "no rcode": true,
    });
    assert_eq!(facts("/sending/refused"), wanted);
}
