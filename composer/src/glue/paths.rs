//! Names as wit-bindgen makes them: modules, types, fields, and the Rust type of a WIT type.

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::plan::{Conversion, ErrorType, Options, Plan, Primitive, Side, Type, TypePath};

/// Where the bindings of a plan's items are.
pub(super) struct Paths<'p> {
    pub plan: &'p Plan,
    /// The friendly types that hold handles which an app lends.
    pub handle_holders: BTreeSet<TypePath>,
}

/// A function, field or module name. wit-bindgen appends `_` to Rust's keywords.
pub(super) fn ident(name: &str) -> Ident {
    let snake = name.to_snake_case();
    if syn::parse_str::<Ident>(&snake).is_ok() {
        Ident::new(&snake, Span::call_site())
    } else {
        format_ident!("{snake}_")
    }
}

/// A parameter, under a name that no local of the glue has.
pub(super) fn param(name: &str) -> Ident {
    format_ident!("param_{}", name.to_snake_case())
}

/// The slot of a resource that keeps the first answer of a method.
pub(super) fn kept(method: &str) -> Ident {
    format_ident!("kept_{}", method.to_snake_case())
}

/// The slot of a resource that holds what a method gave.
pub(super) fn held(method: &str) -> Ident {
    format_ident!("held_{}", method.to_snake_case())
}

/// The glue's own module for an interface, under a name that is no crate's.
pub(super) fn module(interface: &str) -> Ident {
    format_ident!("glue_{}", interface.to_snake_case())
}

/// The glue's own type for a resource, under a name that the language has no type of.
pub(super) fn own_type(resource: &str) -> Ident {
    format_ident!("Glue{}", resource.to_upper_camel_case())
}

/// A case. wit-bindgen escapes none.
pub(super) fn case(name: &str) -> Ident {
    format_ident!("{}", name.to_upper_camel_case())
}

/// A type. `Guest` is taken by wit-bindgen's traits.
pub(super) fn camel(name: &str) -> Ident {
    match name {
        "guest" => format_ident!("Guest_"),
        name => format_ident!("{}", name.to_upper_camel_case()),
    }
}

/// `package@version` or `name@version`, taken apart.
fn versioned(name: &str) -> (&str, Option<&str>) {
    name.split_once('@').map_or((name, None), |(name, version)| (name, Some(version)))
}

impl<'p> Paths<'p> {
    pub fn new(plan: &'p Plan) -> Self {
        Self { plan, handle_holders: plan.handle_holders() }
    }
}

