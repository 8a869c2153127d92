//! The file system as a component: what it exports, over what it imports from the host.

mod descriptor;
mod directory;
mod failure;
mod input;
mod output;
mod sandbox;
mod stdio;

/// What wit-bindgen makes of `wit/`.
mod bindings {
    #![allow(missing_docs, unused_qualifications, clippy::wildcard_enum_match_arm, reason = "it is generated")]
    wit_bindgen::generate!({ path: "wit", world: "files", generate_all });
}

/// What the exports belong to.
struct Guest;

bindings::export!(Guest with_types_in bindings);
