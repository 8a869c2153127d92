//! Handles that stand inside the value of a parameter.

use super::{Conversion, Plan, Type, TypeKind, TypePath};

/// A handle inside a value, of one resource and one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InnerHandle {
    /// The friendly resource.
    pub resource: TypePath,
    /// Whether the host is given it, and not only lent.
    pub is_taken: bool,
}

impl Plan {
    /// The handles of the adapter's resources that stand inside a value of a type. Each resource and way is there once, in
    /// the order in which they are met.
    pub fn inner_handles(&self, ty: &Type) -> Vec<InnerHandle> {
        let mut found = Vec::new();
        self.handles_in(ty, &mut found);
        found
    }

    fn handles_in(&self, ty: &Type, found: &mut Vec<InnerHandle>) {
        for part in ty.walk() {
            let (resource, is_taken) = match part {
                Type::Borrow(resource) => (resource, false),
                Type::Converted(Conversion::Take(resource)) => (resource, true),
                Type::Named(path) => {
                    self.handles_in_named(path, found);
                    continue;
                }
                Type::Primitive(_)
                | Type::List(_)
                | Type::Option(_)
                | Type::Tuple(_)
                | Type::Result { .. }
                | Type::Own(_)
                | Type::Converted(_) => continue,
            };
            let handle = InnerHandle { resource: resource.clone(), is_taken };
            if self.wrapper(resource).is_some() && !found.contains(&handle) {
                found.push(handle);
            }
        }
    }

    fn handles_in_named(&self, path: &TypePath, found: &mut Vec<InnerHandle>) {
        let Some(def) = self.type_def(path) else { return };
        match &def.kind {
            TypeKind::Alias(_) | TypeKind::Record(_) | TypeKind::Variant(_) => {
                def.kind.parts().iter().for_each(|part| self.handles_in(part, found));
            }
            TypeKind::Flags(_)
            | TypeKind::Enum(_)
            | TypeKind::Error(_)
            | TypeKind::DetailError(_)
            | TypeKind::Wrapper(_)
            | TypeKind::Options(_) => {}
        }
    }
}
