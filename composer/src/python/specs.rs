//! What the bindings take for a type: what the package compares an argument with, before it ends the sandbox.

use std::collections::BTreeMap;

use super::Bound;
use crate::plan::{Case, Conversion, Plan, Primitive, Type, TypeKind, TypePath};
use crate::prose::python::{camel, case_class, definition, snake};

/// What an argument must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spec {
    /// Whatever Python has: it is asked whether it is true, or nothing is known of it.
    Any,
    /// Text, bytes, a number of its own kind, or what becomes one.
    Plain(&'static str),
    /// An integer of this range.
    Int(i128, i128),
    /// An object of this class.
    Class(String),
    /// What the type of this class must be, which is said once for all places where it stands.
    Type(String, TypePath),
    /// What has these fields, as an object of this class has.
    Record(String, Vec<(String, Spec)>),
    /// An object of one of these classes, each with what its `value` must be.
    Variant(String, Vec<(String, Option<Spec>)>),
    /// This or nothing.
    Option(Box<Spec>),
    /// A list.
    List(Box<Spec>),
    /// A tuple.
    Tuple(Vec<Spec>),
}

impl Spec {
    /// Whether there is anything to look at.
    pub(super) fn is_any(&self) -> bool {
        match self {
            Self::Any => true,
            Self::Option(inner) => inner.is_any(),
            Self::Plain(_)
            | Self::Int(..)
            | Self::Class(_)
            | Self::Type(..)
            | Self::Record(..)
            | Self::Variant(..)
            | Self::List(_)
            | Self::Tuple(_) => false,
        }
    }
}

impl Spec {
    /// Adds the types that it is made of.
    fn types(&self, found: &mut Vec<(String, TypePath)>) {
        match self {
            Self::Type(class, path) => found.push((class.clone(), path.clone())),
            Self::Record(_, fields) => fields.iter().for_each(|(_, field)| field.types(found)),
            Self::Variant(_, cases) => {
                cases.iter().filter_map(|(_, case)| case.as_ref()).for_each(|case| case.types(found))
            }
            Self::Option(inner) | Self::List(inner) => inner.types(found),
            Self::Tuple(parts) => parts.iter().for_each(|part| part.types(found)),
            Self::Any | Self::Plain(_) | Self::Int(..) | Self::Class(_) => {}
        }
    }
}

/// Types of the plan as what the bindings take for them.
#[derive(Clone, Copy)]
pub(super) struct Specs<'p> {
    pub(super) plan: &'p Plan,
    pub(super) bound: &'p Bound,
}

