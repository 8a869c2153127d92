//! Spans of time as seconds, whatever the host counts in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::facts;

const INVALID: &str = "types.Error.INVALID_ARGUMENT";
const UNSUPPORTED: &str = "types.Error.UNSUPPORTED";

/// What is no span of time at all.
const NEVER: [&str; 5] = ["negative", "nan", "inf", "-inf", "below zero"];

/// What comes of what is never a span of time, of what else is refused, and of what is taken.
fn outcomes(invalid: &str, refused: &[&'static str], taken: &[&'static str]) -> Value {
    let refused = NEVER.iter().chain(refused).map(|name| (*name, invalid));
    json!(refused.chain(taken.iter().map(|name| (*name, "ok"))).collect::<BTreeMap<_, _>>())
}

#[test]
fn what_goes_in_comes_out() {
    let ages =
        [0.0, 0.0, 0.0, 1e-9, 1e-9, 0.333_333_333, 0.1, 0.3, 1.5, 3600.0, 86_400.000_000_001, 1e9, 18_446_744_073.0];
    assert_eq!(facts("/seconds/kept?key=kept"), json!({ "ages": ages }));
}

#[test]
fn an_object_is_as_old_as_it_is_said_to_be() {
    let found = facts("/seconds/aged?key=aged");
    let age = found["age"].as_f64().expect("an age");
    assert!((100.25..160.0).contains(&age), "{age}");
    assert_eq!(found["max age"], json!(3600.0));
}

#[test]
fn what_the_cache_cannot_count_is_refused() {
    let one = outcomes(INVALID, &["too large"], &["least", "precise", "whole"]);
    let wanted = json!({
        "max age": one,
        "initial age": one,
        "edge max age": one,
        "stale": one,
        "constructor": one,
        "set right": [INVALID, "ok"],
    });
    assert_eq!(facts("/seconds/nanoseconds?key=nanoseconds"), wanted);
}

#[test]
fn what_is_no_timeout_is_refused() {
    let timeout = outcomes(INVALID, &["too large"], &["rounded", "whole", "least"]);
    // The host itself refuses less than a second.
    let health = outcomes(INVALID, &["too large", "least"], &["rounded", "whole"]);
    let wanted = json!({
        "connect": timeout,
        "first byte": timeout,
        "between bytes": timeout,
        "http keepalive": timeout,
        "lifetime": timeout,
        "shield first byte": timeout,
        "shield between bytes": timeout,
        "interval": health,
        "timeout": health,
        "select": timeout,
        "lookup": timeout,
        "next request": outcomes(INVALID, &[], &[]),
        "most": { "most": "ok", "nearly": "ok", "more": INVALID },
    });
    assert_eq!(facts("/seconds/milliseconds"), wanted);
}

#[test]
fn what_is_no_whole_second_or_minute_is_refused_where_those_are_counted() {
    let seconds = |invalid| outcomes(invalid, &["too large", "half", "least"], &["whole", "minute", "hour"]);
    let minutes = outcomes(INVALID, &["too large", "half", "least", "whole"], &["minute", "hour"]);
    let wanted = json!({
        "kv": seconds("kv_store.KvError.INVALID_ARGUMENT"),
        "kv async": seconds(INVALID),
        "ttl": seconds(INVALID),
        "stale": seconds(INVALID),
        "tcp interval": seconds(INVALID),
        "tcp time": seconds(INVALID),
        "check rate": minutes,
        "penalty": minutes,
    });
    assert_eq!(facts("/seconds/whole"), wanted);
}

#[test]
fn a_value_lives_as_many_seconds_as_it_was_given() {
    assert_eq!(facts("/seconds/expired"), json!({ "early": true, "late": false }));
}

#[test]
fn a_timeout_takes_its_time() {
    let found = facts("/seconds/waited");
    assert_eq!(found["none"], json!(true));
    assert!(found["took"].as_f64().is_some_and(|took| (0.2..60.0).contains(&took)), "{found}");
    assert!(found["used"].as_f64().is_some_and(|used| (0.0..60.0).contains(&used)), "{found}");
}

/// The host keeps these and does not tell them.
#[test]
fn times_of_a_backend_are_not_told() {
    let getters = [UNSUPPORTED; 6];
    assert_eq!(facts("/seconds/unread"), json!({ "getters": getters }));
}
