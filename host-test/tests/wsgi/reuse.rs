//! Several requests in one sandbox: what it remembers, when it ends, and that no request ends with it.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{alone, get_alone, json, wait_for};

/// Longer than a sandbox of the impatient app waits for another request.
const IDLE: Duration = Duration::from_millis(400);

/// How many requests a sandbox of the app serves.
const MOST: usize = 4;

#[test]
fn a_sandbox_serves_as_many_requests_as_it_was_told() {
    let _alone = alone();
    // Who has an answer may ask again at once: the sandbox is there for it.
    for number in 1..=MOST {
        if number == 3 {
            assert_eq!(get_alone("reused", "/slow").text(), "in pieces");
        } else {
            let found = json(&get_alone("reused", &format!("/{number}?{number}")));
            // What is the process's stays, what is the request's context goes.
            assert_eq!(served(&found).len(), number, "{found}");
            assert_eq!((&found["user"], &found["query"]), (&json!(null), &json!(number.to_string())));
            assert_eq!(found["once"], false);
        }
    }
    assert_eq!(served(&json(&get_alone("reused", "/5"))), ["/5"]);
    // An exception ends that sandbox too.
    assert_eq!(get_alone("reused", "/bug").status(), 500);
    wait_for("RuntimeError: deliberate\n");
    for app in ["hurried", "grown"] {
        for _ in 0..2 {
            assert_eq!(served(&json(&get_alone(app, "/"))), ["/"], "{app}");
        }
    }
}

#[test]
fn a_sandbox_that_nobody_asks_for_ends() {
    let _alone = alone();
    assert_eq!(served(&json(&get_alone("impatient", "/"))), ["/"]);
    // Longer than it waits; nothing tells that it has ended but that the next request is another one's.
    thread::sleep(IDLE);
    assert_eq!(served(&json(&get_alone("impatient", "/"))), ["/"]);
    // This one waits, too, and would take a request of another test.
    thread::sleep(IDLE);
}

#[test]
fn no_request_is_lost_and_none_is_seen_by_another() {
    let _alone = alone();
    for (app, clients, requests) in [("reused", 1, 15), ("eager", 8, 10), ("reused", 8, 10), ("reused", 64, 5)] {
        let most = thread::scope(|scope| {
            let clients: Vec<_> = (0..clients)
                .map(|client| scope.spawn(move || (0..requests).map(|number| ask(app, client, number)).max()))
                .collect();
            clients.into_iter().filter_map(|client| client.join().expect("a good answer")).max()
        });
        let most = most.expect("there was a client");
        assert!((2..=MOST).contains(&most), "{clients} clients: a sandbox served {most} requests");
    }
}

#[test]
fn nobody_waits_for_what_the_app_does_after_its_answer() {
    let _alone = alone();
    // That app is busy for longer than a request may take, and others are served meanwhile.
    assert_eq!(get_alone("lingering", "/lingering").text(), "lingering");
    for _ in 0..3 {
        assert_eq!(get_alone("plain", "/all-there").text(), "all there");
    }
}

/// Asks for one page of several, and how many requests that sandbox has served then.
fn ask(app: &str, client: usize, number: usize) -> usize {
    match number % 5 {
        // Each ends its sandbox, the second of an eager one after it has asked for the next request.
        3 => assert_eq!(get_alone(app, "/bug").status(), 500),
        4 => assert_eq!(get_alone(app, "/late").text(), "late"),
        _ => {
            let (path, query) = (format!("/{client}/{number}"), format!("{client}-{number}"));
            let found = json(&get_alone(app, &format!("{path}?{query}")));
            assert_eq!((&found["user"], &found["query"]), (&json!(null), &json!(query)));
            assert_eq!(served(&found).last(), Some(&path.as_str()), "{found}");
            return served(&found).len();
        }
    }
    1
}

/// What a sandbox has served, in order.
fn served(found: &Value) -> Vec<&str> {
    found["served"].as_array().map(|paths| paths.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}
