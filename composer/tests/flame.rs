//! The picture of profiles and traces: what is in it, and that a browser shows all of it, on a phone and on a wide screen.

mod support;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use composer::flame::{FlameError, draw, read};
use serde_json::{Value, json};
use support::scene::Scene;

/// Names as they are, and two that are longer than any row.
const FUNCTIONS: [&str; 9] = [
    "http-req.request.get-header-names",
    "kv-store.store.lookup",
    "http-req.request.send",
    "async-io.select-with-timeout",
    "http-body.body.read-all",
    "cache.replace-entry.get-stale-while-revalidate-ns",
    "http-downstream.request.resvpnproxy-is-residential-proxy-or-something-longer-still",
    "config-store.store.get",
    "http-resp.response.send-downstream",
];

fn call(request: u64, sequence: u64, function: &str, start: u64, us: u64, outcome: &str) -> Value {
    json!({"kind": "call", "request": request, "sequence": sequence, "function": function, "start_us": start as f64 + 0.125, "us": us as f64,
        "outcome": outcome, "bytes_in": 12, "bytes_out": 3400})
}

/// What an app writes that serves two requests, between lines of its own.
fn written() -> String {
    let mut lines = vec!["main: started".to_owned(), "{\"level\": \"info\"}".to_owned()];
    let mut at = 120;
    for (sequence, function) in (1..).zip(FUNCTIONS.iter().cycle().take(40)) {
        let us = 40 + sequence * sequence * 37 % 9000;
        let outcome = if sequence % 13 == 0 { "not-found" } else { "ok" };
        lines.push(call(1, sequence, function, at, us, outcome).to_string());
        at += us + 90;
    }
    lines.push(format!("timing :: {}", call(2, 1, FUNCTIONS[1], 10, 800, "ok")));
    for request in [1, 2] {
        let calls = (1..).zip(FUNCTIONS).map(|(place, function): (u64, _)| {
            let errors = if place == 2 { json!({"not-found": 1, "bad-request": 2}) } else { json!({}) };
            json!({"function": function, "count": place * 3, "total_us": 90_000 / place, "longest_us": 30_000 / place,
                "errors": errors, "bytes_in": 100, "bytes_out": 123_456})
        });
        let calls: Vec<_> = calls.collect();
        lines.push(
            json!({"kind": "profile", "request": request, "total_us": 300_000.25, "inside_us": 250_000,
                "waiting_us": 70_000, "outside_us": 50_000, "observer_us": 2000, "calls": calls, "unlisted": 4})
            .to_string(),
        );
    }
    lines.join("\n") + "\n"
}

fn picture(text: &str, request: Option<u64>) -> String {
    read(text).and_then(|lines| draw(&lines, request)).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_picture_has_all_that_was_written() {
    let picture = picture(&written(), None);
    for said in [
        "2 requests profiled, 41 calls traced",
        "Request 1, the longest of 2",
        "All of 2 requests",
        "Not drawn: 2 other lines of the file.",
        "8 calls are in no list",
    ] {
        assert!(picture.contains(said), "no `{said}` in\n{picture}");
    }
    for function in FUNCTIONS {
        assert!(picture.contains(&format!("<title>{function}\n")), "{function}");
    }
    assert!(picture.contains("\n4 × bad-request\n2 × not-found\n"), "{picture}");
    // Nothing of it is loaded from elsewhere.
    let elsewhere = picture.replace("http://www.w3.org/2000/svg", "");
    assert!(!elsewhere.contains("http://") && !elsewhere.contains("https://") && !elsewhere.contains("<script"));
}

#[test]
fn a_request_can_be_chosen() {
    let second = picture(&written(), Some(2));
    assert!(second.contains("Request 2") && second.contains("1 call, 810 µs"), "{second}");
    let error = read(&written()).and_then(|lines| draw(&lines, Some(7))).expect_err("there is no such request");
    assert_eq!(error.to_string(), "no call of request 7 is in it; there are calls of request 1, 2");
}

#[test]
fn requests_of_two_sandboxes_are_told_apart() {
    let [a, b] = [0, 5]
        .map(|start| (1..=3).map(move |of| call(1, of, "kv-store.store.lookup", start + of, 1, "ok").to_string()));
    let lines = a.chain(b).collect::<Vec<_>>().join("\n");
    let read = read(&lines).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.requests.iter().map(|request| request.calls.len()).collect::<Vec<_>>(), [3, 3]);
}

#[test]
fn a_text_without_such_lines_is_refused() {
    assert_eq!(read("a\n{\"kind\": \"log\"}\n\n"), Err(FlameError::Nothing { skipped: 2 }));
    let error = read("").expect_err("there is nothing").to_string();
    assert!(error.contains("`--profile` or `--trace`"), "{error}");
    let error = read("ok\n{\"kind\": \"profile\", \"request\": 1}").expect_err("it lacks something").to_string();
    assert!(error.starts_with("line 2 is of a profile and cannot be read: missing field `total_us`"), "{error}");
}

