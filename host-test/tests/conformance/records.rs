//! Records instead of tuples and packed texts, enums instead of numbers.

use serde_json::json;

use crate::facts;

const UNSUPPORTED: &str = "types.Error.UNSUPPORTED";

#[test]
fn a_pair_is_a_record() {
    let wanted = json!({
        "type": "ResponseWithBody",
        "fields": [["response", "body"], ["body", "entry"], ["request", "body"]],
        "status": 200,
        "body": true,
        "matched": [200, true],
        "equal": [true, false, true],
        "unpacked": ["TypeError", "Exception", "BaseException", "object"],
    });
    assert_eq!(facts("/records/pairs?key=pairs"), wanted);
}

#[test]
fn a_packed_text_is_a_record() {
    let wanted = json!({
        "remote": { "is_here": false, "target": "http://shield.example/", "ssl_target": "https://shield.example/" },
        "here": { "is_here": true, "target": "", "ssl_target": "" },
        "repr": "Shield(is_here=True, target='', ssl_target='')",
        "equal": [true, false],
        "unknown": "types.Error.INVALID_ARGUMENT",
        "backend": "shield.example",
        "with options": "ok",
        "not a target": "types.Error.INVALID_ARGUMENT",
    });
    assert_eq!(facts("/records/shields"), wanted);
}

#[test]
fn products_are_a_record() {
    let wanted = json!({
        "repr": "Products(domain_inspector=False, image_optimizer=False, origin_inspector=False)",
        "equal": [true, false],
        "asdict": { "domain_inspector": false, "image_optimizer": false, "origin_inspector": false },
    });
    assert_eq!(facts("/records/products"), wanted);
}

/// The host takes versions and does not tell them.
#[test]
fn versions_of_tls_are_an_enum() {
    let members = ["TLS10", "TLS11", "TLS12", "TLS13"];
    let told = json!([true, UNSUPPORTED, UNSUPPORTED]);
    let wanted = json!({
        "versions": { "TLS10": told, "TLS11": told, "TLS12": told, "TLS13": told },
        "members": members,
    });
    assert_eq!(facts("/records/versions"), wanted);
}

/// The host takes both, and does not tell which.
#[test]
fn a_number_of_two_values_is_a_bool() {
    assert_eq!(facts("/records/keepalive"), json!({ "True": UNSUPPORTED, "False": UNSUPPORTED }));
}

/// The host takes every window, and counts nothing.
#[test]
fn windows_of_a_rate_are_enums() {
    let rates = ["ONE_SECOND", "TEN_SECONDS", "ONE_MINUTE"];
    let counts = ["TEN_SECONDS", "TWENTY_SECONDS", "THIRTY_SECONDS", "FORTY_SECONDS", "FIFTY_SECONDS", "ONE_MINUTE"];
    let wanted = json!({
        "rates": [0, 0, 0],
        "counts": [0, 0, 0, 0, 0, 0],
        "checks": [false, false, false],
        "has": false,
        "names": ["counter", "box"],
        "members": [rates.as_slice(), counts.as_slice()],
    });
    assert_eq!(facts("/records/windows"), wanted);
}
