//! Constructors that cannot fail: the host's own object is made when something needs it.

use host_test::client::Request;
use serde_json::json;

use crate::{CONSUMED, answer, facts};

const UNSUPPORTED: &str = "types.Error.UNSUPPORTED";

#[test]
fn a_method_makes_what_it_is_called_on() {
    let wanted = json!({
        "method": "GET",
        "uri": "/",
        "status": 200,
        "names": [[], []],
        "read": "",
        "length": 0,
        "trailers": "http_body.TrailerError.NOT_AVAILABLE_YET",
        "close": ["ok", "ok", "ok"],
        "client": null,
        "send": "ok",
    });
    assert_eq!(facts("/constructors/receivers"), wanted);
}

#[test]
fn a_call_makes_what_it_is_given() {
    let wanted = json!({
        "appended": "kept",
        "stored": "",
        "inspected": true,
        "cacheable": UNSUPPORTED,
        "sent": 200,
        // The host was given it, and does not give it back.
        "image": UNSUPPORTED,
        "image after": CONSUMED,
    });
    assert_eq!(facts("/constructors/parameters"), wanted);
}

#[test]
fn options_share_what_is_made_later() {
    let wanted = json!({
        "found": true,
        "missed": true,
        "used up": CONSUMED,
        "untouched": "ok",
        "closed before": ["ok", CONSUMED],
    });
    assert_eq!(facts("/constructors/in-options?key=in-options"), wanted);
}

#[test]
fn a_pollable_waits_for_the_body_that_is_written() {
    let wanted = json!({ "ready": [true, 0], "read": "written", "used up": [CONSUMED, CONSUMED] });
    assert_eq!(facts("/constructors/subscribed"), wanted);
}

#[test]
fn what_is_used_up_is_not_made_anew() {
    assert_eq!(facts("/constructors/used-up"), json!({ "touches": [CONSUMED], "count": 15 }));
}

#[test]
fn what_nothing_has_touched_is_an_answer() {
    assert!(answer(Request::get("/constructors/answer")).body.is_empty());
    assert_eq!(answer(Request::get("/constructors/streamed")).text(), "written after");
}

#[test]
fn any_number_can_go_unused() {
    assert_eq!(facts("/constructors/unused"), json!({ "kept": 6000 }));
}
