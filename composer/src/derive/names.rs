//! Names that one of the two bindings cannot have: Rust's, which the guests are made of, and Python's.

use wit_parser::InterfaceId;

use super::DeriveError;
use super::facts::Facts;

/// What Python's bindings import into every module, and spell signatures with.
const PYTHON: [&str; 8] = ["enum", "flag", "list", "optional", "result", "some", "tuple", "union"];

/// Refuses the names of an interface that cannot be bound.
pub(super) fn refuse(facts: &Facts<'_>, id: InterfaceId) -> Result<(), DeriveError> {
    for ty in facts.resolve().interfaces[id].types.values() {
        let path = facts.raw_path(*ty);
        if facts.definition(*ty) != *ty || facts.lines.rules.leave_out.contains_key(&path) {
            continue;
        }
        let name = facts.home(*ty).name;
        let named_self = facts.type_def(*ty).name.as_deref() == Some("self");
        if named_self || facts.case_names(*ty).contains(&"self") {
            return Err(DeriveError::shape(
                path,
                "it is or has a `self`, which the bindings of the guests cannot spell",
                "give it another name in the WIT, or leave out what uses it under [leave-out]",
            ));
        }
        if PYTHON.contains(&name.as_str()) {
            return Err(rename(
                path,
                format!("its class would hide the `{}` that Python's bindings need", camel(&name)),
            ));
        }
        // Options become resources too.
        let is_resource = facts.is_raw_resource(facts.root(*ty)) || facts.is_options(*ty);
        if is_resource && facts.is_adapted(id) && name == "guest" {
            return Err(rename(path, "the bindings of the guests have a `Guest` of their own".to_owned()));
        }
    }
    Ok(())
}

fn rename(path: String, reason: String) -> DeriveError {
    DeriveError::shape(path, reason, "give it another name with a line under [rename]")
}

/// `optional` as `Optional`: the names here are one word each.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
