//! Answers that are handles of a text: read to their end in the adapter, so that the app gets the text.

use wit_parser::{Function, InterfaceId, Type as RawType, TypeId};

use super::DeriveError;
use super::survey::Survey;
use crate::plan::Conversion;

/// The text that a handle is read for, if the rules say so of the function at `path`.
pub(super) fn text(survey: &Survey<'_>, path: &str, ty: &RawType) -> Result<Option<Conversion>, DeriveError> {
    let Some(resource) = survey.world.handle_of(ty).filter(|_| survey.world.is_own(ty)) else { return Ok(None) };
    if !survey.world.usage.is_text_body(path) {
        return Ok(None);
    }
    let resource = survey.world.definition(resource);
    let mut readers = survey.world.imported_functions().filter(|(id, function)| reads(survey, *id, function, resource));
    let Some((id, read)) = readers.next() else {
        let name = survey.world.type_def(resource).name.clone().unwrap_or_default();
        return Err(DeriveError::shape(
            path,
            format!("its answer must become a text, but no function reads `{name}` to its end"),
            format!(
                "name under [read-all] a function that takes a `borrow<{name}>` and how many bytes to read, and nothing else, or delete the line in `bodies` under [text]"
            ),
        ));
    };
    Ok(Some(Conversion::Body(Box::new(survey.world.raw_function(id, read)?))))
}

/// Whether the rules have a function read to its end, and it reads from such a handle.
fn reads(survey: &Survey<'_>, id: InterfaceId, function: &Function, resource: TypeId) -> bool {
    let [handle, size] = function.params.as_slice() else { return false };
    survey.world.usage.rules.read_all.contains_key(&survey.world.function_path(id, function))
        && survey.world.handle_of(&handle.ty).is_some_and(|handle| survey.world.definition(handle) == resource)
        && matches!(survey.world.primitive_of(&size.ty), RawType::U32 | RawType::U64)
}
