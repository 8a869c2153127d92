//! The shop recorded on the local host, and answered from the recording without one.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use host_test::client::Request;
use host_test::record::live::Live;
use host_test::record::replay::replay;
use host_test::script::Script;

use super::world::SHOP;

/// The shop with a recorder around it, and a quote and an order, with all there is and with what is private left out.
static RECORDED: LazyLock<Recorded> = LazyLock::new(|| {
    let guests: PathBuf = env::var_os("COMPOSER_GUESTS").expect("`just test` names the guests").into();
    let live = Live::start(&SHOP.wasm, Some(&SHOP.config), &guests).unwrap_or_else(|error| panic!("{error}"));
    let ask = |request: &Request, status: u16| {
        let recording = live.ask(request).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(recording.response.status(), status, "{}", recording.response.text());
        [true, false].map(|full| recording.script("a test", full).unwrap_or_else(|error| panic!("{error}")))
    };
    // No other test asks the carrier about this country, and counts how often it is asked.
    let quote = ask(&Request::get("/shipping?to=IE"), 200);
    let order = ask(&Request::post("/orders", r#"{"items": {"mug": 2}}"#), 201);
    Recorded { quote, order }
});

struct Recorded {
    quote: [String; 2],
    order: [String; 2],
}

fn play(script: &str) -> Result<String, String> {
    let script = Script::parse(script, "".as_ref()).unwrap_or_else(|error| panic!("{error}\n{script}"));
    let component = fs::read(&SHOP.wasm).expect("the shop is built");
    let outcome = replay(&script, &component).unwrap_or_else(|error| panic!("{error}"));
    outcome.result.map(|()| outcome.transcript).map_err(|error| error.to_string())
}

#[test]
fn a_recording_answers_the_shop_without_a_host() {
    let [full, _] = &RECORDED.quote;
    let transcript = play(full).unwrap_or_else(|error| panic!("{error}\n{full}"));
    assert!(transcript.contains("http-resp send-downstream("), "{transcript}");
}

/// What the shop signs with is in no recording, so it signs otherwise.
#[test]
fn an_app_that_signs_with_a_secret_is_told_where_it_differs() {
    let [full, _] = &RECORDED.order;
    let error = play(full).expect_err("the signature is another one");
    assert!(error.contains("set-cookie") && error.contains("of the script expects"), "{error}");
}

#[test]
fn what_is_private_is_in_no_recording_that_may_be_shown() {
    let [full, shown] = &RECORDED.order;
    for private in ["mug", "1250"] {
        assert!(full.contains(private) && !shown.contains(private), "{private}\n{shown}");
    }
    for script in RECORDED.order.iter().chain(&RECORDED.quote) {
        assert!(!script.contains("a key for local use"), "{script}");
    }
    assert!(full.contains("secret-store.secret.plaintext("), "{full}");
}

#[test]
fn where_an_app_asks_for_something_else_is_said() {
    let [full, _] = &RECORDED.quote;
    let line = full.lines().position(|line| line.contains("http-req.send")).expect("the carrier is asked") + 1;
    let other = full.replace("/shipping?to=IE", "/shipping?to=NL");
    let error = play(&other).expect_err("another country is another request");
    assert!(error.contains("of the script expects") && error.contains("NL"), "{error}");

    let asked = full.lines().nth(line - 1).expect("it was found there");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("recording.toml");
    fs::write(&file, full.replacen(asked, "call = \"http-body.new()\"", 1)).expect("it is written");
    let output = Command::new(env!("CARGO_BIN_EXE_host-test")).arg("replay").arg(&file).arg(&SHOP.wasm).output();
    let output = output.expect("the command runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains(&format!("line {line} of the script expects")), "{errors}");
}
