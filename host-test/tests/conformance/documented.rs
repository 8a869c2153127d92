//! The code of *From the Python SDK*, as it stands on the page, and that of a section of the README.
//!
//! All blocks of a section are run as one module in the sandbox, each with the blocks before it.

use std::fs;
use std::path::Path;
use std::process::Command;

use host_test::client::Request;
use serde_json::{Value, json};

use crate::{LIMIT, SERVER, facts_of};

/// Where the code is, with what says what came of it.
const RUN: [(&str, &str); 5] = [
    ("Config stores", "found = [api_url, currency, greeting, keys, 'greeting' in store]"),
    ("Logs", "found = by_area._endpoint(logging.makeLogRecord({'name': 'shop.orders'}))"),
    (
        "Requests",
        "host = Headers(request)['host']\nfound = [status, reason, get_json(f'http://{host}/alive'), all_of([f'http://{host}/alive'] * 2)]",
    ),
    ("Bodies", "found = [lines, file.closed]"),
    ("Exceptions", "found = [caught, said]"),
];

/// What is compiled by the Python of the build alone.
const COMPILED: &str = "WSGI";

/// What Python runs outside of any sandbox.
const OUTSIDE: &str = "Tests";

const PAGE: &str = "docs/from-the-python-sdk.md";

/// The Python of each section, in the order of the page.
fn sections(page: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(page)).expect("the page");
    let mut found: Vec<(String, String)> = Vec::new();
    let (mut section, mut in_code) = (String::new(), false);
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("##").filter(|_| !in_code) {
            section = title.trim_start_matches(['#', ' ']).to_owned();
        } else if line.starts_with("```") {
            in_code = line == "```python";
            if in_code && found.last().is_none_or(|(last, _)| *last != section) {
                found.push((section.clone(), String::new()));
            }
        } else if let Some((_, code)) = found.last_mut().filter(|_| in_code) {
            code.push_str(line);
            code.push('\n');
        }
    }
    found
}

fn code(page: &str, section: &str) -> String {
    let found = sections(page).into_iter().find(|(title, _)| title == section);
    found.unwrap_or_else(|| panic!("the page has no code in {section:?}")).1
}

/// What code comes to, by its end.
fn found(code: &str, end: &str) -> Value {
    let request = Request::post("/documented", format!("{code}\n{end}\n")).header("accept", "text/html");
    facts_of(request)["found"].clone()
}

fn run(section: &str) -> Value {
    let (_, end) = RUN.iter().find(|(title, _)| *title == section).expect("a section that is run");
    found(&code(PAGE, section), end)
}

/// Runs Python with the code of a section as a module of this name; it must end well.
fn python(module: &str, section: &str, arguments: &[&str]) {
    let componentize = std::env::var_os("COMPONENTIZE_PY").expect("COMPONENTIZE_PY names no program; run `just test`");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::write(folder.join(format!("{module}.py")), code(PAGE, section)).expect("a place for the code");
    let mut command = Command::new(Path::new(&componentize).with_file_name("python3"));
    let command = command.arg("-B").args(arguments).current_dir(folder).env("URL", SERVER.url());
    let output = command.output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_block_of_the_page_is_run_or_said_not_to_be() {
    let titles: Vec<_> = sections(PAGE).into_iter().map(|(title, _)| title).collect();
    let mut known: Vec<_> = RUN.iter().map(|(title, _)| (*title).to_owned()).collect();
    known.insert(4, COMPILED.to_owned());
    known.push(OUTSIDE.to_owned());
    assert_eq!(titles, known);
}

#[test]
fn stores() {
    assert_eq!(run("Config stores"), json!(["https://api.example.com", "EUR", "Hello", ["greeting"], false]));
}

#[test]
fn logs() {
    assert_eq!(run("Logs"), "shop");
    assert!(SERVER.wait_for_logs("order 17", LIMIT).is_some(), "{}", SERVER.logs());
    assert_eq!(SERVER.logs_of("orders"), ["order 17"]);
    assert_eq!(SERVER.logs_of("access"), ["one event", "another"]);
}

/// Nobody listens there, of which the host here says no more than that it went wrong.
#[test]
fn requests() {
    assert_eq!(run("Requests"), json!([502, "GENERIC_ERROR", { "alive": true }, [200, 200]]));
}

#[test]
fn bodies() {
    assert_eq!(run("Bodies"), json!([["one\n", "two\n"], true]));
}

#[test]
fn exceptions() {
    let said = "kv_store.Store.open: No entity by the given name was found (OpenError.NOT_FOUND)";
    assert_eq!(run("Exceptions"), json!([["NotFound", "OpenError", "OpenError.NotFound", "FastlyError"], said]));
}

#[test]
fn the_readme() {
    let end = "found = [store['greeting'].decode(), accepted, len(lines)]";
    assert_eq!(found(&code("README.md", "Stores, headers and files"), end), json!(["Hello", "text/html", 2]));
}

#[test]
fn what_is_not_run_compiles() {
    let compile = "compile(open('documented_wsgi.py').read(), 'documented_wsgi.py', 'exec')";
    python("documented_wsgi", COMPILED, &["-c", compile]);
}

#[test]
fn a_test_of_an_app_is_a_program() {
    python("test_documented", OUTSIDE, &["-m", "unittest", "test_documented"]);
}
