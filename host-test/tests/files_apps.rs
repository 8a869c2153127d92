//! Apps that use files, on the real host: templates, static files, uploads, late imports, libraries with data.
//!
//! The apps of `fixtures/files/` are written as their packages' documentation shows it. `answers.json` beside them has
//! what they answer in a Python with real files; here they answer the same. What a Python with real files would do
//! otherwise is below: only `/tmp` can be written to, it has an end, and a request finds it empty.

#[path = "files_apps/answers.rs"]
mod answers;
#[path = "files_apps/app.rs"]
mod app;

use host_test::client::Request;
use serde_json::json;

use answers::same_answers;
use app::{BOTTLE, DJANGO, FLASK, LIBRARIES, NONE};

#[test]
fn flask_answers_as_with_real_files() {
    same_answers(&FLASK);
}

#[test]
fn bottle_answers_as_with_real_files() {
    same_answers(&BOTTLE);
}

#[test]
fn django_answers_as_with_real_files() {
    same_answers(&DJANGO);
}

#[test]
fn libraries_answer_as_with_real_files() {
    same_answers(&LIBRARIES);
}

/// A file that is larger than what one read answers.
#[test]
fn a_large_file_is_whole() {
    let response = FLASK.get("/static/large.bin");
    assert_eq!((response.status(), response.body.len()), (200, app::LARGE));
    assert!(response.body == app::content(app::LARGE));
    let (first, last) = (1_234_567, 2_345_678);
    let request = Request::get("/static/large.bin").header("range", format!("bytes={first}-{last}"));
    let part = FLASK.send(request);
    assert_eq!(part.status(), 206);
    assert!(part.body == app::content(app::LARGE)[first..=last]);
}

/// A file's time comes from its content: a browser that asks whether a file is as it was is never told so of another.
#[test]
fn validators_are_of_the_content() {
    let validators = |target: &str| {
        let response = FLASK.get(target);
        let value = |name: &str| response.head.value(name).unwrap_or_else(|| panic!("{target} has no {name}"));
        (value("etag"), value("last-modified"))
    };
    let style = validators("/static/style.css");
    // Each time in a sandbox of its own.
    assert_eq!(validators("/static/style.css"), style);
    let [(_, one), (_, two)] = ["1", "2"].map(|end| validators(&format!("/static/same-length-{end}.txt")));
    assert_ne!(one, two);
    assert!(!style.1.contains("1970"), "{style:?}");
}

#[test]
fn only_tmp_can_be_written_to() {
    let mut found = LIBRARIES.json("/errors/read_only");
    let access = (found["access"].take(), found["access of tmp"].take());
    assert_eq!(access, (json!([true, false]), json!(true)));
    let calls = found.as_object().into_iter().flatten().filter(|(_, said)| !said.is_null());
    for (call, said) in calls {
        let wanted = match call.as_str() {
            // They leave the folder where a file may be made, and POSIX says so first.
            "rename to tmp" => "OSError EXDEV",
            "replace" => "OSError EBUSY",
            // There are none, not even in `/tmp`.
            "symlink" => "OSError ENOTSUP",
            _ => "OSError EROFS",
        };
        assert_eq!(said, wanted, "{call}");
    }
}

/// What `docs/files.md` says of these.
#[test]
fn what_differs_from_real_files() {
    let wanted = json!({"an empty name": "IsADirectoryError EISDIR", "sqlite": "OperationalError: disk I/O error"});
    assert_eq!(LIBRARIES.json("/errors/otherwise"), wanted);
}

#[test]
fn what_is_outside_is_not_there() {
    let found = LIBRARIES.json("/errors/outside");
    for (path, said) in found.as_object().expect("an object") {
        assert_eq!(said, "FileNotFoundError ENOENT", "{path}");
    }
    // An app that opens whatever the client names. The file is there on this machine.
    for name in ["/etc/passwd", "../../../../../../etc/passwd", "/etc/passwd%00.txt", "%00", "/tmp/../etc/passwd"] {
        assert_eq!(FLASK.get(&format!("/any?name={name}")).status(), 404, "{name}");
    }
}

#[test]
fn a_full_tmp_is_an_error_and_no_end() {
    let found = LIBRARIES.json("/errors/full");
    let mib = found["mib"].as_u64().expect("a number");
    assert!((30..=32).contains(&mib), "{found}");
    for call in ["said", "more"] {
        assert_eq!(found[call], "OSError EIO", "{found}");
    }
    assert_eq!(found["then"], "4", "{found}");
    // The sandbox, and others, serve on.
    assert_eq!(LIBRARIES.json("/files/beside"), json!({"greeting": "Hello, café"}));
}

/// Asks until a sandbox that has served others answers: what they left is not there.
#[test]
fn nothing_of_one_request_is_visible_to_the_next() {
    for _ in 0..50 {
        assert_eq!(LIBRARIES.json("/files/leave"), json!(["secret.txt"]));
        let left = LIBRARIES.json("/files/left");
        assert_eq!(left["found"], json!([[], true, false]));
        if left["served"].as_u64() > Some(1) {
            return;
        }
    }
    panic!("no sandbox served two requests");
}

/// With `--no-files` an app is as it was before there were files.
#[test]
fn without_files_nothing_is_there() {
    for path in ["/beside", "/relative", "/tmp", "/tempfile", "/listdir"] {
        assert_eq!(NONE.get(path).text(), "FileNotFoundError ENOENT", "{path}");
    }
    let said = NONE.get("/import").text();
    assert!(said.starts_with("No module named 'beside' at a request: a module is imported when"), "{said}");
    NONE.wait_for("looked for files");
}

/// The first example of `docs/files.md` is a module of the app.
#[test]
fn the_example_of_the_page_runs() {
    for (name, wanted) in [
        ("relative", json!({"greeting": "Hello, café"})),
        ("beside", json!("{\"greeting\": \"Hello, café\"}\n")),
        ("of_a_package", json!("red\ngrün\n")),
        ("zone", json!("Europe/Berlin")),
        ("late", json!(["mugs", "MUG"])),
        ("temporary", json!(1_000_000)),
    ] {
        assert_eq!(LIBRARIES.json(&format!("/notes/{name}")), wanted, "{name}");
    }
}

#[test]
fn inspect_lists_what_went_in() {
    let found = LIBRARIES.inspect();
    let paths: Vec<_> =
        found["files"].as_array().into_iter().flatten().filter_map(|file| file["path"].as_str()).collect();
    let has = |end: &str| paths.iter().any(|path| path.ends_with(end));
    for end in ["/data.json", "/main.py", "/words/data/colours.txt", "/tzdata/zoneinfo/Europe/Berlin", "/METADATA"] {
        assert!(has(end), "no {end} in {paths:#?}");
    }
    for end in [".pyc", ".so", ".pyi"] {
        assert!(!has(end), "{end} in {paths:#?}");
    }
}
