//! Which call of the host makes a request of the shop slow: its profile says so, and the README has the picture of it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use composer::flame::{draw, read};
use host_test::apps;
use host_test::client::Request;
use host_test::server::{Options, Server};
use serde_json::Value;

use crate::carrier::SLOW;
use crate::world::{LIMIT, SHOP};

/// The picture of the README.
const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/shop-profile.svg");

/// What of it is observed: as much as a picture in a README has room for.
const OBSERVED: [&str; 4] = ["*.send*", "cache.*", "config-store.*", "http-body.body.read-all"];

fn composer(args: &[&Path]) {
    let output = apps::composer(args.iter().map(OsString::from)).expect("composer runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The functions that a picture names.
fn functions(picture: &str, known: &BTreeSet<String>) -> BTreeSet<String> {
    let is_known = |name: &&String| picture.contains(&format!("{name} ")) || picture.contains(&format!("{name}<"));
    known.iter().filter(is_known).cloned().collect()
}

#[test]
fn the_slow_call_of_a_request_comes_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let [parts, observed] = ["parts", "observed.wasm"].map(|name| folder.path().join(name));
    composer(&["split".as_ref(), &SHOP.wasm, "--out".as_ref(), &parts]);
    let app = parts.join("app.wasm");
    let mut compose: Vec<&Path> = ["compose", "--profile", "--trace"].map(Path::new).to_vec();
    compose.extend(OBSERVED.iter().flat_map(|pattern| ["--observe".as_ref(), Path::new(pattern)]));
    compose.extend([app.as_path(), "-o".as_ref(), &observed]);
    composer(&compose);
    let server = Server::start(Options::new(&observed).config(&SHOP.config).capture()).expect("it is served");
    let response = Request::get("/shipping?to=SI").limit(LIMIT).send(server.addr()).expect("an answer");
    assert_eq!(response.status(), 200, "{}", response.text());
    let logs = server.wait_for_logs("{\"kind\":\"profile\"", LIMIT).expect("there is a profile");

    let profile =
        logs.lines().find_map(|line| Some(&line[line.find("{\"kind\":\"profile\"")?..])).expect("it is a line");
    let profile: Value = serde_json::from_str(profile).expect("it is JSON");
    let calls = profile["calls"].as_array().expect("it lists calls");
    let slow = SLOW.as_micros() as f64;
    assert_eq!(calls[0]["function"], "http-req.request.send-uncached", "{profile}");
    assert!(calls[0]["total_us"].as_f64().is_some_and(|took| took >= slow), "{profile}");
    assert!(calls[1]["total_us"].as_f64().is_some_and(|took| took < slow), "{profile}");

    let picture = read(&logs).and_then(|lines| draw(&lines, None)).unwrap_or_else(|error| panic!("{error}"));
    if std::env::var_os("BLESS").is_some() {
        fs::write(PICTURE, &picture).expect("the picture is written");
    }
    let known: BTreeSet<String> = calls.iter().filter_map(|call| Some(call["function"].as_str()?.to_owned())).collect();
    let kept = fs::read_to_string(PICTURE).expect("the README has a picture");
    // Times differ; what it shows does not.
    assert_eq!(functions(&kept, &known), functions(&picture, &known), "make it anew with `just bless`");
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("there is a README");
    assert!(readme.contains("](docs/shop-profile.svg)"));
}
