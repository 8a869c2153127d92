//! What is left out of the raw packages before bindings are made for them.

use std::collections::BTreeSet;

use wit_parser::Resolve;

use crate::plan::Plan;
use crate::read::RawWorld;

/// The raw packages without the functions that are left out: no bindings are made for them, so the
/// guests compile whatever they are. A placeholder's functions stay, the glue fills it by them.
pub(super) fn without(plan: &Plan, raw: &RawWorld) -> Resolve {
    let paths: BTreeSet<&str> =
        plan.interfaces.iter().flat_map(|interface| &interface.left_out).map(|left| left.path.as_str()).collect();
    let mut resolve = raw.resolve.clone();
    for id in &raw.imports {
        resolve.interfaces[*id].functions.retain(|_, function| {
            let path = raw.function_path(*id, function);
            let of_left_out = path.rsplit_once('.').is_some_and(|(resource, _)| paths.contains(resource));
            of_left_out || !paths.contains(path.as_str())
        });
    }
    resolve
}
