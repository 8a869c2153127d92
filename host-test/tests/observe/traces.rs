//! What lines of calls say: values, spans, and what the host said where the app was told something else.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::apps::SCENES;
use crate::host::Stage;
use crate::played::{Scene, play, stage};

/// Every call has a line, and those have values that a pattern asks for which may be shown, and one that is named.
static VALUES: LazyLock<Stage> = LazyLock::new(|| {
    let options = ["--trace", "--observe", "*", "--observe", "raw:*", "--trace-values", "*", "--trace-values", "raw:*"];
    stage(&SCENES.compose("values", &[&options[..], &["--trace-values", "http-body.body.write"]].concat()))
});

fn calls(path: &str) -> Vec<Value> {
    VALUES.play(&Scene::of(path)).expect("it is played").lines("call")
}

fn of<'l>(lines: &'l [Value], function: &str) -> &'l Value {
    lines.iter().find(|line| line["function"] == function).unwrap_or_else(|| panic!("no {function} in {lines:#?}"))
}

#[test]
fn values_are_written_where_a_pattern_asks_for_them() {
    let lines = calls("/settings");
    let open = of(&lines, "config-store.store.open");
    assert_eq!(open["arguments"], "(\"settings\")");
    let handle = open["answer"].as_str().and_then(|answer| answer.strip_prefix("ok(")?.strip_suffix(')'));
    let get = of(&lines, "config-store.store.get");
    assert_eq!(get["arguments"], format!("({}, \"greeting\")", handle.expect("it is a handle")));
    assert_eq!(get["answer"], "ok(none)");
    let raw = of(&lines, "raw:config-store.store.get");
    assert!(
        raw["arguments"].as_str().is_some_and(|text| text.ends_with("\"greeting\", 18446744073709551615)")),
        "{raw}"
    );
    let uri = of(&lines, "http-req.request.get-uri");
    assert_eq!(uri["answer"], "ok(\"http://observed.test/settings\")");
    // Where nothing failed, there is nothing that the host said besides.
    assert!(lines.iter().all(|line| line.get("raw").is_none()), "{lines:#?}");
}

#[test]
fn what_is_private_is_written_where_it_is_named() {
    let lines = calls("/stores");
    assert!(of(&lines, "kv-store.store.lookup").get("arguments").is_none(), "{lines:#?}");
    let written = of(&lines, "http-body.body.write");
    assert!(written["arguments"].as_str().is_some_and(|text| text.contains(", [91, 70, 97,")), "{written}");
    for (pattern, said) in
        [("secret-store.secret.plaintext", "its values are secret"), ("geo.lokup", "the nearest are `geo.lookup`")]
    {
        let error = SCENES.refused(&["--trace", "--trace-values", pattern]);
        assert!(error.contains(said), "{error}");
    }
    let error = SCENES.refused(&["--trace", "--observe", "geo.*", "--trace-values", "acl.acl.lookup"]);
    assert!(error.contains("is of a function that is not observed"), "{error}");
}

#[test]
fn values_are_cut_where_they_are_long() {
    let lines = calls("/large");
    let write = of(&lines, "http-body.body.write");
    let written = write["arguments"].as_str().expect("it is text");
    assert!(written.contains("120, 120, 120") && written.len() <= 503, "{} {written}", written.len());
}

#[test]
fn what_the_host_said_is_in_the_line() {
    // A host that makes its answers up fails sooner or later, and the app is told an error of its own.
    let scene = |seed| Scene { seed: Some(seed), ..Scene::of("/stores") };
    let played = (0..200).map(|seed| VALUES.play(&scene(seed)).expect("it is played"));
    let line = played.flat_map(|played| played.lines("call")).find(|line| {
        line["function"] == "kv-store.store.lookup" && line["outcome"] != "ok" && line.get("raw").is_some()
    });
    let line = line.expect("a lookup fails");
    assert!(line["raw"]["function"].as_str().is_some_and(|name| name.starts_with("raw:")), "{line}");
    assert!(line["raw"]["error"].is_string(), "{line}");
}

/// The spans that a program of the published schema finds in lines.
fn spans(lines: &str) -> Vec<Value> {
    let python = std::env::var_os("COMPONENTIZE_PY").map(PathBuf::from).expect("`just test` says where it is");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/observe/spans.py");
    let mut child = Command::new(python.with_file_name("python"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    child.stdin.take().expect("it reads").write_all(lines.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{lines}");
    serde_json::from_slice(&output.stdout).expect("it writes JSON")
}

#[test]
fn spans_are_those_of_the_published_schema() {
    let options = ["--trace", "--trace-format", "otlp", "--observe", "*", "--observe", "raw:*"];
    let values = ["--trace-values", "config-store.*"];
    let component = SCENES.compose("otlp", &[&options[..], &values].concat());
    let played = play(&component, &Scene { requests: 2, each_call: 1_000_000, ..Scene::of("/settings?again") });
    let lines: String =
        played.printed.lines().filter(|line| line.starts_with('{')).map(|line| format!("{line}\n")).collect();
    let spans = spans(&lines);
    let roots: Vec<&Value> = spans.iter().filter(|span| span["parent"] == "").collect();
    assert_eq!(roots.len(), 2, "{spans:#?}");
    for root in &roots {
        assert_eq!((&root["name"], &root["kind"]), (&json!("request"), &json!(2)));
        let children: Vec<&Value> = spans.iter().filter(|span| span["parent"] == root["span"]).collect();
        assert!(children.len() > 8, "{children:#?}");
        for child in &children {
            assert_eq!((&child["trace"], &child["kind"]), (&root["trace"], &json!(3)));
            let time = |span: &Value, which: &str| span[which].as_u64().expect("a time");
            assert!(time(root, "start") <= time(child, "start") && time(child, "end") <= time(root, "end"), "{child}");
            assert!(time(child, "end") - time(child, "start") >= 1_000_000 || child["numbers"]["bytes_in"] == 0);
        }
        let get = children.iter().find(|span| span["name"] == "config-store.store.get").expect("it was called");
        assert_eq!(get["texts"]["answer"], "ok(none)");
        assert!(children.iter().any(|span| span["name"] == "raw:config-store.store.get"), "{children:#?}");
    }
    let ids: std::collections::BTreeSet<_> = spans.iter().map(|span| span["span"].to_string()).collect();
    assert_eq!(ids.len(), spans.len());
    // The host's own time of day.
    assert!(roots[0]["start"].as_u64().is_some_and(|start| start / 1_000_000_000 / 100_000 == 17_000), "{}", roots[0]);
}
