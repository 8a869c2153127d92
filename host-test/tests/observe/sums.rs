//! What lines add up to, held against the clock of the host; and what goes wrong with clocks, logs and requests.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use host_test::apps;
use serde_json::Value;

use crate::apps::{App, SCENES, adds_up, nanos};
use crate::host::{Played, Stage};
use crate::played::{Scene, stage};

/// Both sides of the adapter.
const EVERYTHING: [&str; 6] = ["--profile", "--trace", "--observe", "*", "--observe", "raw:*"];

static CONFORMANCE: LazyLock<App> = LazyLock::new(|| App::build(&apps::fixture("apps/conformance")));

/// How many nanoseconds a call takes where a test says so.
const MILLISECOND: u64 = 1_000_000;

static OBSERVED: LazyLock<Stage> = LazyLock::new(|| stage(&SCENES.compose("everything-played", &EVERYTHING)));

/// What is written to a log endpoint: the profile of few calls.
static LOGGED: LazyLock<Stage> = LazyLock::new(|| {
    stage(&SCENES.compose("logged", &["--profile", "--observe", "config-store.*", "--lines-to", "observer"]))
});

fn play(stage: &Stage, scene: &Scene) -> Played {
    stage.play(scene).unwrap_or_else(|error| panic!("{scene:?}: {error:?}"))
}

#[test]
fn sums_are_those_of_the_hosts_clock() {
    let scene = Scene { each_call: MILLISECOND.cast_signed(), ..Scene::of("/lookups") };
    let played = play(&OBSERVED, &scene);
    let [line, raw] = ["profile", "raw-profile"].map(|kind| {
        let [line] = &played.lines(kind)[..] else { panic!("not one line: {played:?}") };
        line.clone()
    });
    let host = played.calls() as u64 * MILLISECOND;
    assert!(host > 60 * MILLISECOND);
    for line in [&line, &raw] {
        let inside = adds_up(line);
        assert!(inside.abs_diff(host) * 20 <= host, "{inside} and {host}: {line}");
    }
    let of_trace: u64 = played.lines("call").iter().filter(|line| is_raw(line)).map(|line| nanos(line, "us")).sum();
    assert_eq!(of_trace, nanos(&raw, "inside_us"));
}

fn is_raw(line: &Value) -> bool {
    line["function"].as_str().is_some_and(|name| name.starts_with("raw:"))
}

#[test]
fn a_clock_that_goes_back_says_nothing() {
    let scene = Scene { each_call: -5 * MILLISECOND.cast_signed(), ..Scene::of("/lookups") };
    let played = play(&OBSERVED, &scene);
    let lines = played.lines("profile");
    assert_eq!(lines.len(), 1, "{played:?}");
    let of = |field: &str| nanos(&lines[0], field);
    assert_eq!((of("total_us"), of("inside_us"), of("outside_us")), (0, 0, 0), "{}", lines[0]);
}

#[test]
fn requests_of_one_sandbox_are_kept_apart() {
    let scene = Scene { requests: 3, each_call: MILLISECOND.cast_signed(), ..Scene::of("/stores?again") };
    let played = play(&OBSERVED, &scene);
    let lines = played.lines("profile");
    let numbers: Vec<_> = lines.iter().map(|line| line["request"].as_u64()).collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3)], "{played:?}");
    // The next one is asked for when the answer of the one before is out, and waited for between the two.
    let counts = |line: &Value| {
        let calls = line["calls"].as_array().expect("calls").iter();
        calls.map(|call| (call["function"].to_string(), call["count"].to_string())).collect::<BTreeSet<_>>()
    };
    assert_eq!(counts(&lines[0]), counts(&lines[1]));
    assert!(counts(&lines[0]).iter().all(|(name, _)| !name.contains("pending-request.wait")), "{}", lines[0]);
    assert!(lines.iter().all(|line| adds_up(line) > 0));
}

#[test]
fn lines_go_to_a_log_endpoint() {
    let written = |path: &str| {
        let played = play(&LOGGED, &Scene::of(path));
        assert!(played.lines("profile").is_empty(), "{played:?}");
        played.told.iter().filter(|told| told.contains("[method]endpoint.write(") && told.contains("profile")).count()
    };
    assert_eq!(written("/settings"), 1);
    // Where none of the selected functions is called, there is a line all the same.
    assert_eq!(written("/nothing"), 1);
}

#[test]
fn lines_go_to_the_standard_error_where_there_is_no_endpoint() {
    // A host that makes errors up refuses the endpoint sooner or later.
    let play = |seed| play(&LOGGED, &Scene { seed: Some(seed), ..Scene::of("/settings") });
    let refused = (0..400).map(play).find(|played| !played.lines("problem").is_empty());
    let refused = refused.expect("one of the hosts has no such endpoint");
    assert_eq!(refused.lines("problem")[0]["endpoint"], "observer", "{refused:?}");
    assert_eq!(refused.lines("profile").len(), 1, "{refused:?}");
}

#[test]
fn a_hundred_thousand_calls_take_no_more_memory_than_one() {
    let profile = ["--profile", "--observe", "*", "--observe", "raw:*"];
    let memory =
        |component: PathBuf| play(&stage(&component), &Scene { requests: 2, ..Scene::of("/many?again") }).memory;
    let with = memory(SCENES.compose("memory", &profile));
    let without = memory(SCENES.compose("memory-plain", &[]));
    let added = with[0] - without[0];
    assert!(added <= 1 << 20, "the observer has {added} bytes");
    let [with, without] = [&with, &without].map(|memory| memory.last().expect("there were requests") - memory[0]);
    // The files guest, which passes lines on to the host, takes a page when the first one is written.
    assert!(with <= without + 64 * 1024, "with an observer {with} more bytes, and {without} without");
}

/// The conformance app, whatever it is asked and whatever the host answers.
#[test]
fn an_app_sees_no_difference() {
    let plain = stage(&CONFORMANCE.compose("plain", &[]));
    let observed = stage(&CONFORMANCE.compose("observed", &EVERYTHING));
    let mut calls = 0;
    for path in crate::scenes::paths() {
        for seed in [None, Some(1)] {
            let scene = Scene { seed, requests: 2, calls: 3000, ..Scene::of(&path) };
            let [before, after] = [&plain, &observed].map(|stage| play(stage, &scene));
            let told = |played: &Played| played.told.iter().map(|told| without_times(told)).collect::<Vec<_>>();
            assert_eq!(told(&before), told(&after), "{scene:?}");
            assert_eq!(without_times(&before.printed_by_app()), without_times(&after.printed_by_app()), "{scene:?}");
            calls += before.told.len();
        }
    }
    assert!(calls > 1000, "{calls}");
}

/// A text without its numbers that have a point: the observer looks at the clock, too, and the clock goes on with that.
fn without_times(text: &str) -> String {
    let parts = text.split_inclusive(|character: char| !character.is_ascii_digit() && !".e-".contains(character));
    parts
        .map(|part| if part.contains('.') && part.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { part })
        .collect()
}