impl Paths<'_> {
    /// `ns:package@version` as the modules that hold it. wit-bindgen adds the version where two packages
    /// have one name.
    fn package_module(&self, package: &str) -> TokenStream {
        let (name, version) = versioned(package);
        let (namespace, short) = name.split_once(':').unwrap_or(("", name));
        let packages = self.plan.packages.iter().chain([&self.plan.friendly]);
        let namesakes = packages.filter(|other| versioned(other).0 == name).count();
        let short = match version {
            Some(version) if namesakes > 1 => {
                let version = version.replace(['.', '-', '+'], "_").to_snake_case();
                format_ident!("{}{version}", short.to_snake_case())
            }
            Some(_) | None => ident(short),
        };
        let namespace = ident(namespace);
        quote!(#namespace::#short)
    }

    /// The module of a raw interface, imported; that of another package goes by its full name.
    pub fn raw_interface(&self, interface: &str) -> TokenStream {
        let full = match interface.split_once('/') {
            Some(_) => interface.to_owned(),
            None => crate::wit::qualified(&self.plan.raw, interface),
        };
        let (package, rest) = full.split_once('/').unwrap_or(("", &full));
        let (name, version) = versioned(rest);
        let package = match version {
            Some(version) => self.package_module(&format!("{package}@{version}")),
            None => self.package_module(package),
        };
        let name = ident(name);
        quote!(bindings::#package::#name)
    }

    /// The module of a friendly interface, exported by the adapter.
    pub fn friendly_interface(&self, interface: &str) -> TokenStream {
        let package = self.package_module(&self.plan.friendly);
        let interface = ident(interface);
        quote!(bindings::exports::#package::#interface)
    }

    /// The module of a friendly interface, imported by the entry.
    pub fn entry_import(&self, interface: &str) -> TokenStream {
        let package = self.package_module(&self.plan.friendly);
        let interface = ident(interface);
        quote!(bindings::#package::#interface)
    }

    /// The module of a raw interface, exported by the entry.
    pub fn entry_export(&self, interface: &str) -> TokenStream {
        let package = self.package_module(&self.plan.raw);
        let interface = ident(interface);
        quote!(bindings::exports::#package::#interface)
    }

    fn interface(&self, path: &TypePath) -> TokenStream {
        match path.side {
            Side::Raw => self.raw_interface(&path.interface),
            Side::Friendly => self.friendly_interface(&path.interface),
        }
    }

    /// The bindings' type.
    pub fn type_path(&self, path: &TypePath) -> TokenStream {
        let interface = self.interface(path);
        let name = camel(&path.name);
        quote!(#interface::#name)
    }

    /// The glue's own type for a friendly resource.
    pub fn glue_type(&self, path: &TypePath) -> TokenStream {
        let module = module(&path.interface);
        let name = own_type(&path.name);
        quote!(#module::#name)
    }

    /// The type of a value that the glue owns or returns.
    pub fn ty(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Primitive(primitive) => self::primitive(*primitive),
            Type::List(inner) => {
                let inner = self.ty(inner);
                quote!(Vec<#inner>)
            }
            Type::Option(inner) => {
                let inner = self.ty(inner);
                quote!(Option<#inner>)
            }
            Type::Tuple(parts) => {
                let parts = parts.iter().map(|part| self.ty(part));
                quote!((#(#parts,)*))
            }
            Type::Result { ok, err } => {
                let ok = ok.as_ref().map_or(quote!(()), |ty| self.ty(ty));
                let err = err.as_ref().map_or(quote!(()), |ty| self.ty(ty));
                quote!(Result<#ok, #err>)
            }
            Type::Named(path) | Type::Own(path) => self.type_path(path),
            Type::Converted(conversion) => self.ty(&conversion.friendly()),
            Type::Stream(_) | Type::Future(_) => unreachable!("`derive` has refused whatever is awaited"),
            Type::Borrow(path) => match path.side {
                Side::Raw => {
                    let path = self.type_path(path);
                    quote!(&#path)
                }
                Side::Friendly => {
                    let interface = self.interface(path);
                    let name = format_ident!("{}Borrow", camel(&path.name));
                    quote!(#interface::#name<'_>)
                }
            },
        }
    }

    /// Whether wit-bindgen takes an argument of this type by reference: it does where lists, text or
    /// lent handles are inside, and no handle is given away.
    pub fn by_reference(&self, ty: &Type) -> bool {
        let is_lent = |part: &Type| match part {
            Type::Primitive(primitive) => *primitive == Primitive::String,
            Type::List(_) | Type::Borrow(_) => true,
            Type::Named(path) => path.side == Side::Raw && self.plan.by_reference.contains(path),
            Type::Converted(conversion) => match conversion {
                Conversion::Text | Conversion::Joined { .. } | Conversion::Packed { .. } => true,
                Conversion::Record { parts, .. } => parts.iter().any(|part| self.by_reference(part)),
                Conversion::Address(_)
                | Conversion::Seconds { .. }
                | Conversion::Choice { .. }
                | Conversion::Flag { .. }
                | Conversion::Take(_)
                | Conversion::Body(_) => false,
            },
            Type::Own(_)
            | Type::Option(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Stream(_)
            | Type::Future(_) => false,
        };
        let is_given = |part: &Type| matches!(part, Type::Own(_) | Type::Converted(Conversion::Take(_)));
        self.any(ty, &is_lent) && !self.any(ty, &is_given)
    }

    /// Whether a type, or one that it is made of under whatever name, is such.
    fn any(&self, ty: &Type, such: &dyn Fn(&Type) -> bool) -> bool {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![ty.clone()];
        while let Some(ty) = ahead.pop() {
            for part in ty.walk() {
                if such(part) {
                    return true;
                }
                // A raw type has no definition in the plan: what it is made of stays as it is.
                if let Type::Named(path) = part
                    && seen.insert(path.clone())
                    && let Some(def) = self.plan.type_def(path)
                {
                    ahead.extend(def.kind.parts());
                }
            }
        }
        false
    }

    /// The options that a friendly path names.
    pub fn options(&self, path: &TypePath) -> &Options {
        self.plan.options(path).unwrap_or_else(|| unreachable!("`resolved` has found the options {path:?}"))
    }

    /// The error of cases that a friendly path names.
    pub fn error(&self, path: &TypePath) -> &ErrorType {
        self.plan.error(path).unwrap_or_else(|| unreachable!("`resolved` has found the error {path:?}"))
    }

    /// What a friendly alias stands for, if the type is one.
    pub fn alias(&self, path: &TypePath) -> Option<&Type> {
        self.plan.alias(path)
    }
}

fn primitive(primitive: Primitive) -> TokenStream {
    match primitive {
        Primitive::Bool => quote!(bool),
        Primitive::U8 => quote!(u8),
        Primitive::U16 => quote!(u16),
        Primitive::U32 => quote!(u32),
        Primitive::U64 => quote!(u64),
        Primitive::S8 => quote!(i8),
        Primitive::S16 => quote!(i16),
        Primitive::S32 => quote!(i32),
        Primitive::S64 => quote!(i64),
        Primitive::F32 => quote!(f32),
        Primitive::F64 => quote!(f64),
        Primitive::Char => quote!(char),
        Primitive::String => quote!(String),
    }
}
