//! The example app `shop`, end to end: Python on the real host, asked through HTTP.

#[path = "shop/carrier.rs"]
mod carrier;
#[path = "shop/orders.rs"]
mod orders;
#[path = "shop/profile.rs"]
mod profile;
#[path = "shop/recorded.rs"]
mod recorded;
#[path = "shop/world.rs"]
mod world;
#[path = "shop/wrong.rs"]
mod wrong;

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use host_test::client::{Request, Response};
use serde_json::{Value, json};

use world::{Customer, LIMIT, SHOP, error, get, json, send};

/// Held by tests that count on a quote staying in the cache: one of them has all quotes forgotten.
static QUOTES: Mutex<()> = Mutex::new(());

fn quotes() -> MutexGuard<'static, ()> {
    QUOTES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From somewhere else: the host takes every test to be at 127.0.0.1.
fn from(address: &str, target: &str) -> Response {
    send(Request::get(target).header("x-forwarded-for", address))
}

fn ids(listing: &Value) -> Vec<&str> {
    listing["products"].as_array().into_iter().flatten().filter_map(|product| product["id"].as_str()).collect()
}

#[test]
fn the_root_says_what_there_is() {
    let response = get("/");
    assert_eq!(response.status(), 200);
    let content = json(&response);
    assert_eq!((&content["shop"], &content["currency"]), (&json!("The Edge Mug Company"), &json!("EUR")));
    for text in content["try"].as_array().expect("there are things to try") {
        let url = text.as_str().and_then(|text| text.strip_prefix("curl '")).expect("with curl").trim_end_matches('\'');
        let target = url.strip_prefix(&SHOP.server.url()).expect("at this very server");
        assert_eq!(get(target).status(), 200, "{target}");
    }
    let order = content["order"].to_string();
    assert_eq!(send(Request::post("/orders", order)).status(), 201);
}

#[test]
fn products_come_in_pages() {
    let all = json(&get("/products"));
    assert_eq!(ids(&all), ["beans", "mug", "poster", "teapot"]);
    assert_eq!(all["next"], Value::Null);
    let poster = json!({"id": "poster", "category": "living-room", "name": "Poster «Über den Wolken»", "price": 1800});
    assert_eq!(all["products"][2], poster);

    let first = json(&get("/products?limit=3"));
    assert_eq!(ids(&first), ["beans", "mug", "poster"]);
    let cursor = first["next"].as_str().expect("there is more").replace('=', "%3D");
    let second = json(&get(&format!("/products?limit=3&cursor={cursor}")));
    assert_eq!((ids(&second), &second["next"]), (vec!["teapot"], &Value::Null));
    assert_eq!(ids(&json(&get("/products?category=kitchen"))), ["mug", "teapot"]);
    assert_eq!(ids(&json(&get("/products?category=garden"))), [""; 0]);

    for query in ["limit=0", "limit=101", "limit=-1", "limit=many", "limit=", "cursor=%00"] {
        assert!(!error(400, &get(&format!("/products?{query}"))).is_empty(), "{query}");
    }
}

