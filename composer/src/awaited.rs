//! What is awaited: async functions, and whatever has a stream or a future.

use wit_parser::{Function, Resolve, Type, TypeDefKind, TypeId};

use crate::read::types_in;

/// What of a function is awaited, as the start of a reason.
pub(crate) fn what(resolve: &Resolve, function: &Function) -> Option<String> {
    if function.kind.is_async() {
        return Some("it is async".to_owned());
    }
    let types = function.params.iter().map(|param| param.ty).chain(function.result);
    held(resolve, types).map(|what| format!("it has {what}"))
}

/// The stream or future that types are made of, if there is one.
pub(crate) fn held(resolve: &Resolve, types: impl IntoIterator<Item = Type>) -> Option<&'static str> {
    types_in(resolve, types).into_iter().find_map(|id| kind(resolve, id))
}

fn kind(resolve: &Resolve, id: TypeId) -> Option<&'static str> {
    match resolve.types[id].kind {
        TypeDefKind::Future(_) => Some("a `future`"),
        TypeDefKind::Stream(_) => Some("a `stream`"),
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
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Type(_)
        | TypeDefKind::Unknown => None,
    }
}
