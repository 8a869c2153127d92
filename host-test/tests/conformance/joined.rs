//! Lists that the raw world has as one text: header values, vary rules, surrogate keys.

use host_test::client::Request;
use serde_json::json;

use crate::{answer, facts};

const INVALID: &str = "types.Error.INVALID_ARGUMENT";
const UNSUPPORTED: &str = "types.Error.UNSUPPORTED";

#[test]
fn header_values_are_set_all_at_once() {
    let wanted = json!({
        "bytes": ["b", "", "a", "b"],
        "text": ["one"],
        "NUL": [INVALID, INVALID],
        "line break": "types.Error.GENERIC_ERROR",
        "as it was": ["one"],
        "one that is empty": [""],
        "none": [[], null, false],
    });
    assert_eq!(facts("/joined/values"), wanted);
}

#[test]
fn the_client_gets_one_header_for_each_value() {
    let response = answer(Request::get("/joined/sent"));
    assert_eq!(response.text(), INVALID);
    assert_eq!(response.head.values("x-many"), ["one", "two, three", "", "one", "é"]);
    assert!(response.head.values("x-gone").is_empty());
    let bytes = response.head.headers.iter().filter(|(name, _)| name == "x-bytes");
    assert_eq!(bytes.map(|(_, value)| value.as_slice()).collect::<Vec<_>>(), [b"\xff", b"a"]);
}

#[test]
fn an_object_varies_with_each_header_of_its_rule() {
    let wanted = json!({ "same": true, "first differs": false, "second differs": false });
    assert_eq!(facts("/joined/varying?key=varying"), wanted);
}

#[test]
fn an_object_is_purged_by_each_of_its_keys() {
    let wanted = json!({
        "purged-one": [true, false],
        "purged-two": [true, false],
        "both": INVALID,
        "soft": "ok",
        "verbose": UNSUPPORTED,
        "verbose soft": UNSUPPORTED,
    });
    assert_eq!(facts("/joined/purged?key=purged"), wanted);
}

#[test]
fn what_would_not_come_back_is_refused_and_no_element_is_none() {
    let all = |outcome: &str| json!({ "vary": outcome, "keys": outcome, "override": outcome });
    let wanted = json!({
        "space": all(INVALID),
        "empty element": all(INVALID),
        "no element": all("ok"),
        "two": all("ok"),
    });
    assert_eq!(facts("/joined/refused?key=refused"), wanted);
}
