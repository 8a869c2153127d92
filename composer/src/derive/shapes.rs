//! What raw types are made of: one question, one kind of type.

use std::collections::HashSet;

use wit_parser::{Function, Handle, InterfaceId, Record, Result_, Type, TypeDefKind, TypeId};

use super::world::World;
use crate::plan::{self, Primitive};
use crate::read::parts;

/// What a raw function gives back, taken apart.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RawResult {
    /// The value, if there is one.
    pub ok: Option<Type>,
    /// The error, if it has a type.
    pub err: Option<Type>,
    /// Whether it is a `result`.
    pub fallible: bool,
}

impl<'a> World<'a> {
    /// The type that this one is another name for, if it is.
    pub fn alias_of(&self, id: TypeId) -> Option<TypeId> {
        let TypeDefKind::Type(Type::Id(next)) = self.type_def(id).kind else { return None };
        Some(next)
    }

    /// The record that a type is, if it is one.
    pub fn record_of(&self, id: TypeId) -> Option<&'a Record> {
        let TypeDefKind::Record(record) = &self.type_def(id).kind else { return None };
        Some(record)
    }

    /// The definition of a type that has one.
    pub fn named(&self, ty: &Type) -> Option<TypeId> {
        let Type::Id(id) = ty else { return None };
        Some(self.definition(*id))
    }

    /// The record that a type is by itself or by another name, and its definition, if it is one.
    pub fn named_record(&self, ty: &Type) -> Option<(TypeId, &'a Record)> {
        let id = self.named(ty)?;
        Some((id, self.record_of(id)?))
    }

    /// What the cases of a variant carry, if a type is one.
    pub fn payloads_of(&self, ty: &Type) -> Option<Vec<Type>> {
        let TypeDefKind::Variant(variant) = self.shape(ty)? else { return None };
        Some(variant.cases.iter().filter_map(|case| case.ty).collect())
    }

    /// What a type that has no name of its own, or whatever names, is in the end.
    fn shape(&self, ty: &Type) -> Option<&'a TypeDefKind> {
        Some(&self.type_def(self.named(ty)?).kind)
    }

    /// A type without parts, under whatever name.
    pub fn primitive_of(&self, ty: &Type) -> Type {
        match self.shape(ty) {
            Some(TypeDefKind::Type(target)) => self.primitive_of(target),
            Some(_) | None => *ty,
        }
    }

    /// The names of the cases of a variant or an enum; none for any other type.
    pub fn case_names(&self, id: TypeId) -> Vec<&'a str> {
        if let TypeDefKind::Variant(variant) = &self.type_def(id).kind {
            variant.cases.iter().map(|case| case.name.as_str()).collect()
        } else if let TypeDefKind::Enum(enum_) = &self.type_def(id).kind {
            enum_.cases.iter().map(|case| case.name.as_str()).collect()
        } else {
            Vec::new()
        }
    }

    /// The names of those cases of a variant or an enum that carry nothing.
    pub fn bare_cases(&self, id: TypeId) -> Vec<&'a str> {
        let TypeDefKind::Variant(variant) = &self.type_def(id).kind else { return self.case_names(id) };
        variant.cases.iter().filter(|case| case.ty.is_none()).map(|case| case.name.as_str()).collect()
    }

    /// What a function gives back, the parts of a `result` apart.
    pub fn result_of(&self, function: &Function) -> RawResult {
        match function.result.as_ref().and_then(|ty| self.shape(ty)) {
            Some(TypeDefKind::Result(result)) => RawResult { ok: result.ok, err: result.err, fallible: true },
            Some(_) | None => RawResult { ok: function.result, err: None, fallible: false },
        }
    }

    /// What a type is an option or a list of, if it is one.
    pub fn item_of(&self, ty: &Type) -> Option<&'a Type> {
        let (TypeDefKind::Option(item) | TypeDefKind::List(item)) = self.shape(ty)? else { return None };
        Some(item)
    }

    /// Whether a type is a handle that is given away.
    pub fn is_own(&self, ty: &Type) -> bool {
        matches!(self.shape(ty), Some(TypeDefKind::Handle(Handle::Own(_))))
    }

    /// Whether a type is a list of bytes.
    pub fn is_bytes(&self, ty: &Type) -> bool {
        matches!(self.shape(ty), Some(TypeDefKind::List(Type::U8)))
    }

    /// Whether a type is a list of whatever.
    pub fn is_list(&self, ty: &Type) -> bool {
        matches!(self.shape(ty), Some(TypeDefKind::List(_)))
    }

    /// What a type is an option of, if it is one.
    pub fn option_of(&self, ty: &Type) -> Option<&'a Type> {
        let TypeDefKind::Option(inner) = self.shape(ty)? else { return None };
        Some(inner)
    }

    /// The placeholder resource that a type is an optional handle of, if it is one.
    pub fn extra_of(&self, ty: &Type) -> Option<TypeId> {
        let resource = self.handle_of(self.option_of(ty)?)?;
        self.is_extra(resource).then_some(resource)
    }

    /// The resource of a type that is nothing but a handle.
    pub fn handle_of(&self, ty: &Type) -> Option<TypeId> {
        let TypeDefKind::Handle(handle) = self.shape(ty)? else { return None };
        match handle {
            Handle::Own(resource) | Handle::Borrow(resource) => Some(*resource),
        }
    }

    /// A type as a `result`, if it is one.
    pub fn result_type(&self, ty: &Type) -> Option<&'a Result_> {
        if let TypeDefKind::Result(result) = self.shape(ty)? { Some(result) } else { None }
    }

    /// The resource of a type that is a handle, an option of one, or a list of them.
    pub fn handle_inside(&self, ty: &Type) -> Option<TypeId> {
        self.handle_of(ty).or_else(|| self.handle_of(self.item_of(ty)?))
    }

    /// The resource that a function without parameters makes, failing or not.
    pub fn made(&self, raw: &Function) -> Option<TypeId> {
        let made = self.result_of(raw).ok.filter(|_| raw.params.is_empty())?;
        let resource = self.handle_of(&made).filter(|_| self.is_own(&made))?;
        Some(self.definition(resource))
    }

    /// What a page is made of, if the function returns a page: `tuple<string or list<u8>, option<u32>>`.
    pub fn page_item(&self, function: &Function) -> Option<plan::Type> {
        let Type::Id(id) = self.result_of(function).ok? else { return None };
        let TypeDefKind::Tuple(tuple) = &self.type_def(id).kind else { return None };
        let [page, next] = tuple.types.as_slice() else { return None };
        if self.option_of(next) != Some(&Type::U32) {
            return None;
        }
        if *page == Type::String {
            return Some(plan::Type::Primitive(Primitive::String));
        }
        self.is_bytes(page).then(plan::Type::bytes)
    }

    /// The functions of a raw resource.
    pub fn resource_functions(&self, resource: TypeId) -> Vec<&'a Function> {
        let Some(owner) = self.owner(resource) else { return Vec::new() };
        self.resolve().interfaces[owner]
            .functions
            .values()
            .filter(|function| function.kind.resource() == Some(resource))
            .collect()
    }

    /// The resources that a type holds handles of.
    pub fn handles_in(&self, ty: &Type) -> Vec<TypeId> {
        let mut found = Vec::new();
        self.walk(ty, &mut |handle| match handle {
            Handle::Own(id) | Handle::Borrow(id) => found.push(*id),
        });
        found
    }

    /// Whether something inside a type is lent, and nothing is given away: text, lists, borrowed handles.
    pub fn is_lent(&self, ty: &Type) -> bool {
        let (mut lent, mut given_away) = (false, false);
        self.walk_parts(ty, &mut |part| match part {
            Type::String => lent = true,
            Type::Id(id) => match &self.type_def(*id).kind {
                TypeDefKind::List(_) | TypeDefKind::Handle(Handle::Borrow(_)) => lent = true,
                TypeDefKind::Handle(Handle::Own(_)) => given_away = true,
                TypeDefKind::Record(_)
                | TypeDefKind::Tuple(_)
                | TypeDefKind::Variant(_)
                | TypeDefKind::Option(_)
                | TypeDefKind::Type(_)
                | TypeDefKind::FixedLengthList(..)
                | TypeDefKind::Map(..)
                | TypeDefKind::Result(_)
                | TypeDefKind::Future(_)
                | TypeDefKind::Stream(_)
                | TypeDefKind::Resource
                | TypeDefKind::Flags(_)
                | TypeDefKind::Enum(_)
                | TypeDefKind::Unknown => {}
            },
            Type::Bool
            | Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::S8
            | Type::S16
            | Type::S32
            | Type::S64
            | Type::F32
            | Type::F64
            | Type::Char
            | Type::ErrorContext => {}
        });
        lent && !given_away
    }

    /// The functions that the raw world exports.
    pub fn exported_functions(&self) -> impl Iterator<Item = (InterfaceId, &'a Function)> {
        let resolve = self.resolve();
        self.raw
            .exports
            .iter()
            .flat_map(move |id| resolve.interfaces[*id].functions.values().map(|function| (*id, function)))
    }

    pub fn records_in(&self, ty: &Type, found: &mut HashSet<TypeId>) {
        self.walk_types(ty, &mut |id| {
            if matches!(self.type_def(id).kind, TypeDefKind::Record(_)) {
                found.insert(id);
            }
        });
    }

    pub fn walk(&self, ty: &Type, seen: &mut impl FnMut(&Handle)) {
        self.walk_types(ty, &mut |id| {
            if let TypeDefKind::Handle(handle) = &self.type_def(id).kind {
                seen(handle);
            }
        });
    }

    /// Calls `seen` once for every type with parts that a type is made of, without going into resources.
    pub fn walk_types(&self, ty: &Type, seen: &mut dyn FnMut(TypeId)) {
        self.walk_parts(ty, &mut |part| {
            if let Type::Id(id) = part {
                seen(*id);
            }
        });
    }

    /// Calls `seen` for every type that a type is made of, itself first, without going into resources. One that is
    /// there many times is looked into once: what shares its parts may have more of them than anybody can count.
    fn walk_parts(&self, ty: &Type, seen: &mut dyn FnMut(&Type)) {
        let mut known = HashSet::new();
        let mut ahead = vec![*ty];
        while let Some(part) = ahead.pop() {
            let Type::Id(id) = part else {
                seen(&part);
                continue;
            };
            if known.insert(id) {
                seen(&part);
                ahead.extend(parts(&self.type_def(id).kind).into_iter().rev());
            }
        }
    }
}
