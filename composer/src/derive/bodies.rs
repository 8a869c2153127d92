//! Answers that are handles of a text: read to their end in the adapter, so that the app gets the text.

use wit_parser::{Function, InterfaceId, Type as RawType, TypeId};

use super::DeriveError;
use super::facts::Facts;
use super::reshape::item_name;
use crate::plan::{Conversion, RawFunction};

/// The text that a handle is read for, if the rules say so of the function at `path`.
pub(super) fn text(facts: &Facts<'_>, path: &str, ty: &RawType) -> Result<Option<Conversion>, DeriveError> {
    let Some(resource) = facts.handle_of(ty).filter(|_| facts.is_own(ty)) else { return Ok(None) };
    if !facts.lines.is_text_body(path) {
        return Ok(None);
    }
    let resource = facts.definition(resource);
    let mut readers = facts.imported_functions().filter(|(id, function)| reads(facts, *id, function, resource));
    let Some((id, read)) = readers.next() else {
        let name = facts.type_def(resource).name.clone().unwrap_or_default();
        return Err(DeriveError::shape(
            path,
            format!("its answer must become a text, but no function reads `{name}` to its end"),
            format!(
                "name under [read-all] a function that takes a `borrow<{name}>` and how many bytes to read, and nothing else, or delete the line in `bodies` under [text]"
            ),
        ));
    };
    let kind = facts.kind(id, read)?;
    let read = RawFunction { interface: facts.interface_name(id), name: item_name(&kind, read), kind };
    Ok(Some(Conversion::Body(Box::new(read))))
}

/// Whether the rules have a function read to its end, and it reads from such a handle.
fn reads(facts: &Facts<'_>, id: InterfaceId, function: &Function, resource: TypeId) -> bool {
    let [handle, size] = function.params.as_slice() else { return false };
    facts.lines.rules.read_all.contains_key(&facts.function_path(id, function))
        && facts.handle_of(&handle.ty).is_some_and(|handle| facts.definition(handle) == resource)
        && matches!(facts.primitive_of(&size.ty), RawType::U32 | RawType::U64)
}
