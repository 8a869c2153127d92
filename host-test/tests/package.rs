//! What a build makes of an app's folder: the package that goes with the bindings is small and can be left out, the
//! bindings have all that the app can call, and what is no source of it is passed by.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use host_test::apps;
use host_test::client::Request;
use host_test::server::{Options, Server};

/// Builds the smallest app there is, with these arguments besides.
fn build(name: &str, more: &[&str]) -> Vec<u8> {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let app = apps::fixture("apps").join("hello");
    let args = [OsString::from("build"), app.into(), "-o".into(), out.clone().into()];
    let output = apps::composer(args.into_iter().chain(more.iter().map(OsString::from)));
    let output = output.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(out).expect("the composed component")
}

fn holds(component: &[u8], text: &str) -> bool {
    component.windows(text.len()).any(|bytes| bytes == text.as_bytes())
}

#[test]
fn it_adds_little_and_plain_is_without_it() {
    let (own, plain) = (build("hello-own.wasm", &[]), build("hello-plain.wasm", &["--plain"]));
    println!("{} bytes with the package, {} without", own.len(), plain.len());
    // Where objects lie differs from build to build, and is some hundredths of it.
    assert!(own.len() * 100 < plain.len() * 106, "{} {}", own.len(), plain.len());
    // Code that was imported has its file's name in it.
    let traces = ["fastly_py/errors.py", "fastly_py/bindings.py"];
    assert_eq!(traces.map(|trace| holds(&own, trace)), [true, true]);
    assert_eq!(traces.map(|trace| holds(&plain, trace)), [false, false]);
}

/// No source says `get_uri`, and the code that says a part of it is behind a link.
const COMPUTED: &str = r#"
from functools import reduce

import wit_world
from shared.words import WHAT
from wit_world import exports


class HttpIncoming(exports.HttpIncoming):
    def handle(self, request, body):
        answer = wit_world.imports.http_body.Body()
        answer.write(reduce(getattr, ["get_" + WHAT], request)().encode())
        wit_world.imports.http_resp.Response().send_downstream(answer)
"#;

/// A folder with that app, and with all that may lie about in one.
#[cfg(unix)]
fn littered(folder: &Path) {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    let app = folder.join("app");
    let installed = "app/.venv/lib/python3.14/site-packages";
    for below in ["app/data.py", "app/wit_world/imports", "shared", installed] {
        fs::create_dir_all(folder.join(below)).expect("a folder");
    }
    let mine = "raise RuntimeError('these are not the bindings')\n";
    for (file, text) in [
        ("app/main.py", COMPUTED),
        ("shared/words.py", "WHAT = 'uri'\n"),
        ("app/wit_world/__init__.py", mine),
        ("app/componentize_py_types.py", mine),
        ("app/.venv/pyvenv.cfg", "version = 3.14.0\n"),
        (&format!("{installed}/componentize_py_runtime.py"), mine),
        ("app/script.py", "from wit_world.imports import no_such_thing\n"),
    ] {
        fs::write(folder.join(file), text).expect("a file");
    }
    for (to, link) in
        [("../shared", "shared"), ("nowhere", "dead.py"), ("loop.py", "loop.py"), ("..", "up"), (".", "here")]
    {
        symlink(to, app.join(link)).expect("a link");
    }
    let pipe = Command::new("mkfifo").arg(app.join("pipe.py")).status().expect("mkfifo runs");
    assert!(pipe.success());
    UnixListener::bind(app.join("socket.py")).expect("a socket");
}

#[cfg(unix)]
#[test]
fn an_app_binds_what_it_computes_and_what_is_no_source_is_passed_by() {
    let folder = tempfile::tempdir().expect("a folder");
    littered(folder.path());
    let (app, wasm) = (folder.path().join("app"), folder.path().join("app.wasm"));
    let output = apps::composer([OsString::from("build"), app.clone().into(), "-o".into(), wasm.clone().into()]);
    let output = output.unwrap_or_else(|error| panic!("{error:?}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    for name in ["wit_world", "componentize_py_types.py"] {
        let line = format!("passing {} by: the build makes the bindings itself\n", app.join(name).display());
        assert!(said.contains(&line), "{said}");
    }
    let line = "passing componentize_py_runtime.py of the app's packages by: the build makes the bindings itself\n";
    assert!(said.contains(line), "{said}");
    let server = Server::start(Options::new(wasm)).unwrap_or_else(|error| panic!("{error}"));
    let response = Request::new("GET", "/computed?name").limit(Duration::from_secs(60)).send(server.addr());
    let response = response.unwrap_or_else(|error| panic!("{error}"));
    let uri = response.text();
    assert_eq!(response.status(), 200, "{uri}");
    assert!(uri.ends_with("/computed?name"), "{uri}");
}
