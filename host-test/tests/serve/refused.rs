//! What cannot be served: one clear line each, before anything is compiled.

use std::net::TcpListener;

use crate::support::App;
use crate::{refused, run};

#[test]
fn a_missing_file_is_one_clear_line() {
    let app = App::new();
    let wasm = app.missing("missing.wasm");
    let wasm = wasm.display();
    refused(
        &[&wasm.to_string()],
        &format!("cannot read {wasm}: no such file or directory; build the app first, or correct the path"),
    );
}

#[test]
fn a_file_that_is_no_wasm_is_one_clear_line() {
    let app = App::new();
    let wasm = app.file("readme.wasm", "this is text");
    let wasm = wasm.display();
    refused(
        &[&wasm.to_string()],
        &format!(
            "cannot serve {wasm}: it is not a WebAssembly binary; \
             pass the .wasm file that the build wrote"
        ),
    );
}

#[test]
fn a_core_module_is_one_clear_line() {
    let app = App::new();
    let wasm = app.core();
    let wasm = wasm.display();
    refused(
        &[&wasm.to_string()],
        &format!(
            "cannot serve {wasm}: it is a core module, not a component; \
             pass the composed component that the build wrote"
        ),
    );
}

#[test]
fn a_component_for_another_host_is_one_clear_line() {
    let app = App::new();
    let component = wat::parse_str(r#"(component (import "example:other/thing" (instance (export "do" (func)))))"#);
    let wasm = app.file("other.wasm", component.expect("it is valid"));
    let wasm = wasm.display().to_string();
    let finished = run(&[&wasm, "--addr", "127.0.0.1:0"]);
    let lines: Vec<_> = finished.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", finished.stderr);
    assert_eq!(lines[0], format!("compiling {wasm} …"));
    assert!(lines[1].starts_with(&format!("error: cannot load {wasm}: ")), "{}", lines[1]);
    assert!(lines[1].contains("example:other/thing"), "{}", lines[1]);
    assert_eq!(finished.status.code(), Some(1));
}

#[test]
fn a_config_with_bad_syntax_names_the_line() {
    let app = App::new();
    let wasm = app.wasm.display().to_string();
    let config = app.file("syntax.toml", "name = \"app\"\n[local_server\n");
    let config = config.display().to_string();
    let finished = run(&[&wasm, "-C", &config]);
    assert!(finished.stderr.starts_with(&format!("error: cannot use {config}: line 2: ")), "{}", finished.stderr);
    assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
    assert_eq!(finished.status.code(), Some(1));
}

#[test]
fn a_config_the_host_refuses_names_the_entry() {
    let app = App::new();
    let wasm = app.wasm.display().to_string();
    let config = app.file("backend.toml", "[local_server.backends.origin]\n");
    let config = config.display();
    refused(
        &[&wasm, "-C", &config.to_string()],
        &format!(
            "cannot use {config}: invalid configuration for 'origin': missing 'url' field; correct the file and start again"
        ),
    );
}

#[test]
fn a_missing_config_is_one_clear_line() {
    let app = App::new();
    let wasm = app.wasm.display().to_string();
    let config = app.missing("missing.toml");
    let config = config.display();
    refused(
        &[&wasm, "-C", &config.to_string()],
        &format!("cannot read {config}: no such file or directory; correct the path given with -C"),
    );
}

#[test]
fn a_port_in_use_is_one_clear_line_before_any_compiling() {
    let app = App::new();
    let wasm = app.wasm.display().to_string();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("its address");
    refused(
        &[&wasm, "--addr", &addr.to_string()],
        &format!(
            "cannot listen on {addr}: address already in use; \
             stop the other server or choose another --addr"
        ),
    );
}
