//! The shapes of errors: records of an error and its details, and errors that carry another one.

use std::collections::HashSet;

use wit_parser::{Record, Type, TypeDefKind, TypeId, Variant};

use super::world::World;

/// `record { detail: option<variant>, error: base }`, taken apart.
pub(super) struct DetailShape<'a> {
    pub detail_field: &'a str,
    pub detail: TypeId,
    pub variant: &'a Variant,
    pub base_field: &'a str,
    pub base: TypeId,
}

impl<'a> DetailShape<'a> {
    /// Takes a type apart, if it has this shape; `errors` are what functions fail with.
    pub fn of(world: &World<'a>, errors: &HashSet<TypeId>, id: TypeId) -> Option<Self> {
        let TypeDefKind::Record(Record { fields }) = &world.type_def(id).kind else { return None };
        let [first, second] = fields.as_slice() else { return None };
        let (detail_field, base_field) =
            if world.option_of(&first.ty).is_some() { (first, second) } else { (second, first) };
        let Type::Id(detail) = world.option_of(&detail_field.ty)? else { return None };
        let detail = world.definition(*detail);
        let TypeDefKind::Variant(variant) = &world.type_def(detail).kind else { return None };
        let base = nested_error(world, errors, Some(&base_field.ty))?;
        Some(Self { detail_field: &detail_field.name, detail, variant, base_field: &base_field.name, base })
    }
}

/// The variant or enum that a payload is, if some function fails with it too.
pub(super) fn nested_error(world: &World<'_>, errors: &HashSet<TypeId>, payload: Option<&Type>) -> Option<TypeId> {
    let Type::Id(id) = payload? else { return None };
    let id = world.definition(*id);
    let shaped = matches!(world.type_def(id).kind, TypeDefKind::Variant(_) | TypeDefKind::Enum(_));
    (shaped && errors.contains(&id)).then_some(id)
}
