//! What is left of a plan for an app that imports some interfaces and spells some names.

mod support;

use std::collections::BTreeSet;

use composer::plan::Plan;
use composer::prune::{Spelled, prune};
use composer::wit;
use support::host::WORLD;

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn spelled(names: &[&str]) -> Spelled {
    Spelled { names: set(names), any_keyword: false }
}

fn functions(plan: &Plan, interface: &str) -> BTreeSet<String> {
    let interface = plan.interface(interface).expect("every interface stays");
    interface.functions.iter().map(|function| function.path(&interface.name)).collect()
}

#[test]
fn an_interface_that_is_imported_has_all_its_functions() {
    let pruned = prune(&WORLD.plan, &set(&["http-req", "kv-store"]), None);
    for interface in ["http-req", "kv-store"] {
        assert_eq!(functions(&pruned, interface), functions(&WORLD.plan, interface));
    }
}

/// What an app holds without an import: a body, which the host gives it, and a pollable, which a lookup gives it.
#[test]
fn of_others_there_are_the_methods_of_what_an_app_can_hold() {
    let pruned = prune(&WORLD.plan, &set(&["kv-store"]), None);
    let bodies = functions(&pruned, "http-body");
    assert!(bodies.contains("http-body.body.read-all"), "{bodies:?}");
    assert!(!bodies.contains("http-body.body.constructor"), "{bodies:?}");
    assert!(!functions(&pruned, "async-io").contains("async-io.select"));
    assert!(functions(&pruned, "http-req").contains("http-req.request.get-uri"), "the host gives it a request");
    for unused in ["geo", "erl", "secret-store"] {
        assert!(functions(&pruned, unused).is_empty(), "{unused}");
    }
}

#[test]
fn of_several_words_are_those_that_are_spelled() {
    let interfaces = set(&["http-req", "kv-store"]);
    let pruned = prune(&WORLD.plan, &interfaces, Some(&spelled(&["get_uri", "insert", "metadata"])));
    let requests = functions(&pruned, "http-req");
    assert!(
        requests.contains("http-req.request.get-uri") && requests.contains("http-req.request.send"),
        "{requests:?}"
    );
    assert!(!requests.contains("http-req.request.get-header-names"), "{requests:?}");
    let stores = functions(&pruned, "kv-store");
    assert!(stores.contains("kv-store.store.insert-with"), "keywords of `insert` go there");
    assert!(stores.contains("kv-store.insert-options.set-metadata"), "it is a keyword");
    assert!(!stores.contains("kv-store.insert-options.set-time-to-live"), "{stores:?}");
    assert!(!stores.contains("kv-store.store.insert-async"), "{stores:?}");
}

#[test]
fn whoever_passes_any_keyword_sets_any_option() {
    let spelled = Spelled { any_keyword: true, ..spelled(&["insert"]) };
    let stores = functions(&prune(&WORLD.plan, &set(&["kv-store"]), Some(&spelled)), "kv-store");
    assert!(stores.contains("kv-store.insert-options.set-time-to-live"), "{stores:?}");
    assert!(!stores.contains("kv-store.store.insert-async"), "{stores:?}");
}

#[test]
fn what_is_left_is_wit() {
    let interfaces: BTreeSet<String> = WORLD.plan.interfaces.iter().map(|interface| interface.name.clone()).collect();
    for interface in &interfaces {
        for names in [None, Some(Spelled::default())] {
            let only = set(&[interface]);
            let pruned = prune(&WORLD.plan, &only, names.as_ref());
            wit::write_for(&pruned, &WORLD.raw, &only).unwrap_or_else(|error| panic!("{interface}: {error}"));
        }
    }
}
