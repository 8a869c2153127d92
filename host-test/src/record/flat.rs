//! How the canonical ABI passes values without memory: as how many values of the engine.

use wit_parser::{Type, TypeDefKind};

use super::owned::Layout;

/// How many values a type is passed as.
pub fn count(layout: &Layout<'_>, ty: &Type) -> usize {
    let Type::Id(id) = ty else { return if matches!(ty, Type::String) { 2 } else { 1 } };
    if let Some(cases) = layout.cases(*id) {
        return 1 + payload(layout, &cases);
    }
    match &layout.resolve.types[*id].kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| count(layout, &field.ty)).sum(),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().map(|ty| count(layout, ty)).sum(),
        TypeDefKind::Type(ty) => count(layout, ty),
        TypeDefKind::List(_) | TypeDefKind::Map(..) => 2,
        TypeDefKind::Flags(flags) => flags.flags.len().div_ceil(32),
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Option(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Unknown => 1,
    }
}

/// As many values as the longest of some cases has.
pub fn payload(layout: &Layout<'_>, cases: &[(String, Option<Type>)]) -> usize {
    let lengths = cases.iter().map(|(_, ty)| ty.as_ref().map_or(0, |ty| count(layout, ty)));
    lengths.max().unwrap_or_default()
}
