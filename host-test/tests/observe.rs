//! Observed apps on the real host: what the lines say, and that the app sees no difference.

#[path = "observe/apps.rs"]
mod apps;
#[path = "observe/hooks.rs"]
mod hooks;
#[path = "linked/host.rs"]
mod host;
#[path = "observe/played.rs"]
mod played;
#[path = "observe/policy.rs"]
mod policy;
#[path = "linked/scenes.rs"]
mod scenes;
#[path = "observe/sums.rs"]
mod sums;
#[path = "observe/traces.rs"]
mod traces;

use std::fs;

use apps::{EVERYTHING, LIMIT, SCENES, SOME, adds_up, composer, masked, nanos};
use serde_json::{Value, json};

fn call<'l>(line: &'l Value, function: &str) -> &'l Value {
    let calls = line["calls"].as_array().expect("calls are listed");
    calls.iter().find(|call| call["function"] == function).unwrap_or_else(|| panic!("no {function} in {line}"))
}

#[test]
fn a_request_is_a_line() {
    let (_, lines) = EVERYTHING.scene("/settings");
    let line = lines.one("profile");
    assert!(adds_up(line) > 0);
    assert_eq!(masked(line), include_str!("observe/settings.json").trim_end());
}

#[test]
fn without_the_options_nothing_is_added() {
    let built = fs::read(&SCENES.built).expect("it was built");
    let composed = fs::read(SCENES.compose("plain", &[])).expect("it was composed");
    assert!(built == composed);
    for name in ["composer:observer", "\"observed\""] {
        assert!(!built.windows(name.len()).any(|bytes| bytes == name.as_bytes()), "{name}");
    }
}

#[test]
fn the_observer_adds_little() {
    let size = |name: &str, options: &[&str]| fs::metadata(SCENES.compose(name, options)).expect("it is there").len();
    let without = size("size-without", &[]);
    // With a trace, the raw calls behind those have wrappers, too, and names.
    for (options, most) in [(&["--profile"][..], 40 * 1024), (&["--profile", "--trace"], 80 * 1024)] {
        let added = size("size", options) - without;
        println!("{options:?}: {added} bytes");
        assert!(added <= most, "{options:?}: {added} bytes");
    }
}

#[test]
fn functions_and_errors_are_told_apart() {
    let (said, lines) = EVERYTHING.scene("/stores");
    assert_eq!(said, "[True, False, 'NotFound']");
    let line = lines.one("profile");
    adds_up(line);
    let lookup = call(line, "kv-store.store.lookup");
    assert_eq!((&lookup["count"], &lookup["errors"], &lookup["bytes_in"]), (&json!(2), &json!({}), &json!(14)));
    let open = call(line, "kv-store.store.open");
    assert_eq!((&open["count"], &open["errors"], &open["bytes_in"]), (&json!(2), &json!({"not-found": 1}), &json!(12)));
    // Each sandbox counts its requests from one on.
    assert_eq!(line["request"], 1);
}

#[test]
fn a_request_below_the_limit_has_no_line() {
    SOME.get("/nothing");
    let (_, lines) = SOME.scene("/busy");
    assert!(lines.of("profile").iter().all(|line| nanos(line, "total_us") >= 15_000_000));
    let logs = SOME.server.wait_for_logs("ms of them in host calls", LIMIT).expect("there is a block");
    assert!(logs.contains("http-resp.response.send-downstream"), "{logs}");
}

#[test]
fn calls_past_the_adapter_are_observed_and_go_past_it() {
    let (said, lines) = EVERYTHING.scene("/large");
    assert_eq!(said, "100001");
    let (line, raw) = (lines.one("profile"), lines.one("raw-profile"));
    adds_up(raw);
    let write = call(raw, "raw:http-body.write");
    assert_eq!((&write["count"], &write["bytes_in"]), (&json!(3), &json!(100_007)));
    assert_eq!(line["total_us"], raw["total_us"]);
    adds_up(line);
    let write = call(line, "http-body.body.write");
    assert_eq!((&write["count"], &write["bytes_in"]), (&json!(3), &json!(100_007)));
    assert!(nanos(raw, "inside_us") <= nanos(line, "inside_us"), "{raw} {line}");
    let inside = apps::inspect(&SCENES.compose("inspected", &["--profile", "--observe", "http-body.*"]));
    let observed = inside["manifest"]["observed"].as_array().expect("it says what is observed");
    assert!(observed.contains(&json!("http-body.body.write")), "{inside}");
    let bulk = inside["manifest"]["bulk"].as_array().expect("it says what goes past the adapter");
    assert!(bulk.contains(&json!("http-body.body.write")), "{inside}");
}

