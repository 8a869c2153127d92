//! Checks of interfaces that stay as they are: the bindings must be able to carry their types.

use wit_parser::{InterfaceId, Type, TypeDefKind, TypeId};

use super::survey::Survey;
use super::{DeriveError, Remedy};
use crate::read::parts;

/// Refuses types of an interface in which nothing changes, or of another package's that it uses, that the bindings of the
/// guests or of the app cannot carry. What is reshaped is refused where its types are mapped.
pub(super) fn types(survey: &Survey<'_>, id: InterfaceId) -> Vec<DeriveError> {
    if survey.is_adapted(id) {
        return Vec::new();
    }
    let own = survey.world.resolve().interfaces[id].types.values();
    own.filter_map(|ty| Some((*ty, uncarried(survey, *ty)?))).map(|(ty, what)| refused(survey, ty, what)).collect()
}

/// Refuses an interface that the rules keep as it is though it uses types of one that changes.
pub(super) fn kept(survey: &Survey<'_>, id: InterfaceId) -> Option<DeriveError> {
    let world = &survey.world;
    if !world.is_kept(id) {
        return None;
    }
    let used = survey.changed_use(id)?;
    let reason = format!("the rules keep it as it is, but it uses types of `{used}`, which changes");
    Some(DeriveError::shape(world.interface_name(id), reason, Remedy::Keep(used)))
}

fn refused(survey: &Survey<'_>, ty: TypeId, what: &str) -> DeriveError {
    DeriveError::shape(
        survey.world.raw_path(ty),
        format!("it holds {what}, which the Python bindings cannot carry"),
        "use a list, an option or a resource instead, or reshape a world that does not import its interface",
    )
}

/// What of a type, or of one that it is made of, the bindings cannot carry.
pub(super) fn uncarried(survey: &Survey<'_>, id: TypeId) -> Option<&'static str> {
    let mut found = None;
    survey.world.walk_types(&Type::Id(id), &mut |part| {
        let kind = &survey.world.type_def(part).kind;
        found = found.or(match kind {
            TypeDefKind::Map(..) => Some("a `map`"),
            TypeDefKind::FixedLengthList(..) => Some("a list of fixed length"),
            TypeDefKind::Record(_)
            | TypeDefKind::Resource
            | TypeDefKind::Handle(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Tuple(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Option(_)
            | TypeDefKind::Result(_)
            | TypeDefKind::List(_)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Type(_)
            | TypeDefKind::Unknown => parts(kind).contains(&Type::ErrorContext).then_some("an `error-context`"),
        });
    });
    found
}