#[test]
fn a_product_is_sent_once_for_each_version() {
    let response = get("/products/mug");
    assert_eq!(json(&response), json!({"id": "mug", "category": "kitchen", "name": "Mug", "price": 1250}));
    let etag = response.head.value("etag").expect("a product has an etag");
    let again =
        send(Request::get("/products/mug").header("if-none-match", r#""1", "2""#).header("if-none-match", &etag));
    assert_eq!((again.status(), again.text().as_str()), (304, ""));
    assert_eq!(again.head.value("etag"), Some(etag));
    assert_eq!(send(Request::get("/products/mug").header("if-none-match", "\"1\"")).status(), 200);
}

#[test]
fn what_is_not_there_is_not_found() {
    for target in
        ["/nothing", "/products/spoon", "/products/mug%23", "/products/%FF", "/products/mug/", "//", "/orders/"]
    {
        assert!(!error(404, &get(target)).is_empty(), "{target}");
    }
    assert_eq!(error(404, &get("/products/caf%C3%A9")), "there is no product 'café'");
}

#[test]
fn a_method_that_a_path_does_not_take_is_answered_with_those_it_takes() {
    for (method, target, allowed) in [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/products/mug", "GET, HEAD"),
        ("PATCH", "/orders", "GET, HEAD, POST"),
        ("POST", "/orders/123456789abc", "GET, HEAD, PUT, DELETE"),
        ("OPTIONS", "/shipping", "GET, HEAD, DELETE"),
    ] {
        let response = send(Request::new(method, target));
        assert_eq!(error(405, &response), format!("{target} does not take {method}"));
        assert_eq!(response.head.value("allow").as_deref(), Some(allowed));
    }
}

#[test]
fn head_is_get_without_the_body() {
    let _unchanged = quotes();
    get("/shipping?to=AT");
    for target in ["/", "/products", "/products/mug", "/shipping?to=AT", "/whoami", "/orders", "/nothing"] {
        let [head, get] = ["HEAD", "GET"].map(|method| send(Request::new(method, target)));
        assert!(head.body.is_empty() && !get.body.is_empty(), "{target}");
        assert_eq!(head.status(), get.status(), "{target}");
        assert_eq!(head.head.value("content-length"), Some(get.body.len().to_string()), "{target}");
        for name in ["content-type", "etag", "cache-control", "x-cache"] {
            assert_eq!(head.head.values(name), get.head.values(name), "{target} {name}");
        }
    }
}

#[test]
fn cookies_and_languages_are_read_from_all_headers() {
    let response = send(
        Request::get("/whoami")
            .header("Cookie", "a=1; b=x=y")
            .header("accept-language", "de, nl;q=0.5")
            .header("cookie", " c = 3 ;; d")
            .header("Accept-Language", "")
            .header("ACCEPT-LANGUAGE", "en"),
    );
    let content = json(&response);
    assert_eq!(content["cookies"], json!({"a": "1", "b": "x=y", "c": "3"}));
    assert_eq!(content["languages"], json!(["de", "nl;q=0.5", "en"]));
    assert_eq!(content["customer"], Value::Null);
    // A header that holds more than any buffer of a first guess.
    let long = "v".repeat(9000);
    let response = send(Request::get("/whoami").header("cookie", format!("long={long}")));
    assert_eq!(json(&response)["cookies"]["long"], long);
}

#[test]
fn an_address_says_where_the_visitor_is() {
    for (address, seen, country, city) in [
        ("203.0.113.7", "203.0.113.7", json!("JP"), json!("Kyōto")),
        ("2001:db8:0::7", "2001:db8::7", json!("IS"), json!("Reykjavík")),
        ("198.51.100.1", "198.51.100.1", Value::Null, Value::Null),
        ("10.0.0.1, 203.0.113.7", "203.0.113.7", json!("JP"), json!("Kyōto")),
        ("nowhere", "127.0.0.1", json!("NL"), json!("Amsterdam")),
    ] {
        let content = json(&from(address, "/whoami"));
        assert_eq!((&content["address"], &content["country"], &content["city"]), (&json!(seen), &country, &city));
    }
    assert_eq!(json(&get("/whoami"))["address"], "127.0.0.1");
    let twice =
        Request::get("/whoami").header("x-forwarded-for", "203.0.113.7").header("x-forwarded-for", "2001:db8::7");
    assert_eq!(json(&send(twice))["country"], "IS");
}

#[test]
fn a_blocked_address_gets_nothing() {
    for target in ["/", "/products", "/nothing"] {
        assert_eq!(error(403, &from("192.0.2.77", target)), "192.0.2.77 is blocked");
    }
    // The range has an exception.
    assert_eq!(from("192.0.2.10", "/").status(), 200);
}

#[test]
fn a_quote_is_fetched_once_and_remembered_until_it_is_forgotten() {
    let _unchanged = quotes();
    let first = get("/shipping?to=ch");
    assert_eq!(json(&first), json!({"to": "CH", "currency": "EUR", "price": 100, "days": 3}));
    assert_eq!((first.head.value("x-cache").as_deref(), first.head.value("age")), (Some("MISS"), None));
    let second = get("/shipping?to=CH");
    assert_eq!(json(&second), json(&first));
    assert_eq!(second.head.value("x-cache").as_deref(), Some("HIT"));
    assert!(second.head.value("age").is_some_and(|age| age.parse::<u32>().is_ok()), "{second:?}");
    assert_eq!(SHOP.carrier.asked_for("CH").len(), 1);

    let forget = || Request::new("DELETE", "/shipping");
    assert!(error(401, &send(forget())).contains("fastly-key"));
    assert_eq!(send(forget().header("fastly-key", "another")).status(), 401);
    assert_eq!(get("/shipping?to=CH").head.value("x-cache").as_deref(), Some("HIT"));
    assert_eq!(send(forget().header("fastly-key", "local-key")).status(), 204);
    let third = get("/shipping?to=CH");
    assert_eq!((third.head.value("x-cache").as_deref(), &json(&third)["price"]), (Some("MISS"), &json!(200)));
}

#[test]
fn a_quote_is_for_where_the_visitor_is_unless_they_say() {
    assert_eq!(json(&from("203.0.113.7", "/shipping"))["to"], "JP");
    assert_eq!(json(&from("203.0.113.7", "/shipping?to=de"))["to"], "DE");
    for response in [from("198.51.100.1", "/shipping"), get("/shipping?to=Japan"), get("/shipping?to=1%2F")] {
        assert!(error(400, &response).contains("two letters"));
    }
}

#[test]
fn the_carrier_is_asked_with_its_own_name() {
    assert_eq!(get("/shipping?to=ES").status(), 200);
    let asked = SHOP.carrier.asked_for("ES");
    let head = asked.first().expect("the carrier was asked").to_lowercase();
    assert!(head.starts_with("get /quotes/es.json http/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nhost: {}\r\n", SHOP.carrier.addr)), "{head}");
    assert!(head.contains("\r\naccept: application/json\r\n"), "{head}");
}

#[test]
fn requests_that_miss_together_ask_the_carrier_once() {
    let _unchanged = quotes();
    let answers: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| get("/shipping?to=BE"))).collect();
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    assert!(answers.iter().all(|answer| json(answer)["price"] == 100), "{answers:?}");
    let misses = answers.iter().filter(|answer| answer.head.value("x-cache").as_deref() == Some("MISS"));
    assert_eq!((misses.count(), SHOP.carrier.asked_for("BE").len()), (1, 1));
}