#[test]
fn only_what_is_selected_is_observed() {
    let (_, lines) = SOME.scene("/busy");
    let line = lines.of("profile")[0];
    adds_up(line);
    let calls = line["calls"].as_array().expect("calls are listed");
    let mut names: Vec<_> = calls.iter().filter_map(|call| call["function"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "http-body.body.constructor",
            "http-req.request.get-uri",
            "http-resp.response.constructor",
            "http-resp.response.send-downstream"
        ]
    );
}

#[test]
fn each_call_is_a_line_of_the_trace() {
    let (_, lines) = EVERYTHING.scene("/stores");
    let lines = lines.of("call");
    let friendly = lines.iter().filter(|line| line["function"].as_str().is_some_and(|name| name.starts_with("kv-")));
    let told: Vec<_> = friendly.map(|line| (&line["function"], &line["outcome"])).collect();
    let expected = [("open", "ok"), ("lookup", "ok"), ("lookup", "ok"), ("open", "not-found")];
    let expected = expected.map(|(name, outcome)| (json!(format!("kv-store.store.{name}")), json!(outcome)));
    assert_eq!(told, expected.iter().map(|(name, outcome)| (name, outcome)).collect::<Vec<_>>());
    let raw = lines.iter().find(|line| line["function"] == "raw:kv-store.store.open").expect("raw calls are told, too");
    assert_eq!((&raw["request"], &raw["outcome"]), (&json!(1), &json!("ok")));
}

#[test]
fn a_hundred_thousand_calls_are_counted() {
    let (_, lines) = SOME.scene("/many");
    let of_it = |line: &&&Value| adds_up(line) > 0 && line["calls"].to_string().contains("get-known-length");
    let lines = lines.of("profile");
    let line = lines.iter().find(of_it).expect("the calls are listed");
    assert_eq!(call(line, "http-body.body.get-known-length")["count"], 100_000);
    assert!(nanos(line, "observer_us") > 0, "{line}");
}

#[test]
fn a_request_that_ends_by_a_trap_leaves_its_trace() {
    let lines = EVERYTHING.crash("/crash");
    let lines = lines.of("call");
    assert!(lines.iter().any(|line| line["function"] == "config-store.store.open"), "{lines:?}");
    assert_eq!(EVERYTHING.scene("/nothing").0, "");
}

#[test]
fn what_selects_nothing_is_refused_or_told() {
    let long = format!("{}*", "kv-store.".repeat(2_000));
    for (options, said) in [
        (&["--profile", "--observe", "kv-stor.*"][..], "--observe `kv-stor.*` matches no function"),
        (&["--profile", "--observe", "kv_store.Store.lookup"], "the nearest are `kv-store.store.lookup`"),
        (&["--profile", "--except", "nothing.*"], "--except `nothing.*` matches no function"),
        (
            &["--profile", "--observe", "raw:kv-store.nothing"],
            "`raw:kv-store.nothing` matches no function of `fastly:compute",
        ),
        (&["--profile", "--observe", "geo.*", "--except", "*"], "--except leaves nothing to observe"),
        (&["--observe", "geo.*"], "nothing is to be done with what is observed"),
        (&["--profile", "--over", "long"], "--over `long` is no time"),
        (&["--profile", "--observe", &long], "matches no function"),
    ] {
        let error = SCENES.refused(options);
        assert!(error.contains(said), "{options:?}: {error}");
        assert!(error.len() < 600, "{error}");
    }
    let out = SCENES.built.with_file_name("warned.wasm");
    let args = ["compose", "--profile", "--observe", "geo.*", "--observe", "http-*", "-o"];
    let args = args.iter().map(Into::into).chain([out.into(), SCENES.app.clone().into()]);
    let warned = composer(args);
    assert!(warned.contains("warning: --observe `geo.*` observes nothing"), "{warned}");
    assert!(!warned.contains("`http-*` observes nothing"), "{warned}");
}

#[test]
fn a_file_says_what_the_options_say() {
    let file = SCENES.built.with_file_name("observe.toml");
    fs::write(&file, "profile = true\nobserve = [\"kv-store.*\"]\nexcept = [\"*.open\"]\n").expect("it is written");
    let by_file = fs::read(SCENES.compose("by-file", &["--observe-file", &file.to_string_lossy()]));
    let by_options =
        fs::read(SCENES.compose("by-options", &["--profile", "--observe", "kv-store.*", "--except", "*.open"]));
    assert_eq!(by_file.expect("it is there"), by_options.expect("it is there"));
}