#[test]
fn numbers_and_names_may_be_anything() {
    let most = u64::MAX;
    let calls = [
        call(1, 1, "<script>alert(1)</script>\u{1}", most, most, "\"&<"),
        call(1, 2, "", most, 0, "ok"),
        call(2, 1, &"x.".repeat(10_000), 0, 0, "ok"),
    ];
    let lines = calls.map(|call| call.to_string()).join("\n");
    for request in [None, Some(1), Some(2)] {
        let picture = picture(&lines, request);
        assert!(!picture.contains("<script") && !picture.contains('\u{1}') && !picture.contains("NaN"), "{picture}");
        assert!(!picture.contains("inf"), "{picture}");
    }
}

#[test]
fn a_hundred_thousand_calls_are_not_as_many_bars() {
    let calls = (1..=100_000).map(|of| call(1, of, FUNCTIONS[1], of * 10, 9, "ok").to_string());
    let picture = picture(&calls.collect::<Vec<_>>().join("\n"), None);
    assert!(picture.len() < 20_000, "{}", picture.len());
    assert!(picture.contains("calls 1 to 100000"));
}

#[test]
fn the_command_draws_a_file() {
    let scene = Scene::new();
    scene.file("app.log", written());
    let output = scene.run(&["flame", "app.log"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(scene.path("flame.svg")).expect("it is there"), picture(&written(), None));
    scene.file("other.log", "nothing\n");
    let output = scene.run(&["flame", "other.log", "-o", "other.svg"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot draw other.log"));
    assert!(!scene.path("other.svg").exists());
}

/// A browser, if there is one.
fn browser() -> Option<PathBuf> {
    let named = env::var_os("BROWSER_FOR_TESTS").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    named.or_else(|| {
        env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name))).find(|file| file.is_file())
    })
}

/// What the page in a frame looks at: whether each text is in the picture and beside its neighbours.
const LOOK: &str = r#"<script>
addEventListener("load", () => {
  const wrong = [], seen = [], width = document.documentElement.clientWidth;
  for (const text of document.querySelectorAll("text")) {
    const box = text.getBoundingClientRect();
    if (box.width === 0) continue;
    if (box.left < 0 || box.right > width + 0.5) wrong.push(`${text.textContent} ends at ${box.right} of ${width}`);
    for (const [other, name] of seen)
      if (box.left < other.right && other.left < box.right && box.top < other.bottom - 2 && other.top < box.bottom - 2)
        wrong.push(`${text.textContent} is over ${name}`);
    seen.push([box, text.textContent]);
  }
  const bars = [...document.querySelectorAll(".bar")].filter(bar => bar.getBoundingClientRect().width >= 1).length;
  const filled = [...document.querySelectorAll(".bar")].every(bar => getComputedStyle(bar).fill !== "rgb(0, 0, 0)");
  parent.postMessage(JSON.stringify({width, texts: seen.length, bars, filled, wrong}), "*");
});
</script>"#;

/// Shows it at several widths and gathers what each page says.
const GATHER: &str = r#"<!DOCTYPE html><body><script>
const said = [];
addEventListener("message", event => {
  said.push(event.data);
  if (said.length === 3) document.body.textContent = "LOOKED[" + said.join(",") + "]LOOKED";
});
for (const width of [360, 700, 1400])
  document.write(`<iframe src="page.html" style="width: ${width}px; height: 3000px; border: 0"></iframe>`);
</script>"#;

#[test]
fn a_browser_shows_all_of_it() {
    let Some(browser) = browser() else {
        return eprintln!("skipped: there is no Chromium on the PATH; `apt install chromium` has one");
    };
    let scene = Scene::new();
    let style = "<style>body { margin: 0 }</style>";
    scene.file(
        "page.html",
        format!("<!DOCTYPE html><meta charset=\"utf-8\">{style}{}{LOOK}", picture(&written(), None)),
    );
    scene.file("gather.html", GATHER);
    let output = Command::new(&browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=10000"])
        .arg(format!("--user-data-dir={}", scene.path("profile").display()))
        .arg(scene.path("gather.html"))
        .output()
        .expect("the browser runs");
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = page.split("LOOKED").nth(1).filter(|said| said.starts_with('['));
    let said = said.unwrap_or_else(|| panic!("{page}\n{}", String::from_utf8_lossy(&output.stderr)));
    let pages: Vec<Value> = serde_json::from_str(&said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        .unwrap_or_else(|error| panic!("{error}: {said}"));
    for page in &pages {
        assert_eq!(page["wrong"], json!([]), "at a width of {}", page["width"]);
        assert!(
            page["texts"].as_u64() > Some(40) && page["bars"].as_u64() > Some(40) && page["filled"] == json!(true),
            "{page}"
        );
    }
}
