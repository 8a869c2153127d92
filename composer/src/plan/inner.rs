//! Handles that stand inside the value of a parameter.

use std::collections::{BTreeMap, BTreeSet};

use super::{Conversion, Plan, Type, TypeDef, TypeKind, TypePath};

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
        self.handles_in(ty, &mut BTreeSet::new(), &mut found);
        found
    }

    /// The types that hold handles which an app lends, in whatever depth: each type is looked at once.
    pub fn handle_holders(&self) -> BTreeSet<TypePath> {
        let mut holders = BTreeSet::new();
        let mut users: BTreeMap<TypePath, Vec<TypePath>> = BTreeMap::new();
        let mut ahead = Vec::new();
        for interface in &self.interfaces {
            for def in &interface.types {
                let path = TypePath::friendly(&interface.name, &def.name);
                for part in parts(def).iter().flat_map(Type::walk) {
                    if self.inner_handle(part).is_some() {
                        ahead.push(path.clone());
                    } else if let Type::Named(of) = part {
                        users.entry(of.clone()).or_default().push(path.clone());
                    }
                }
            }
        }
        while let Some(path) = ahead.pop() {
            if holders.insert(path.clone()) {
                ahead.extend(users.remove(&path).into_iter().flatten());
            }
        }
        holders
    }

    /// The handle of the adapter's that a type is, by itself.
    pub fn inner_handle(&self, ty: &Type) -> Option<InnerHandle> {
        let (resource, is_taken) = match ty {
            Type::Borrow(resource) => (resource, false),
            Type::Converted(Conversion::Take(resource)) => (resource, true),
            Type::Primitive(_)
            | Type::List(_)
            | Type::Option(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Named(_)
            | Type::Own(_)
            | Type::Stream(_)
            | Type::Future(_)
            | Type::Converted(_) => return None,
        };
        self.wrapper(resource).map(|_| InnerHandle { resource: resource.clone(), is_taken })
    }

    fn handles_in(&self, ty: &Type, seen: &mut BTreeSet<TypePath>, found: &mut Vec<InnerHandle>) {
        for part in ty.walk() {
            if let Some(handle) = self.inner_handle(part).filter(|handle| !found.contains(handle)) {
                found.push(handle);
            } else if let Type::Named(path) = part
                && seen.insert(path.clone())
                && let Some(def) = self.type_def(path)
            {
                parts(def).iter().for_each(|part| self.handles_in(part, seen, found));
            }
        }
    }
}

/// What a value of a type is made of. Resources and errors are no values that an app gives.
fn parts(def: &TypeDef) -> Vec<Type> {
    match &def.kind {
        TypeKind::Alias(_) | TypeKind::Record(_) | TypeKind::Variant(_) => def.kind.parts(),
        TypeKind::Flags(_)
        | TypeKind::Enum(_)
        | TypeKind::Error(_)
        | TypeKind::DetailError(_)
        | TypeKind::Wrapper(_)
        | TypeKind::Options(_) => Vec::new(),
    }
}