#[test]
fn a_carrier_that_fails_is_a_bad_gateway_and_the_shop_goes_on() {
    for (country, reason) in [
        ("SE", "status 500"),
        ("NO", "unreadable answer"),
        ("EE", "unreadable answer"),
        ("GB", "unreadable answer"),
        ("DK", "http incomplete"),
        ("PL", "http incomplete"),
        // Of a connection refused, and of a carrier that says nothing, the local host says no more.
        ("IS", "generic error"),
        ("FI", "generic error"),
    ] {
        let response = get(&format!("/shipping?to={country}"));
        assert_eq!(error(502, &response), "the carrier does not answer as it should", "{country}");
        assert_eq!(json(&response)["reason"], reason, "{country}");
        assert_eq!(get("/products/mug").status(), 200);
    }
    assert_eq!(error(404, &get("/shipping?to=FR")), "the carrier does not go to FR");
}

#[test]
fn a_failure_is_not_remembered() {
    assert_eq!(get("/shipping?to=LU").status(), 502);
    assert_eq!(json(&get("/shipping?to=LU"))["price"], 200);
}

#[test]
fn an_unexpected_exception_reaches_the_host() {
    let response = get("/shipping?to=AQ");
    assert_eq!(response.status(), 500, "{}", response.text());
    // Python writes a traceback in pieces, and each is an entry of its own.
    let said = "the carrier for AQ has no address such as https://carrier.example";
    let logs = SHOP.server.wait_for_logs(said, LIMIT).unwrap_or_else(|| panic!("{}", SHOP.server.logs()));
    let pieces = SHOP.server.logs_of("stderr");
    for text in ["Traceback (most recent call last)", "in quote_shipping", "ValueError", said] {
        assert!(pieces.iter().any(|piece| piece.contains(text)), "{text}: {logs}");
    }
    assert!(SHOP.server.logs_of("access").iter().any(|line| line.contains("\"status\": 500")), "{logs}");
    // The next request has a sandbox of its own.
    assert_eq!(get("/shipping?to=PT").status(), 200);
}

#[test]
fn every_request_has_a_line_in_the_log() {
    let sent = [
        (Request::get("/log/caf%C3%A9?query=left-out"), "/log/café", 404),
        (Request::get("/log/blocked").header("x-forwarded-for", "192.0.2.99"), "/log/blocked", 403),
        (Request::new("HEAD", "/log/head"), "/log/head", 404),
    ];
    let mut sandboxes = HashSet::new();
    for (request, path, status) in sent {
        assert_eq!(send(request).status(), status);
        let written = json!(path).to_string().replace('é', "\\u00e9");
        SHOP.server.wait_for_logs(&written, LIMIT).unwrap_or_else(|| panic!("no line with {written}"));
        let lines: Vec<Value> = SHOP
            .server
            .logs_of("access")
            .iter()
            .map(|line| serde_json::from_str(line).expect("a line is JSON"))
            .filter(|line: &Value| line["path"] == path)
            .collect();
        let [line] = lines.as_slice() else { panic!("one line, not {lines:?}") };
        assert_eq!(line["status"], status);
        assert!(line["milliseconds"].as_f64().is_some_and(|time| time > 0.0), "{line}");
        assert!(line["method"] == if path.ends_with("head") { "HEAD" } else { "GET" }, "{line}");
        assert!(line["address"] == if status == 403 { "192.0.2.99" } else { "127.0.0.1" }, "{line}");
        sandboxes.insert(line["sandbox"].to_string());
    }
    assert_eq!(sandboxes.len(), 3);
}

#[test]
fn customers_can_order_at_the_same_time() {
    let customer = Customer::new();
    let numbers: HashSet<String> = thread::scope(|scope| {
        let order = |quantity: usize| {
            let body = format!(r#"{{"items": {{"teapot": {quantity}}}}}"#);
            let response = send(customer.request("POST", "/orders").body(body));
            let content = json(&response);
            assert_eq!((response.status(), &content["total"]), (201, &json!(3400 * quantity)));
            content["number"].as_str().expect("an order has a number").to_owned()
        };
        let threads: Vec<_> = (1..=8).map(|quantity| scope.spawn(move || order(quantity))).collect();
        threads.into_iter().map(|thread| thread.join().expect("an order")).collect()
    });
    assert_eq!(numbers.len(), 8);
    let listing = json(&send(customer.request("GET", "/orders")));
    let listed = listing["orders"].as_array().expect("there are orders");
    let found: HashSet<_> = listed.iter().filter_map(|order| order["number"].as_str()).map(str::to_owned).collect();
    assert!(numbers.is_subset(&found) && found.contains(&customer.number), "{listing}");
    assert_eq!(listed.len(), 9);
}
