//! Composed components, looked into and taken apart again.

mod support;

use std::collections::BTreeSet;

use composer::host_compat::OnHost;
use composer::inspect::inspect;
use composer::manifest::{self, ManifestError};
use support::composed::{app, composed};
use support::scene::SMALL;

fn small() -> (Vec<u8>, Vec<u8>) {
    let app = app(&SMALL);
    let component = composed(&OnHost::same(SMALL.clone()), &app);
    (app, component)
}

/// The component with a text in place of another, as long as it is.
fn changed(component: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let place = component.windows(from.len()).position(|part| part == from.as_bytes()).expect("it is there");
    let mut changed = component.to_vec();
    changed[place..place + to.len()].copy_from_slice(to.as_bytes());
    changed
}

#[test]
fn what_is_taken_apart_is_what_was_composed() {
    let (app, component) = small();
    let parts = manifest::split(&component).unwrap_or_else(|error| panic!("{error}"));
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(BTreeSet::from_iter(names), BTreeSet::from(["adapter", "app", "entry"]));
    for part in &parts {
        wit_component::decode(part.component).unwrap_or_else(|error| panic!("{}: {error:#}", part.name));
    }
    let taken_out = parts.iter().find(|part| part.name == "app").expect("the app is there").component;
    assert!(taken_out == app, "the app is another one");
    // It can be composed again, and comes to the same.
    let again = composed(&OnHost::same(SMALL.clone()), taken_out);
    assert!(again == component, "the components differ");
}

#[test]
fn a_component_says_what_is_inside_of_it() {
    let (app, component) = small();
    let found = inspect(&component).unwrap_or_else(|error| panic!("{error}"));
    let manifest = found.manifest.expect("it was composed");
    assert_eq!(manifest.composer, env!("CARGO_PKG_VERSION"));
    assert_eq!((manifest.raw.as_str(), manifest.friendly.as_str()), ("acme:raw/service@1.2.0", "acme:friendly@1.2.0"));
    assert_eq!(manifest.parts.iter().find(|part| part.name == "app").map(|part| part.size), Some(app.len()));
    assert_eq!(found.size, component.len());
    assert_eq!(found.exports.keys().collect::<Vec<_>>(), ["acme:raw/incoming@1.2.0"]);
    assert!(found.imports.keys().any(|name| name.starts_with("acme:raw/")), "{:?}", found.imports);
    assert!(found.producers["processed-by"].contains_key("composer"), "{:?}", found.producers);

    let found = inspect(&app).unwrap_or_else(|error| panic!("{error}"));
    assert!(found.manifest.is_none());
    assert!(found.imports.keys().any(|name| name.starts_with("acme:friendly/")), "{:?}", found.imports);
}

#[test]
fn what_was_not_composed_or_was_changed_is_not_taken_apart() {
    let (app, component) = small();
    assert!(matches!(manifest::split(&app), Err(ManifestError::NotComposed)));
    for other in [&b"not a component"[..], b"", &component[..component.len() / 2], &component[..7]] {
        assert!(matches!(manifest::split(other), Err(ManifestError::Unreadable { .. })));
        assert!(matches!(inspect(other), Err(ManifestError::Unreadable { .. })));
    }
    let size = format!(r#""size":{}"#, app.len());
    let other = format!(r#""size":{}"#, app.len() + 1);
    for (from, to) in [
        (size.as_str(), other.as_str()),
        (r#""parts":["#, r#""parts":3"#),
        (r#""name":"entry""#, r#""name":"../up""#),
        (r#"{"name":"adapter","#, r#"{"none":"adapter","#),
    ] {
        let error = manifest::split(&changed(&component, from, to)).expect_err(to);
        assert!(matches!(error, ManifestError::Misfit { .. }), "{to}: {error}");
    }
}
