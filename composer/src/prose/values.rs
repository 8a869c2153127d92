//! WIT values and types in backticks, as Python has them.

use super::python;
use crate::plan::{Plan, Primitive, Type, TypeKind};

/// The Python of a value that needs no name: `none`, `true`, and what wraps them.
pub(super) fn literal(code: &str) -> Option<&'static str> {
    match unwrapped(code) {
        "none" => Some("None"),
        "true" => Some("True"),
        "false" => Some("False"),
        _ => None,
    }
}

/// `v` of `ok(v)`, `some(v)` and `ok(some(v))`.
pub(super) fn unwrapped(code: &str) -> &str {
    let inner = ["ok(", "some("].iter().find_map(|wrap| code.strip_prefix(wrap)?.strip_suffix(')'));
    inner.map_or(code, unwrapped)
}

pub(super) fn primitive(name: &str) -> Option<Primitive> {
    Some(match name {
        "bool" => Primitive::Bool,
        "u8" | "u16" | "u32" | "u64" | "s8" | "s16" | "s32" | "s64" => Primitive::U32,
        "f32" | "f64" => Primitive::F64,
        "char" | "string" => Primitive::String,
        _ => return None,
    })
}

/// Whether a span of code is a type of numbers.
pub(super) fn is_number(code: &str) -> bool {
    matches!(primitive(code), Some(Primitive::U32 | Primitive::F64))
}

/// The Python of a WAVE literal, seen from the module of an interface.
pub(super) fn wave(plan: &Plan, interface: &str, ty: &Type, literal: &str) -> String {
    let path = match ty {
        Type::Named(path) => path,
        Type::Option(inner) => return wave(plan, interface, inner, literal),
        Type::Primitive(_)
        | Type::List(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Converted(_) => {
            return self::literal(literal).unwrap_or(literal).to_owned();
        }
    };
    let Some(def) = python::definition(plan, path) else { return literal.to_owned() };
    let is_here = path.interface == interface;
    match &def.kind {
        TypeKind::Alias(target) => wave(plan, interface, target, literal),
        TypeKind::Enum(_) | TypeKind::Error(_) | TypeKind::Variant(_) => {
            let case = python::full_case(def, literal);
            if is_here { case } else { format!("{}.{case}", python::module(&path.interface)) }
        }
        TypeKind::Record(_)
        | TypeKind::Flags(_)
        | TypeKind::DetailError(_)
        | TypeKind::Wrapper(_)
        | TypeKind::Options(_) => literal.to_owned(),
    }
}
