//! The types that friendly items name.

use crate::plan::{Function, Interface, Kind, Side, Type, TypeDef, TypePath};

/// The names in a type; what stands for a converted value is among them.
pub(super) fn by(ty: &Type) -> Vec<TypePath> {
    match ty {
        Type::Named(path) | Type::Own(path) | Type::Borrow(path) => vec![path.clone()],
        Type::List(inner) | Type::Option(inner) => by(inner),
        Type::Tuple(parts) => parts.iter().flat_map(by).collect(),
        Type::Result { ok, err } => ok.iter().chain(err).flat_map(|part| by(part)).collect(),
        Type::Converted(conversion) => by(&conversion.friendly()),
        Type::Primitive(_) => Vec::new(),
    }
}

/// The names in the definition of a type.
pub(super) fn by_type(def: &TypeDef) -> Vec<TypePath> {
    def.kind.parts().iter().flat_map(by).collect()
}

/// The names in a signature, and the resource that the function is of.
pub(super) fn by_function(interface: &Interface, function: &Function) -> Vec<TypePath> {
    let types = function.params.iter().map(|param| &param.ty).chain(&function.result);
    let resource = match &function.kind {
        Kind::Freestanding => None,
        Kind::Method(name) | Kind::Static(name) | Kind::Constructor(name) => {
            Some(TypePath { side: Side::Friendly, interface: interface.name.clone(), name: name.clone() })
        }
    };
    types.flat_map(by).chain(resource).collect()
}
