//! Exceptions: a class for each case and each family, in wasm as in any Python.

use serde_json::{Value, json};

use crate::facts;

fn has_class(error: &Value, class: &str) -> bool {
    error["classes"].as_array().is_some_and(|classes| classes.contains(&json!(class)))
}

#[test]
fn they_say_what_failed_and_where() {
    let found = facts("/errors/told");
    let open = &found["open"];
    for class in ["OpenError.NotFound", "OpenError", "NotFound", "FastlyError", "Err", "Exception"] {
        assert!(has_class(open, class), "{class}: {found}");
    }
    assert_eq!(open["says"], "kv_store.Store.open: No entity by the given name was found (OpenError.NOT_FOUND)");
    assert_eq!(open["function"], "kv_store.Store.open");
    assert_eq!(open["code"], "OpenError.NOT_FOUND");
    let used_up = &found["used up"];
    assert!(has_class(used_up, "Error.AlreadyConsumed") && has_class(used_up, "AlreadyConsumed"), "{found}");
    assert_eq!(used_up["function"], "http_body.Body.write");
    let freestanding = &found["freestanding"];
    assert!(has_class(freestanding, "Error.InvalidArgument"), "{found}");
    assert_eq!(freestanding["function"], "geo.lookup");
}

#[test]
fn they_leave_nothing_to_the_collector() {
    assert_eq!(facts("/errors/forgotten"), json!({ "left": 0 }));
}

#[test]
fn each_way_to_catch_them_does() {
    let found = facts("/errors/caught");
    let class = "OpenError.NotFound";
    let wanted = json!({
        "NotFound": class, "OpenError": class, "OpenError.NotFound": class, "FastlyError": class, "Err": class,
        "Exception": class, "value": true,
    });
    assert_eq!(found, wanted);
}

#[test]
fn a_failed_send_has_its_details() {
    let found = facts("/errors/sending");
    assert!(has_class(&found, "SendError"), "{found}");
    assert_eq!(found["function"], "http_req.Request.send");
    assert_eq!(found["kind"], true);
    assert_eq!(found["details"], json!([null, null, null]));
    assert!(found["says"].as_str().is_some_and(|says| says.contains("SendErrorKind.")), "{found}");
}

#[test]
fn they_pass_through_what_python_does_with_exceptions() {
    let found = facts("/errors/passed");
    assert_eq!(found["log"], json!(["NotFound", "left", "NotFound", "left"]));
    assert_eq!(found["text_variants"], json!([true, true, true]));
    assert_eq!(found["notes"], json!([["a note"], ["a note"], ["a note"]]));
    assert_eq!(found["hashed"], 1);
    let said = "fastly_py.errors.OpenError.NotFound: kv_store.Store.open: No entity by the given name was found";
    for (text, part) in [("traceback", said), ("traceback", "direct cause"), ("logged", said), ("logged", "it failed")]
    {
        assert!(found[text].as_str().is_some_and(|text| text.contains(part)), "{text}: {found}");
    }
}

#[test]
fn an_unknown_payload_is_shown() {
    let found = facts("/errors/unknown");
    assert_eq!(found, json!({ "None": [true, "None"], "'text'": [true, "'text'"], "7": [true, "7"], "all": [] }));
}
