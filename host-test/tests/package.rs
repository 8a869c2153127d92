//! The Python package that goes with the bindings is small, and can be left out.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use host_test::apps;

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
fn it_adds_less_than_a_hundredth_and_plain_is_without_it() {
    let (own, plain) = (build("hello-own.wasm", &[]), build("hello-plain.wasm", &["--plain"]));
    println!("{} bytes with the package, {} without", own.len(), plain.len());
    assert!(own.len() * 100 < plain.len() * 101, "{} {}", own.len(), plain.len());
    // Code that was imported has its file's name in it.
    let traces = ["fastly_py/errors.py", "fastly_py/bindings.py"];
    assert_eq!(traces.map(|trace| holds(&own, trace)), [true, true]);
    assert_eq!(traces.map(|trace| holds(&plain, trace)), [false, false]);
}
