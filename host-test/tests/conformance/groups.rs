//! Getters in one record, what is absent, and methods that other interfaces have in the raw world.

use host_test::client::Request;
use serde_json::{Value, json};

use crate::{CONSUMED, answer, facts, facts_of, told};

const UNSUPPORTED: &str = "types.Error.UNSUPPORTED";
/// What this host says of a request that did not come from a client.
const NO_CLIENT: &str = "types.Error.GENERIC_ERROR";

#[test]
fn nothing_is_known_of_tls_where_there_is_none() {
    let wanted = json!({
        "tls": {
            "protocol": null,
            "cipher": null,
            "server_name": null,
            "client_hello": null,
            "client_certificate": null,
            "client_certificate_verdict": null,
            "ja3_md5": null,
            "ja4": null,
        },
        "vpn": {
            "is_anonymous": null,
            "is_anonymous_vpn": null,
            "is_hosting_provider": null,
            "is_proxy_over_vpn": null,
            "is_public_proxy": null,
            "is_relay_proxy": null,
            "is_residential_proxy": null,
            "is_smart_dns_proxy": null,
            "is_tor_exit_node": null,
            "is_vpn_datacenter": null,
            "vpn_service_name": null,
        },
        "repr": "TlsInfo",
        "equal": true,
    });
    assert_eq!(facts("/groups/connection"), wanted);
}

/// The host takes it from headers.
fn bot(path: &str, category: &str) -> Value {
    let request = Request::get(path).header("x-fastly-bot-analyzed", "true").header("x-fastly-bot-detected", "true");
    facts_of(request.header("x-fastly-bot-name", "a crawler").header("x-fastly-bot-category", category))
}

#[test]
fn what_is_known_of_a_bot_is_a_record() {
    let known = |category: &str, kind: &str| {
        json!({
            "analyzed": true,
            "detected": true,
            "verified": true,
            "name": "a crawler",
            "category": category,
            "category_kind": kind,
            "is crawler": kind == "BotCategory_AiCrawler()",
            "equal": true,
        })
    };
    let cases = [
        ("ai-crawler", "BotCategory_AiCrawler()"),
        ("none", "BotCategory_None_()"),
        ("headless", "BotCategory_Other(value=14)"),
    ];
    for (category, kind) in cases {
        assert_eq!(bot("/groups/bot", category), known(category, kind));
    }
    let unknown = json!({
        "analyzed": false,
        "detected": false,
        "verified": null,
        "name": null,
        "category": null,
        "category_kind": "None",
        "is crawler": false,
        "equal": true,
    });
    assert_eq!(facts("/groups/bot"), unknown);
}

#[test]
fn a_member_that_fails_fails_the_record() {
    assert_eq!(bot("/groups/unknowable", "no category"), json!({ "bot": "types.Error.GENERIC_ERROR" }));
    assert_eq!(bot("/groups/unknowable", "research"), json!({ "bot": "ok" }));
}

#[test]
fn other_interfaces_ask_a_request_by_its_methods() {
    let found = facts("/groups/methods");
    let names = [
        "tls",
        "bot",
        "vpn_proxy",
        "client_ip_addr",
        "server_ip_addr",
        "original_header_names",
        "original_header_count",
        "client_request_id",
        "client_h2_fingerprint",
        "client_oh_fingerprint",
        "client_ddos_detected",
        "compliance_region",
        "fastly_key_is_valid",
    ];
    let no_client = ["tls", "bot", "original_header_names", "original_header_count", "client_request_id"];
    for name in names {
        assert_eq!(found["client"][name], "ok", "{name}");
        let wanted = if no_client.contains(&name) { NO_CLIENT } else { "ok" };
        assert_eq!(found["made"][name], wanted, "{name}");
    }
    assert_eq!(found["client"].as_object().map(serde_json::Map::len), Some(names.len()));
    assert_eq!(found["used up"], json!([CONSUMED]));
}

#[test]
fn what_they_ask_is_answered() {
    let request = Request::get("/groups/answered").header("X-One", "1").header("X-Two", "2");
    let wanted = json!({
        "names": ["host", "x-one", "x-two"],
        "count": 3,
        "id": 32,
        "ddos": false,
        "key": false,
        "visits": [UNSUPPORTED, UNSUPPORTED],
    });
    assert_eq!(facts_of(request), wanted);
}

#[test]
fn what_is_absent_is_none() {
    let wanted = json!({
        "h2": null,
        "oh": null,
        // So this host calls a region that is none.
        "region": "none",
        "region of a request made here": null,
        "place": null,
        "version 6": null,
    });
    assert_eq!(facts("/groups/absent"), wanted);
}

#[test]
fn what_is_not_cached_has_nothing() {
    let wanted = json!({
        "metadata": null,
        "body": null,
        "part": null,
        "state": true,
        "info": {
            "state": null,
            "length": null,
            "user_metadata": null,
            "age": null,
            "max_age": null,
            "stale_while_revalidate": null,
            "hits": null,
        },
    });
    assert_eq!(facts("/groups/miss?key=never-inserted"), wanted);
}

#[test]
fn what_is_cached_is_known_but_for_what_the_host_does_not_tell() {
    let mut found = facts("/groups/hit?key=hit");
    let age = found["age"].take();
    assert!(age.as_f64().is_some_and(|age| (0.0..60.0).contains(&age)), "{age}");
    let wanted = json!({
        "state": "LookupState.FOUND|USABLE",
        "age": null,
        "metadata": true,
        // Neither how long it may be used stale nor how often it was found.
        "rest": [8, 60.0, null, null],
        "part": "234",
        "closed": [CONSUMED, CONSUMED, CONSUMED],
    });
    assert_eq!(found, wanted);
}

#[test]
fn what_the_host_does_not_have_is_unsupported() {
    let wanted = json!({ "replace": UNSUPPORTED, "lookup": UNSUPPORTED, "cacheable": UNSUPPORTED, "key": UNSUPPORTED });
    assert_eq!(facts("/groups/unsupported"), wanted);
}

#[test]
fn a_response_that_was_to_come_is_used_up() {
    assert_eq!(answer(Request::get("/groups/pending")).text(), r#"{"alive": true}"#);
    let wait = "http_req.SendErrorKind.ALREADY_CONSUMED";
    let wanted = json!({ "late": [CONSUMED, wait, CONSUMED, CONSUMED, CONSUMED] });
    assert_eq!(told("/groups/pending"), wanted);
}
