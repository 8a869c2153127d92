//! The example apps `flask-app` and `bottle-app`, as people use them.

use host_test::client::{Request, Response};
use serde_json::json;

use crate::world::{get, json, send, wait_for};

const FORM: &str = "application/x-www-form-urlencoded";

fn form(app: &str, target: &str, body: &str, cookie: &str) -> Response {
    let request = Request::post(target, body).header("content-type", FORM);
    send(app, if cookie.is_empty() { request } else { request.header("cookie", cookie) })
}

/// The cookies that a response sets, without their attributes, as the next request says them.
fn cookies(response: &Response) -> String {
    let set = response.head.values("set-cookie");
    set.iter().filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// A form with a field and a file.
fn multipart(name: &str, content: &[u8]) -> (String, Vec<u8>) {
    let mut body =
        b"--limit\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\ncaf\xc3\xa9\r\n--limit\r\n".to_vec();
    body.extend(format!("content-disposition: form-data; name=\"{name}\"; filename=\"a.bin\"\r\n").bytes());
    body.extend(b"content-type: image/png\r\n\r\n");
    body.extend(content);
    body.extend(b"\r\n--limit--\r\n");
    ("multipart/form-data; boundary=limit".to_owned(), body)
}

#[test]
fn flask_has_pages_forms_and_sessions() {
    let posted = form("flask", "/notes", "text=Mugs+%3Care%3E+back", "");
    assert_eq!((posted.status(), posted.head.value("location").as_deref()), (303, Some("/")));
    let again = form("flask", "/notes", "text=and+caf%C3%A9s", &cookies(&posted));
    let page = send("flask", Request::get("/").header("cookie", cookies(&again)));
    assert_eq!(page.status(), 200, "{}", page.text());
    assert_eq!(page.head.value("content-type").as_deref(), Some("text/html; charset=utf-8"));
    for text in ["You have put up 2.", "<li>Mugs &lt;are&gt; back</li>", "<li>and cafés</li>", "action=\"/notes\""] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    let forged = send("flask", Request::get("/").header("cookie", "session=eyJjb3VudCI6OX0.x.y"));
    assert!(forged.text().contains("You have put up 0."), "{}", forged.text());
}

#[test]
fn flask_takes_and_gives_json() {
    let post = |body: &str| Request::post("/api/notes", body).header("content-type", "application/json");
    let made = send("flask", post(r#"{"text": "Tea"}"#));
    assert_eq!(made.status(), 201, "{}", made.text());
    let location = made.head.value("location").expect("a note is somewhere");
    assert_eq!(json(&get("flask", &location)), json!({"id": json(&made)["id"], "text": "Tea"}));
    // Nobody says how long this one is.
    let chunked = Request::new("POST", "/api/notes").header("content-type", "application/json");
    assert_eq!(send("flask", chunked.chunks([r#"{"text": "#, r#""Tea"}"#])).status(), 201);
    assert_eq!(send("flask", post("{")).status(), 400);
    assert_eq!(send("flask", post(r#"{"text": ""}"#)).status(), 400);
    assert_eq!(json(&get("flask", "/api/notes/x")), json!({"error": "there is no note x"}));
    assert_eq!(send("flask", Request::new("PUT", "/api/notes")).status(), 405);
    let export = get("flask", "/notes.csv");
    assert_eq!(export.head.value("transfer-encoding").as_deref(), Some("chunked"));
    assert!(export.text().starts_with("id,length\n") && export.text().contains(",3\n"), "{}", export.text());
}

#[test]
fn flask_takes_uploads_that_fill_no_disk() {
    let picture = [7; 900_000];
    let (kind, body) = multipart("picture", &picture);
    let sent = json(&send("flask", Request::post("/pictures", body.clone()).header("content-type", &kind)));
    assert_eq!((&sent["name"], &sent["size"], &sent["title"]), (&json!("a.bin"), &json!(900_000), &json!("café")));
    let chunked = Request::new("POST", "/pictures").header("content-type", &kind).chunks(body.chunks(50_000));
    assert_eq!(json(&send("flask", chunked)), sent);
    let (kind, body) = multipart("picture", &vec![7; 9 << 20]);
    assert_eq!(send("flask", Request::post("/pictures", body).header("content-type", &kind)).status(), 413);
    let streamed = Request::new("POST", "/length").chunks(vec![vec![1; 100_000]; 30]);
    assert_eq!(json(&send("flask", streamed)), json!({"length": 3_000_000}));
}

#[test]
fn flask_tells_its_bugs_to_the_log() {
    let failed = get("flask", "/bug");
    assert_eq!(failed.status(), 500);
    assert!(json(&failed)["error"].as_str().is_some_and(|text| text.contains("internal error")), "{}", failed.text());
    wait_for("ERROR in app: Exception on /bug [GET]");
    wait_for("RuntimeError: deliberate, é");
}

#[test]
fn flask_says_its_length_whoever_asks() {
    for app in ["flask", "flask-warm"] {
        let hello = get(app, "/hello");
        assert_eq!((hello.status(), hello.text().as_str()), (200, "Hello, World!"));
        assert_eq!(
            (hello.head.values("content-length"), hello.head.value("transfer-encoding")),
            (vec!["13".to_owned()], None)
        );
        let head = send(app, Request::new("HEAD", "/hello"));
        assert_eq!((head.status(), head.head.values("content-length")), (200, vec!["13".to_owned()]));
    }
}

#[test]
fn bottle_has_forms_cookies_and_redirects() {
    let made = form("bottle", "/", "url=https%3A%2F%2Fexample.com%2Fcaf%C3%A9", "");
    assert_eq!(made.status(), 201, "{}", made.text());
    assert_eq!(made.head.values("set-cookie").len(), 2, "{made:?}");
    let short = json(&made)["short"].as_str().expect("a path").to_owned();
    let followed = get("bottle", &short);
    assert_eq!(followed.status(), 307);
    let again = form("bottle", "/", "url=http%3A%2F%2Fexample.com%2F", &cookies(&made));
    let index = json(&send("bottle", Request::get("/").header("cookie", cookies(&again))));
    assert_eq!(index["shortened"], 2);
    assert!(index["links"].as_array().is_some_and(|links| links.contains(&json!(short[4..]))), "{index}");
    assert_eq!(
        json(&form("bottle", "/", "url=example.com", "")),
        json!({"error": "a link begins with http:// or https://"})
    );
    assert_eq!(get("bottle", "/to/00000000").status(), 404);
    assert_eq!(get("bottle", "/nothing").status(), 404);
    assert_eq!(send("bottle", Request::new("DELETE", "/")).status(), 405);
}

#[test]
fn bottle_reads_a_body_of_unknown_length_and_answers_in_pieces() {
    let line = |number| format!("http://example.com/{number:04}/{}\n", "x".repeat(20));
    let lines: Vec<String> = (0..9_000).map(line).collect();
    let (kind, body) = multipart("list", lines[..4].concat().as_bytes());
    for request in [Request::post("/lists", body.clone()), Request::new("POST", "/lists").chunks(body.chunks(100))] {
        let answer = send("bottle", request.header("content-type", &kind));
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.text().lines().map(str::len).collect::<Vec<_>>(), [8; 4], "{}", answer.text());
    }
    // More than Bottle keeps in memory by default.
    let (kind, body) = multipart("other", lines.concat().as_bytes());
    assert_eq!(send("bottle", Request::post("/", body).header("content-type", &kind)).status(), 400);
}

#[test]
fn bottle_tells_its_bugs_to_the_log() {
    assert_eq!(get("bottle", "/bug").status(), 500);
    wait_for("in bug");
}
