//! Options by keyword, and arguments that are looked at before they end the sandbox.

use std::collections::BTreeMap;

use serde_json::json;

use crate::facts;

#[test]
fn options_go_by_keyword() {
    let found = facts("/options/keywords?key=by-keyword");
    let wanted = json!({
        "plain": ["one", null],
        "function": ["one two", "by name"],
        "constructor": ["zero one two", null],
        "same class": true,
        "existing": "kv_store.KvError.PRECONDITION_FAILED",
        "listed": found["listed"],
        "cache": "by name",
        "backend": true,
    });
    assert_eq!(found, wanted);
    assert_ne!(found["listed"], 0);
}

#[test]
fn what_no_binding_takes_is_a_python_error_that_names_the_parameter() {
    let found = facts("/options/refused");
    let wanted = [
        ("left", "ValueError: Body.write: this object was closed, by `close()` or the end of its `with`"),
        ("left, as an argument", "ValueError: Store.insert: body was closed, by `close()` or the end of its `with`"),
        ("str for bytes", "TypeError: Body.write: data must be bytes, not str"),
        ("bytearray", "TypeError: Body.write: data must be bytes, not bytearray"),
        ("-1", "ValueError: Body.read: chunk_size must be from 0 to 4294967295, and is -1"),
        ("too large", "ValueError: Response.set_status: status must be from 0 to 65535, and is 65536"),
        ("None", "TypeError: Store.open: name must be str, not NoneType"),
        ("bytes for str", "TypeError: Request.set_method: method must be str, not bytes"),
        ("half a character", "ValueError: Request.set_method: method is no text, because of '\\udcff' in it"),
        ("tuple for list", "TypeError: select: handles must be list, not tuple"),
        ("None in a list", "TypeError: select: handles[0] must be async_io.Pollable, not NoneType"),
        ("another enum", "TypeError: Request.set_version: version must be http_types.HttpVersion, not Other"),
        ("no member", "ValueError: InsertOptions.set_mode: mode must be kv_store.InsertMode or one of 'overwrite', "),
        ("no keyword", "TypeError: InsertOptions() got an unexpected keyword argument 'mod'"),
        ("another object", "TypeError: Store.insert: body must be http_body.Body, not Request"),
        ("no object", "TypeError: Request.send: body must be http_body.Body, not NoneType"),
        ("text for seconds", "TypeError: select_with_timeout: timeout must be float, not str"),
    ];
    for (case, message) in wanted {
        assert!(found[case].as_str().is_some_and(|said| said.starts_with(message)), "{case}: {found}");
    }
    assert_eq!(found.as_object().map(serde_json::Map::len), Some(wanted.len()));
}

#[test]
fn what_the_bindings_could_take_they_take() {
    let wanted = json!({ "method": "PUT", "version": "HttpVersion.HTTP11", "address": "ok" });
    assert_eq!(facts("/options/accepted"), wanted);
}

/// Functions are counted and no time is taken, which is different on every machine: `just bench ours` does that.
#[test]
fn looking_at_arguments_calls_little() {
    let found: BTreeMap<String, [u32; 2]> = serde_json::from_value(facts("/costs")).expect("pairs of counts");
    println!("{found:?}");
    for (call, [plain, own]) in found {
        assert!(own <= plain + if call == "no argument" { 0 } else { 2 }, "{call}: {plain} as made, {own} with it");
    }
}
