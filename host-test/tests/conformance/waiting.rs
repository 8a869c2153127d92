//! Waiting for several things at once.

use std::net::TcpListener;

use serde_json::json;

use crate::{CONSUMED, SERVER, facts};

#[test]
fn two_pending_lookups_are_waited_for_together() {
    let wanted = json!({ "first": true, "within": true, "value": "found", "none": true });
    assert_eq!(facts("/waiting/lookups"), wanted);
}

#[test]
fn two_requests_are_under_way_together() {
    let came = |number| {
        let url = SERVER.url();
        format!(r#"/echo/uri?{number} 200 {{"uri": "{url}/echo/uri?{number}"}}"#)
    };
    assert_eq!(facts("/waiting/responses"), json!({ "came": [came(1), came(2)] }));
}

#[test]
fn the_one_that_is_ready_is_selected_by_its_index() {
    // Connections to it succeed, and nobody ever reads from them.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = silent.local_addr().expect("its address");
    let wanted = json!({
        "alone": null,
        "is ready": false,
        "second": 1,
        "first": 0,
        "trivial": 1,
        "nothing": null,
        "lookup": true,
        "still alone": null,
    });
    assert_eq!(facts(&format!("/waiting/silent?silent={addr}")), wanted);
}

#[test]
fn a_list_that_the_host_cannot_take_is_refused() {
    let invalid = "types.Error.INVALID_ARGUMENT";
    let wanted = json!({
        "empty": [invalid, "ok"],
        "one object": [invalid, invalid],
        "one subscribed to twice": [invalid, invalid],
        "different": ["ok", "ok"],
        "used up": [CONSUMED, CONSUMED],
        "still there": 0,
        "body": "x",
    });
    assert_eq!(facts("/waiting/lists"), wanted);
}
