//! Orders: placed, read, changed and cancelled by their customers alone.

use host_test::client::Request;
use serde_json::json;

use crate::world::{Customer, error, get, json, send};

#[test]
fn an_order_can_be_placed_read_and_cancelled() {
    let response = send(Request::post("/orders", r#"{"items": {"mug": 2, "beans": 1}}"#));
    assert_eq!(response.status(), 201);
    let order = json(&response);
    let number = order["number"].as_str().expect("an order has a number");
    let location = response.head.value("location").expect("an order is somewhere");
    assert_eq!(location, format!("/orders/{number}"));
    assert_eq!(
        order["items"],
        json!([
            {"id": "mug", "name": "Mug", "price": 1250, "quantity": 2},
            {"id": "beans", "name": "Coffee beans, 1 kg", "price": 2150, "quantity": 1},
        ])
    );
    assert_eq!((&order["total"], &order["currency"]), (&json!(4650), &json!("EUR")));

    let cookies = response.head.values("set-cookie");
    let [customer, last] = cookies.as_slice() else { panic!("two cookies, not {cookies:?}") };
    assert!(customer.starts_with("customer=") && customer.ends_with("; HttpOnly; SameSite=Lax"), "{customer}");
    assert_eq!(*last, format!("last_order={number}; Path=/; Max-Age=86400; SameSite=Lax"));

    let cookie = customer.split(';').next().unwrap_or_default();
    let ask = |method, target: &str| send(Request::new(method, target).header("cookie", cookie));
    let found = ask("GET", &location);
    assert_eq!((json(&found), found.head.value("etag")), (order.clone(), response.head.value("etag")));
    // The listing knows of an order what its metadata says.
    let summary = json!({"number": number, "placed": order["placed"], "total": 4650});
    assert_eq!(json(&ask("GET", "/orders")), json!({"orders": [summary]}));
    assert_eq!(json(&send(Request::get("/whoami").header("cookie", cookie)))["cookies"]["customer"], cookie[9..]);

    let cancelled = ask("DELETE", &location);
    assert_eq!((cancelled.status(), cancelled.text().as_str()), (204, ""));
    assert_eq!(cancelled.head.values("set-cookie"), ["last_order=; Path=/; Max-Age=0"]);
    for method in ["GET", "DELETE"] {
        assert_eq!(error(404, &ask(method, &location)), format!("you have no order '{number}'"));
    }
    assert_eq!(json(&ask("GET", "/orders")), json!({"orders": []}));
}

#[test]
fn an_order_changes_only_from_the_version_that_the_client_knows() {
    let customer = Customer::new();
    let change = |etag: &str| send(customer.order("PUT").header("if-match", etag).body(r#"{"items": {"teapot": 3}}"#));

    assert!(error(428, &send(customer.order("PUT").body("{}"))).contains("if-match"));
    for etag in ["\"1\"", "\"none\"", "\"99999999999999999999999\""] {
        assert!(!error(412, &change(etag)).is_empty(), "{etag}");
    }
    let changed = change(&customer.etag);
    assert_eq!((changed.status(), &json(&changed)["total"]), (200, &json!(10_200)));
    let etag = changed.head.value("etag").expect("an order has an etag");
    assert_ne!(etag, customer.etag);
    assert_eq!(error(412, &change(&customer.etag)), "it has changed in the meantime");

    let found = send(customer.order("GET"));
    assert_eq!((json(&found), found.head.value("etag")), (json(&changed), Some(etag.clone())));
    let listing = json(&send(customer.request("GET", "/orders")));
    assert_eq!(listing["orders"][0]["total"], 10_200);
    assert_eq!(change("*").status(), 200);
    let missing = customer.request("PUT", "/orders/000000000000").header("if-match", etag).body("{}");
    assert!(error(404, &send(missing)).contains("no order"));
}

#[test]
fn an_order_is_its_customers_alone() {
    let (one, other) = (Customer::new(), Customer::new());
    let theirs = format!("/orders/{}", one.number);
    for method in ["GET", "DELETE"] {
        assert!(error(404, &send(other.request(method, &theirs))).contains("no order"));
    }
    let listing = json(&send(other.request("GET", "/orders")));
    let numbers: Vec<_> = listing["orders"].as_array().into_iter().flatten().map(|order| &order["number"]).collect();
    assert_eq!(numbers, [&json!(other.number)]);
    assert_eq!(send(one.order("GET")).status(), 200);
}

#[test]
fn a_customer_is_who_the_shop_signed_for() {
    let customer = Customer::new();
    let forged = customer.cookie.replacen("customer=", "customer=0", 1);
    for cookie in [&forged, "customer=", "customer=somebody", "customer=a.b", "customer=a.é", "customer"] {
        let response = send(Request::get("/orders").header("cookie", cookie));
        assert!(error(401, &response).contains("customer"), "{cookie}");
    }
    assert_eq!(get("/orders").status(), 401);
    assert_eq!(send(Request::new("DELETE", "/orders/000000000000")).status(), 401);
    // Signed with the key that the secret store has as the previous one.
    let old = "customer=0123456789abcdef.49c72134b6e22fbc8e61192114f34f2a";
    assert_eq!(json(&send(Request::get("/whoami").header("cookie", old)))["customer"], "0123456789abcdef");
}

#[test]
fn an_order_that_makes_no_sense_is_refused_with_a_reason() {
    for (body, reason) in [
        ("", "the body is not JSON"),
        ("{", "the body is not JSON"),
        ("\"mug\"", "an order looks like"),
        ("{\"items\": []}", "an order looks like"),
        ("{\"items\": {}}", "an order looks like"),
        ("{\"items\": {\"mug\": 0}}", "of 'mug' one orders 1 to 100"),
        ("{\"items\": {\"mug\": 101}}", "of 'mug' one orders 1 to 100"),
        ("{\"items\": {\"mug\": true}}", "of 'mug' one orders 1 to 100"),
        ("{\"items\": {\"mug\": 1, \"spoon\": 1}}", "there is no product 'spoon'"),
        ("{\"items\": {\"mug\\n\": 1}}", "there is no product 'mug\\n'"),
        (&"[".repeat(8000), "the body has too many lists"),
    ] {
        let said = error(400, &send(Request::post("/orders", body)));
        assert!(said.starts_with(reason), "{body:.40} {said}");
    }
    assert!(error(400, &send(Request::post("/orders", b"\xff"))).starts_with("the body is not JSON"));
    assert!(error(400, &send(Request::new("POST", "/orders"))).starts_with("the body is not JSON"));
}

#[test]
fn a_body_may_come_in_chunks_and_be_no_longer_than_the_limit() {
    let order = r#"{"items": {"mug": 1}}"#;
    let response = send(Request::new("POST", "/orders").chunks(order.as_bytes().chunks(3)));
    assert_eq!((response.status(), &json(&response)["total"]), (201, &json!(1250)));

    let padded = |length: usize| format!("{order}{}", " ".repeat(length - order.len()));
    assert_eq!(send(Request::post("/orders", padded(8192))).status(), 201);
    assert_eq!(error(413, &send(Request::post("/orders", padded(8193)))), "the body is longer than 8192 bytes");
    let long = padded(20_000);
    let response = send(Request::new("POST", "/orders").chunks(long.as_bytes().chunks(1000)));
    assert_eq!(error(413, &response), "the body is longer than 8192 bytes");
}
