//! Key-value, config and secret stores, the cache, and the log.

use host_test::apps;
use host_test::client::Request;
use serde_json::json;

use crate::{APP, LIMIT, SERVER, answer, assert_same, facts, facts_of, pattern};

#[test]
fn what_is_missing_is_none() {
    let wanted = json!({
        "lookup": true,
        "lookup_async": true,
        "delete": false,
        "config": true,
        "dictionary": true,
        "secret": true,
        "header": true,
        "headers": true,
    });
    assert_eq!(facts("/stores/missing-key"), wanted);
}

#[test]
fn a_missing_store_raises_a_plain_member_of_an_enum() {
    let refusal = json!({ "exception": true, "enum": true, "identical": true, "hashable": true, "by name": true });
    let found = facts("/stores/missing-store");
    for store in ["kv_store", "config_store", "secret_store", "dictionary", "backend"] {
        assert_eq!(found[store], refusal, "{store}");
    }
}

#[test]
fn metadata_is_read_any_number_of_times() {
    let metadata = r#"{"kind": "métadonnées"}"#;
    let wanted = json!({
        "with": [metadata, metadata, metadata],
        "without": [null, null],
        "value": "value",
        "taken again": true,
        "generations": true,
    });
    assert_eq!(facts("/stores/metadata"), wanted);
}

#[test]
fn a_value_of_2_mb_comes_back_whole() {
    let sent = pattern((2 << 20) + 7);
    assert_same(&answer(Request::post("/stores/large", sent.clone())).body, &sent);
}

#[test]
fn an_insert_that_only_adds_does_not_overwrite() {
    let wanted = json!({
        "first": "ok",
        "again": "kv_store.KvError.PRECONDITION_FAILED",
        "keys": ["listing-one", "listing-two"],
        "awaited": ["listing-one", "listing-two"],
        "page": ["listing-one"],
        "rest": ["listing-two"],
    });
    assert_eq!(facts("/stores/listing?prefix=listing-"), wanted);
}

#[test]
fn an_entry_of_an_access_list_is_text() {
    let wanted = json!({
        "first": { "prefix": "203.0.113.7/32", "action": "ALLOW" },
        "other": { "prefix": "203.0.113.0/24", "action": "BLOCK" },
        "none": null,
    });
    assert_eq!(facts("/stores/listed"), wanted);
}

#[test]
fn a_config_value_of_several_kb_comes_back_whole() {
    let config = std::fs::read_to_string(apps::config(APP)).expect("the app's fastly.toml");
    let config: toml::Table = config.parse().expect("it is TOML");
    let long = &config["local_server"]["config_stores"]["settings"]["contents"]["long"];
    let long = long.as_str().expect("a value of several KB");
    assert!(long.len() > 5000);
    assert_eq!(facts("/stores/config?key=long"), json!({ "config": long, "dictionary": long }));
    assert_eq!(facts("/stores/config?key=short"), json!({ "config": "one", "dictionary": "one" }));
}

#[test]
fn a_secret_is_read_any_number_of_times() {
    let made: String = b"made \xff here".iter().map(|byte| format!("{byte:02x}")).collect();
    let wanted = json!({ "kept": "correct horse", "again": "correct horse", "made": made });
    assert_eq!(facts("/stores/secret"), wanted);
}

#[test]
fn an_address_has_a_place() {
    assert_eq!(facts("/stores/geo"), json!({ "city": "Reykjavík" }));
}

#[test]
fn a_line_goes_to_its_log_endpoint() {
    assert_eq!(facts("/stores/log?who=tests"), json!({ "logged": true }));
    let logs = SERVER.wait_for_logs("visits :: one line of tests", LIMIT);
    assert!(logs.is_some(), "{}", SERVER.logs());
}

#[test]
fn a_cached_object_comes_back_with_its_metadata() {
    let data = pattern(300_000);
    let wanted = json!({
        "before": false,
        "found": true,
        "same body": true,
        "length": data.len(),
        "same metadata": true,
        "same metadata again": true,
        "max age": 3600.0,
        "after": crate::CONSUMED,
        "close again": crate::CONSUMED,
    });
    assert_eq!(facts_of(Request::post("/cache/round-trip?key=round", data)), wanted);
}

/// The host has one thing behind an entry and what it waits for.
#[test]
fn what_an_entry_waits_for_goes_before_it_or_after_it() {
    let wanted = json!({
        "found": true,
        "body": "kept",
        "over": true,
        "after": crate::CONSUMED,
    });
    let mut found = facts("/cache/step?key=step");
    // Whether what is looked up is there already, and so nothing to wait for, only the host knows; the scripts say.
    let mut taken = |name| found.as_object_mut().and_then(|found| found.remove(name)).expect(name);
    let (closed, gone) = (taken("of what was closed"), taken("of what is gone"));
    assert!(closed.is_null() || closed == json!(crate::CONSUMED), "{closed}");
    assert!(gone.is_null() || gone.is_boolean(), "{gone}");
    assert_eq!(found, wanted);
}

#[test]
fn who_looks_up_what_is_not_cached_brings_it() {
    let wanted = json!({
        "must insert": true,
        "streamed back": "brought",
        "wait again": crate::CONSUMED,
        "close again": crate::CONSUMED,
        "write again": crate::CONSUMED,
    });
    assert_eq!(facts("/cache/transaction?key=transaction"), wanted);
}
