//! The items of a friendly type: the struct behind a resource, the conversions of everything else.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::calls;
use super::cells::{cell, maker_name, slots};
use super::convert::{self, Way, converter_name, ends};
use super::paths::{self, Paths, camel, case as case_ident, ident, own_type};
use super::{errors, inner_handles, options, raw};
use crate::plan::{Case, CaseFrom, Field, Interface, Kind, Options, Type, TypeDef, TypeKind, TypePath, Wrapper};

/// Everything the glue says of one type.
pub(super) fn items(paths: &Paths<'_>, interface: &Interface, def: &TypeDef) -> TokenStream {
    let friendly = TypePath::friendly(&interface.name, &def.name);
    match &def.kind {
        TypeKind::Alias(_) => TokenStream::new(),
        TypeKind::Wrapper(wrapper) => self::wrapper(paths, interface, &friendly, wrapper),
        TypeKind::Options(options) => self::options(paths, interface, &friendly, options),
        // The host never says it, and the adapter does: the default error of functions that have none.
        // Where the host's error is carried as it is, that is done where it is met.
        TypeKind::Error(error) if !def.crosses.lifted || error.carried().is_some() => {
            errors::adapter_cases(&paths.type_path(&friendly), &error.adapter_cases)
        }
        TypeKind::DetailError(_) if !def.crosses.lifted => TokenStream::new(),
        TypeKind::Error(error) => errors::error(paths, def, &friendly, error),
        TypeKind::DetailError(error) => errors::detail_error(paths, def, &friendly, error),
        // What stands for it converts it where it is met.
        TypeKind::Record(_) if def.raw.is_none() => TokenStream::new(),
        TypeKind::Enum(cases) if def.raw.is_none() => choice(paths, def, &friendly, cases),
        TypeKind::Record(fields) => both_ways(paths, def, &friendly, |way| record(paths, way, &friendly, def, fields)),
        TypeKind::Variant(cases) => both_ways(paths, def, &friendly, |way| variant(paths, way, &friendly, def, cases)),
        // A synthesized enum has no raw counterpart to convert from.
        TypeKind::Enum(cases) if cases.iter().any(|case| matches!(case.from, CaseFrom::Nested)) => TokenStream::new(),
        TypeKind::Enum(cases) => both_ways(paths, def, &friendly, |way| variant(paths, way, &friendly, def, cases)),
        TypeKind::Flags(_) => both_ways(paths, def, &friendly, |way| {
            let (_, to) = ends(paths, way, def, &friendly);
            quote!(#to::from_bits_truncate(value.bits()))
        }),
    }
}

fn both_ways(paths: &Paths<'_>, def: &TypeDef, friendly: &TypePath, body: impl Fn(Way) -> TokenStream) -> TokenStream {
    let ways = [(Way::Lift, def.crosses.lifted), (Way::Lower, def.crosses.lowered)];
    // Where it holds handles, the function that has them brings it to the host.
    let is_function = |way: Way| way == Way::Lift || !inner_handles::holds_any(paths, &Type::Named(friendly.clone()));
    let functions = ways.into_iter().filter(|(way, crosses)| *crosses && is_function(*way)).map(|(way, _)| {
        let name = converter_name(way, &def.name);
        let (from, to) = ends(paths, way, def, friendly);
        let body = body(way);
        quote! {
            pub(super) fn #name(value: #from) -> #to {
                #body
            }
        }
    });
    quote!(#(#functions)*)
}

fn record(paths: &Paths<'_>, way: Way, friendly: &TypePath, def: &TypeDef, fields: &[Field]) -> TokenStream {
    let (_, to) = ends(paths, way, def, friendly);
    let fields = fields.iter().map(|field| {
        let (friendly, raw) = (ident(&field.name), ident(&field.raw_name));
        let (from, to) = match way {
            Way::Lift => (raw, friendly),
            Way::Lower => (friendly, raw),
        };
        let value = convert::value(paths, way, &field.ty, &quote!(value.#from));
        quote!(#to: #value)
    });
    quote!(#to { #(#fields,)* })
}

fn variant(paths: &Paths<'_>, way: Way, friendly: &TypePath, def: &TypeDef, cases: &[Case]) -> TokenStream {
    let (from, to) = ends(paths, way, def, friendly);
    let arms = cases.iter().filter_map(|case| {
        let friendly_case = case_ident(&case.name);
        let (raw_name, payload) = match (&case.from, &case.payload) {
            (CaseFrom::Raw(raw), Some(ty)) => {
                (raw, Some((quote!(value), convert::value(paths, way, ty, &quote!(value)))))
            }
            (CaseFrom::Raw(raw), None) => (raw, None),
            (CaseFrom::RawDropped(raw), _) => {
                let raw_case = case_ident(raw);
                return (way == Way::Lift).then(|| quote!(#from::#raw_case(_) => #to::#friendly_case));
            }
            (CaseFrom::RawGetter { case, getter }, case_payload) => {
                let raw_case = case_ident(case);
                let value = convert::gotten(paths, getter, case_payload.as_ref());
                return (way == Way::Lift).then(|| quote!(#from::#raw_case(value) => #to::#friendly_case(#value)));
            }
            (CaseFrom::Nested | CaseFrom::Carried | CaseFrom::Adapter(_) | CaseFrom::Number(_), _) => return None,
        };
        let raw_case = case_ident(raw_name);
        let (from_case, to_case) = match way {
            Way::Lift => (raw_case, friendly_case),
            Way::Lower => (friendly_case, raw_case),
        };
        Some(match payload {
            Some((pattern, value)) => quote!(#from::#from_case(#pattern) => #to::#to_case(#value)),
            None => quote!(#from::#from_case => #to::#to_case),
        })
    });
    quote!(match value { #(#arms,)* })
}

/// An enum for integers; a host may have one that it has no case for.
fn choice(paths: &Paths<'_>, def: &TypeDef, friendly: &TypePath, cases: &[Case]) -> TokenStream {
    let to = paths.type_path(friendly);
    let numbered = || {
        cases.iter().filter_map(|case| match case.from {
            CaseFrom::Number(number) => Some((case_ident(&case.name), number)),
            CaseFrom::Raw(_)
            | CaseFrom::RawDropped(_)
            | CaseFrom::RawGetter { .. }
            | CaseFrom::Nested
            | CaseFrom::Carried
            | CaseFrom::Adapter(_) => None,
        })
    };
    let lift = def.crosses.lifted.then(|| {
        let name = converter_name(Way::Lift, &def.name);
        let arms = numbered().map(|(case, number)| quote!(#number => Ok(#to::#case)));
        quote! {
            pub(super) fn #name(value: u64) -> Result<#to, adapter_runtime::errors::Unknown> {
                match value { #(#arms,)* _ => Err(adapter_runtime::errors::Unknown) }
            }
        }
    });
    let lower = def.crosses.lowered.then(|| {
        let name = converter_name(Way::Lower, &def.name);
        let arms = numbered().map(|(case, number)| quote!(#to::#case => #number));
        quote! {
            pub(super) fn #name(value: #to) -> u64 {
                match value { #(#arms,)* }
            }
        }
    });
    quote!(#lift #lower)
}

fn wrapper(paths: &Paths<'_>, interface: &Interface, friendly: &TypePath, wrapper: &Wrapper) -> TokenStream {
    let name = own_type(&friendly.name);
    let raw = paths.type_path(&wrapper.holds);
    let cell = cell(paths, friendly, wrapper);
    let maker = maker(paths, friendly, wrapper);
    let kept = wrapper.remembers.iter().map(|(method, ty)| {
        let (method, ty) = (paths::kept(method), paths.ty(ty));
        quote!(pub(super) #method: adapter_runtime::handles::Slot<Option<#ty>>)
    });
    let empty = wrapper.remembers.iter().map(|(method, _)| {
        let method = paths::kept(method);
        quote!(#method: adapter_runtime::handles::Slot::new(None))
    });
    let held = wrapper.holds_of.iter().map(|(method, of)| {
        let (method, of) = (paths::held(method), paths.type_path(of));
        quote!(pub(super) #method: adapter_runtime::held::Held<#of>)
    });
    let none = wrapper.holds_of.iter().map(|(method, _)| {
        let method = paths::held(method);
        quote!(#method: adapter_runtime::held::Held::default())
    });
    let guest = resource_guest(paths, interface, &friendly.name);
    let forgets = forgets(&name, wrapper);
    quote! {
        #maker
        // What is held goes before what it came out of.
        pub struct #name {
            #(#held,)*
            pub(super) handle: #cell,
            #(#kept,)*
        }
        impl #name {
            pub(super) fn wrap(raw: #raw) -> Self {
                Self::share(<#cell>::new(raw))
            }
            pub(super) fn share(handle: #cell) -> Self {
                Self { #(#none,)* handle, #(#empty,)* }
            }
        }
        #forgets
        #guest
    }
}

/// What is held of a resource that was given away went with it.
fn forgets(name: &proc_macro2::Ident, wrapper: &Wrapper) -> Option<TokenStream> {
    if wrapper.holds_of.is_empty() || !wrapper.consumable {
        return None;
    }
    let held = wrapper.holds_of.iter().map(|(method, _)| paths::held(method));
    Some(quote! {
        impl #name {
            pub(super) fn forget(&self) {
                #(self.#held.forget();)*
            }
        }
        impl Drop for #name {
            fn drop(&mut self) {
                // Another resource may have had the same handle.
                if self.handle.is_gone() {
                    self.forget();
                }
            }
        }
    })
}

/// What makes the raw resource when it is first needed.
fn maker(paths: &Paths<'_>, friendly: &TypePath, wrapper: &Wrapper) -> Option<TokenStream> {
    let made_by = wrapper.made_by.as_ref()?;
    let (raw, maker) = (paths.type_path(&wrapper.holds), maker_name(&friendly.name));
    let make = raw::call(paths, made_by, &[]);
    Some(quote! {
        pub struct #maker;
        impl adapter_runtime::handles::Make<#raw> for #maker {
            type Failure = adapter_runtime::errors::LazyInitError;
            const LATER: bool = true;
            fn make() -> Result<#raw, adapter_runtime::errors::LazyInitError> {
                #make.map_err(|_| adapter_runtime::errors::LazyInitError::CreationFailed(adapter_runtime::errors::CreationFailed))
            }
        }
    })
}

fn options(paths: &Paths<'_>, interface: &Interface, friendly: &TypePath, options: &Options) -> TokenStream {
    let name = own_type(&friendly.name);
    let slots = slots(paths, options);
    let fields = slots.iter().map(|(field, ty, _)| quote!(pub(super) #field: adapter_runtime::handles::Slot<#ty>));
    let guest = resource_guest(paths, interface, &friendly.name);
    let raw = options::raw(paths, options);
    quote! {
        pub struct #name {
            #(#fields,)*
        }
        impl #name {
            #raw
        }
        #guest
    }
}

/// The trait of a resource, with its constructor, methods and statics.
fn resource_guest(paths: &Paths<'_>, interface: &Interface, resource: &str) -> TokenStream {
    let exported = paths.friendly_interface(&interface.name);
    let name = own_type(resource);
    let guest = format_ident!("Guest{}", camel(resource));
    let functions = interface
        .functions
        .iter()
        .filter(|function| match &function.kind {
            Kind::Method(of) | Kind::Static(of) | Kind::Constructor(of) => of == resource,
            Kind::Freestanding => false,
        })
        .map(|function| calls::friendly_function(paths, interface, function));
    quote! {
        impl #exported::#guest for #name {
            #(#functions)*
        }
    }
}
