//! Several requests in one sandbox: what it remembers, and when it ends.

use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::world::{alone, get_alone, json, wait_for};

/// Longer than a sandbox takes from its answer to waiting for the next request.
const MOMENT: Duration = Duration::from_millis(200);

#[test]
fn a_sandbox_serves_as_many_requests_as_it_was_told() {
    let _alone = alone();
    for number in 1..=4 {
        if number == 3 {
            assert_eq!(get_alone("reused", "/slow").text(), "in pieces");
        } else {
            let found = json(&get_alone("reused", &format!("/{number}?{number}")));
            // What is the process's stays, what is the request's context goes.
            assert_eq!(found["served"].as_array().map(Vec::len), Some(number), "{found}");
            assert_eq!((&found["user"], &found["query"]), (&json!(null), &json!(number.to_string())));
            assert_eq!(found["once"], false);
        }
        // The sandbox waits for the next one a moment after it has answered.
        thread::sleep(MOMENT);
    }
    assert_eq!(json(&get_alone("reused", "/5"))["served"], json!(["/5"]));
    // An exception ends that sandbox too.
    thread::sleep(MOMENT);
    assert_eq!(get_alone("reused", "/bug").status(), 500);
    wait_for("RuntimeError: deliberate\n");
    thread::sleep(MOMENT);
    for app in ["hurried", "impatient", "grown"] {
        for _ in 0..2 {
            assert_eq!(json(&get_alone(app, "/"))["served"], json!(["/"]), "{app}");
            thread::sleep(2 * MOMENT);
        }
    }
}
