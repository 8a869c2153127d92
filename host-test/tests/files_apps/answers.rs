//! What an app is asked, and what a Python with real files answers: `requests.toml` and `answers.json`.

use std::collections::BTreeMap;
use std::fs;

use host_test::client::{Request, Response};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::app::{App, content};

/// Headers that an answer has only if the record has them.
const EXACT: [&str; 7] =
    ["accept-ranges", "content-disposition", "content-encoding", "content-range", "etag", "last-modified", "location"];

/// A request of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The method and the target.
    ask: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// A header of the answer before that is sent back.
    again: Option<Again>,
    /// A file to upload.
    file: Option<Upload>,
    /// What the recorder looks for; the record has it too.
    #[serde(default, rename = "has")]
    _has: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Again {
    IfNoneMatch,
    IfModifiedSince,
}

#[derive(Deserialize)]
struct Upload {
    field: String,
    size: usize,
}

/// An answer of the record, with one of `has`, `body`, and `sha256` with `size`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    ask: String,
    status: u16,
    headers: BTreeMap<String, String>,
    has: Option<Vec<String>>,
    body: Option<String>,
    sha256: Option<String>,
    size: Option<usize>,
}

/// Asks an app everything, and holds each answer against the record.
pub fn same_answers(app: &App) {
    let text = |name: &str| fs::read_to_string(App::fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let asked: BTreeMap<String, Vec<Asked>> = toml::from_str(&text("requests.toml")).expect("requests.toml is a list");
    let answers: BTreeMap<String, Vec<Answer>> =
        serde_json::from_str(&text("answers.json")).expect("answers.json is a record");
    let (asked, answers) = (&asked[app.name], &answers[app.name]);
    assert_eq!(asked.len(), answers.len(), "the record is of another list; run fixtures/files/record.py");
    let mut differences = Vec::new();
    let mut last = None;
    for (asked, answer) in asked.iter().zip(answers) {
        assert_eq!(asked.ask, answer.ask, "the record is of another list; run fixtures/files/record.py");
        let found = app.send(request(asked, last.as_ref()));
        if let Err(difference) = compare(answer, &found) {
            differences.push(format!("{}: {difference}", asked.ask));
        }
        last = Some(found);
    }
    assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), app.logs());
}

fn request(asked: &Asked, last: Option<&Response>) -> Request {
    let (method, target) = asked.ask.split_once(' ').expect("a method and a target");
    let mut request = Request::new(method, target);
    for (name, value) in &asked.headers {
        request = request.header(name, value);
    }
    let (header, of) = match asked.again {
        Some(Again::IfNoneMatch) => ("if-none-match", "etag"),
        Some(Again::IfModifiedSince) => ("if-modified-since", "last-modified"),
        None => ("", ""),
    };
    if !of.is_empty() {
        let value = last.and_then(|last| last.head.value(of));
        request = request.header(header, value.unwrap_or_else(|| panic!("nothing before {} has {of}", asked.ask)));
    }
    match &asked.file {
        Some(file) => request.header("content-type", "multipart/form-data; boundary=limit").body(form(file)),
        None => request,
    }
}

/// A form with a title and a file, as `record.py` makes it.
fn form(file: &Upload) -> Vec<u8> {
    let title = "--limit\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\ncafé\r\n--limit\r\n";
    let head = format!("Content-Disposition: form-data; name=\"{}\"; filename=\"some.bin\"\r\n", file.field);
    let mut body = [title, &head, "Content-Type: application/octet-stream\r\n\r\n"].concat().into_bytes();
    body.extend(content(file.size));
    body.extend(b"\r\n--limit--\r\n");
    body
}

/// The first thing that is not as recorded.
fn compare(wanted: &Answer, found: &Response) -> Result<(), String> {
    if found.status() != wanted.status {
        return Err(format!("status {} instead of {}: {}", found.status(), wanted.status, found.text()));
    }
    for (name, value) in &wanted.headers {
        let got = found.head.value(name).map(|got| form_of(name, &got));
        if got.as_ref() != Some(value) {
            return Err(format!("{name} is {got:?} instead of {value:?}"));
        }
    }
    if let Some(name) =
        EXACT.iter().find(|name| !wanted.headers.contains_key(**name) && found.head.value(name).is_some())
    {
        return Err(format!("{name} is {:?}, and the record has none", found.head.value(name)));
    }
    let text = found.text();
    if let Some(part) = wanted.has.iter().flatten().find(|part| !text.contains(part.as_str())) {
        return Err(format!("no {part:?} in {text}"));
    }
    match (&wanted.body, &wanted.sha256) {
        (Some(body), _) if *body != text => Err(format!("{text}\ninstead of\n{body}")),
        (_, Some(digest)) if *digest != sha256(&found.body) => {
            Err(format!("{} other bytes instead of {:?}", found.body.len(), wanted.size))
        }
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A value that depends on when a file was written, with `N` for what does, as `record.py` writes it.
fn form_of(name: &str, value: &str) -> String {
    match name {
        "last-modified" | "expires" => "a date".to_owned(),
        "etag" => {
            let mut form = String::new();
            for letter in value.chars() {
                if !letter.is_ascii_digit() && !('a'..='f').contains(&letter) {
                    form.push(letter);
                } else if !form.ends_with('N') {
                    form.push('N');
                }
            }
            form
        }
        _ => value.to_owned(),
    }
}