impl Specs<'_> {
    pub(super) fn of(&self, ty: &Type) -> Spec {
        match ty {
            Type::Primitive(primitive) => self::primitive(*primitive),
            Type::List(inner) if is_byte(inner) => Spec::Plain("bytes"),
            Type::List(inner) => Spec::List(Box::new(self.of(inner))),
            // An option of an option is wrapped by the bindings, which is seldom and theirs to tell.
            Type::Option(inner) => {
                let inner = self.of(inner);
                if matches!(inner, Spec::Option(_)) { Spec::Any } else { Spec::Option(Box::new(inner)) }
            }
            Type::Tuple(parts) => Spec::Tuple(parts.iter().map(|part| self.of(part)).collect()),
            Type::Result { .. } | Type::Stream(_) | Type::Future(_) => Spec::Any,
            Type::Named(path) => self.named(path),
            Type::Own(path) | Type::Borrow(path) => self.class(path, &path.name).map_or(Spec::Any, Spec::Class),
            Type::Converted(Conversion::Address(_)) => Spec::Plain("address"),
            Type::Converted(Conversion::Seconds { .. }) => Spec::Plain("seconds"),
            Type::Converted(conversion) => self.of(&conversion.friendly()),
        }
    }

    fn named(&self, path: &TypePath) -> Spec {
        let Some(def) = definition(self.plan, path) else { return Spec::Any };
        let Some(class) = self.class(path, &path.name) else { return Spec::Any };
        match &def.kind {
            TypeKind::Alias(target) => self.of(target),
            TypeKind::Enum(_) | TypeKind::Flags(_) => Spec::Class(class),
            TypeKind::Wrapper(_) | TypeKind::Options(_) => Spec::Class(class),
            TypeKind::Record(_) | TypeKind::Variant(_) => Spec::Type(class, path.clone()),
            TypeKind::Error(error) if error.is_enum => Spec::Class(class),
            TypeKind::Error(_) => Spec::Type(class, path.clone()),
            // Nothing takes one.
            TypeKind::DetailError(_) => Spec::Any,
        }
    }

    /// The types that these are made of, by their classes, with what each must be.
    pub(super) fn types<'s>(&self, specs: impl Iterator<Item = &'s Spec>) -> BTreeMap<String, Spec> {
        let mut found = BTreeMap::new();
        let mut ahead = Vec::new();
        specs.for_each(|spec| spec.types(&mut ahead));
        while let Some((class, path)) = ahead.pop() {
            if found.contains_key(&class) {
                continue;
            }
            let spec = self.definition(&class, &path);
            spec.types(&mut ahead);
            found.insert(class, spec);
        }
        found
    }

    /// What a type must be whose parts are looked at.
    fn definition(&self, class: &str, path: &TypePath) -> Spec {
        match definition(self.plan, path).map(|def| &def.kind) {
            Some(TypeKind::Record(fields)) => {
                let fields = fields.iter().map(|field| (snake(&field.name), self.of(&field.ty)));
                Spec::Record(class.to_owned(), fields.collect())
            }
            Some(TypeKind::Variant(cases)) => self.variant(path, class.to_owned(), cases),
            Some(TypeKind::Error(error)) => self.variant(path, class.to_owned(), &error.cases),
            Some(
                TypeKind::Alias(_)
                | TypeKind::Enum(_)
                | TypeKind::Flags(_)
                | TypeKind::Wrapper(_)
                | TypeKind::Options(_)
                | TypeKind::DetailError(_),
            )
            | None => Spec::Any,
        }
    }

    fn variant(&self, path: &TypePath, class: String, cases: &[Case]) -> Spec {
        let cases = cases.iter().filter_map(|case| {
            let class = self.bound_class(path, &case_class(&path.name, &case.name))?;
            Some((class, case.payload.as_ref().map(|payload| self.of(payload))))
        });
        Spec::Variant(class, cases.collect())
    }

    /// The class of a type, with its module; none where the app does not bind it.
    fn class(&self, path: &TypePath, name: &str) -> Option<String> {
        self.bound_class(path, &camel(name))
    }

    fn bound_class(&self, path: &TypePath, class: &str) -> Option<String> {
        let module = self.bound.module(self.plan, self.plan.interface(&path.interface)?)?;
        Some(format!("{module}.{class}"))
    }
}

fn is_byte(ty: &Type) -> bool {
    *ty == Type::Primitive(Primitive::U8) || *ty == Type::Primitive(Primitive::S8)
}

fn primitive(primitive: Primitive) -> Spec {
    match primitive {
        Primitive::Bool => Spec::Any,
        Primitive::U8 => Spec::Int(0, u8::MAX.into()),
        Primitive::U16 => Spec::Int(0, u16::MAX.into()),
        Primitive::U32 => Spec::Int(0, u32::MAX.into()),
        Primitive::U64 => Spec::Int(0, u64::MAX.into()),
        Primitive::S8 => Spec::Int(i8::MIN.into(), i8::MAX.into()),
        Primitive::S16 => Spec::Int(i16::MIN.into(), i16::MAX.into()),
        Primitive::S32 => Spec::Int(i32::MIN.into(), i32::MAX.into()),
        Primitive::S64 => Spec::Int(i64::MIN.into(), i64::MAX.into()),
        Primitive::F32 | Primitive::F64 => Spec::Plain("float"),
        Primitive::Char => Spec::Plain("char"),
        Primitive::String => Spec::Plain("str"),
    }
}
