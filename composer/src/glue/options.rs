//! Options resources: made, set, and turned into the record that a raw call takes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::cells::slots;
use super::convert::{self, Way};
use super::paths::{self, Paths, ident};
use crate::plan::{Arg, Conversion, Filled, Function, Interface, Kind, Options, Type, TypePath};

/// `let raw_options = …;` out of what an options resource holds. Handles are lent here, for the call;
/// the rest of the record is the same for every call, and `raw` makes it.
pub(super) fn record(paths: &Paths<'_>, param: &proc_macro2::Ident, ty: &TypePath) -> TokenStream {
    let options = paths.options(ty);
    let glue = paths.glue_type(ty);
    let mut before = Vec::new();
    let mut lent = Vec::new();
    for field in &options.fields {
        let name = ident(&field.name);
        let slot = format_ident!("slot_{}", name);
        match &field.filled {
            Filled::Never => {}
            Filled::Extra { resource, constructor, setters } => {
                before.push(extra(paths, &slot, param, resource, constructor.as_deref(), setters));
                lent.push(quote!(#slot.as_ref()));
            }
            Filled::Required | Filled::Optional | Filled::Default(_) => {
                let Some(wrapper) = field.ty.handle().and_then(|path| paths.plan.wrapper(path)) else { continue };
                before.push(quote!(let #slot = #param.#name.get();));
                lent.push(match (wrapper.consumable, matches!(field.filled, Filled::Optional)) {
                    (true, true) => {
                        before.push(
                            quote!(let #slot = match &#slot { Some(handle) => Some(handle.lend()?), None => None };),
                        );
                        quote!(#slot.as_deref())
                    }
                    (true, false) => {
                        before.push(quote!(let #slot = #slot.lend()?;));
                        optional_if(field.raw_optional, quote!(&*#slot))
                    }
                    (false, true) => quote!(#slot.as_ref().map(|handle| handle.lend())),
                    (false, false) => optional_if(field.raw_optional, quote!(#slot.lend())),
                });
            }
        }
    }
    let fails = options.lowers_fallibly().then(|| quote!(?));
    quote! {
        let #param = #param.get::<#glue>();
        #(#before)*
        let raw_options = #param.raw(#(#lent),*) #fails;
    }
}

/// The method that makes the raw record, given the handles that are lent for the call. Not inlined:
/// every call with these options has it.
pub(super) fn raw(paths: &Paths<'_>, options: &Options) -> TokenStream {
    let record = paths.type_path(&options.record);
    let mut params = Vec::new();
    let mut fields = Vec::new();
    for field in &options.fields {
        let (name, raw_name) = (ident(&field.name), ident(&field.raw_name));
        let value = match &field.filled {
            Filled::Never => quote!(None),
            Filled::Extra { resource, .. } => {
                let resource = paths.type_path(resource);
                params.push(quote!(#name: Option<&'a #resource>));
                quote!(#name)
            }
            Filled::Required | Filled::Optional | Filled::Default(_) => {
                let wrapper = field.ty.handle().and_then(|path| paths.plan.wrapper(path));
                match wrapper {
                    Some(wrapper) => {
                        let raw = paths.type_path(&wrapper.holds);
                        let optional = field.raw_optional || matches!(field.filled, Filled::Optional);
                        params.push(if optional { quote!(#name: Option<&'a #raw>) } else { quote!(#name: &'a #raw) });
                        quote!(#name)
                    }
                    None => {
                        let optional = matches!(field.filled, Filled::Optional);
                        let ty = if optional { Type::Option(Box::new(field.ty.clone())) } else { field.ty.clone() };
                        let value = convert::value(paths, Way::Lower, &ty, &quote!(value));
                        // A host that refuses an empty text means the same by none.
                        let filled = (optional && matches!(field.ty, Type::Converted(Conversion::Joined { .. })))
                            .then(|| quote!(.filter(|items| !items.is_empty())));
                        let value = quote!({ let value = self.#name.get() #filled; #value });
                        optional_if(field.raw_optional && !optional, value)
                    }
                }
            }
        };
        fields.push(quote!(#raw_name: #value));
    }
    let lifetime = has_lifetime(paths, options).then(|| quote!(<'a>));
    let record_type = quote!(#record #lifetime);
    let (result, value) = if options.lowers_fallibly() {
        (quote!(Result<#record_type, adapter_runtime::errors::Invalid>), quote!(Ok(#record { #(#fields,)* })))
    } else {
        (record_type, quote!(#record { #(#fields,)* }))
    };
    quote! {
        #[inline(never)]
        pub(super) fn raw #lifetime(&self, #(#params),*) -> #result {
            #value
        }
    }
}

/// Whether the bindings' record borrows: it does where it has handles.
fn has_lifetime(paths: &Paths<'_>, options: &Options) -> bool {
    options.fields.iter().any(|field| match field.filled {
        Filled::Never | Filled::Extra { .. } => true,
        Filled::Required | Filled::Optional | Filled::Default(_) => {
            field.ty.handle().and_then(|path| paths.plan.wrapper(path)).is_some()
        }
    })
}

fn optional_if(optional: bool, value: TokenStream) -> TokenStream {
    if optional { quote!(Some(#value)) } else { value }
}

/// A placeholder resource is made only when one of its setters was called.
fn extra(
    paths: &Paths<'_>,
    slot: &proc_macro2::Ident,
    param: &proc_macro2::Ident,
    resource: &TypePath,
    constructor: Option<&str>,
    setters: &[crate::plan::ExtraSetter],
) -> TokenStream {
    let resource = paths.type_path(resource);
    let new = constructor.map_or_else(|| format_ident!("new"), ident);
    let slots: Vec<_> = setters.iter().map(|setter| ident(&setter.name)).collect();
    let calls = setters.iter().map(|setter| {
        let (slot, method) = (ident(&setter.name), ident(&setter.method));
        let value = convert::value(paths, Way::Lower, &setter.ty, &quote!(value));
        let value = convert::argument(paths, &setter.ty, &value);
        quote!(if let Some(value) = #param.#slot.get() { extra.#method(#value); })
    });
    quote! {
        let #slot = if #(#param.#slots.get().is_some())||* {
            let extra = #resource::#new();
            #(#calls)*
            Some(extra)
        } else {
            None
        };
    }
}

/// `let raw_options = Record { … };` with every default in place.
pub(super) fn defaults(paths: &Paths<'_>, ty: &TypePath) -> TokenStream {
    let options = paths.options(ty);
    let record = paths.type_path(&options.record);
    let fields = options.fields.iter().map(|field| {
        let name = ident(&field.raw_name);
        let value = match &field.filled {
            Filled::Default(text) => {
                let literal = convert::literal(paths, &field.ty, text);
                optional_if(field.raw_optional, convert::value(paths, Way::Lower, &field.ty, &literal))
            }
            Filled::Required | Filled::Optional | Filled::Never | Filled::Extra { .. } => quote!(None),
        };
        quote!(#name: #value)
    });
    quote!(let raw_options = #record { #(#fields,)* };)
}

pub(super) fn by_reference(paths: &Paths<'_>, ty: &TypePath) -> bool {
    paths.options(ty).fields.iter().any(|field| match field.filled {
        Filled::Never | Filled::Extra { .. } => true,
        Filled::Required | Filled::Optional | Filled::Default(_) => paths.by_reference(&field.ty),
    })
}

/// The options that a constructor or a setter is of.
fn owner(interface: &Interface, function: &Function) -> TypePath {
    match &function.kind {
        Kind::Constructor(resource) | Kind::Method(resource) => TypePath::friendly(&interface.name, resource),
        Kind::Freestanding | Kind::Static(_) => unreachable!("`resolved` has found the options of `{}`", function.name),
    }
}

pub(super) fn new(paths: &Paths<'_>, interface: &Interface, function: &Function) -> TokenStream {
    let options = paths.options(&owner(interface, function));
    let slots = slots(paths, options).into_iter().map(|(name, _, start)| {
        let start = start.unwrap_or_else(|| {
            let field = options.fields.iter().find(|field| ident(&field.name) == name);
            // A slot without a start is that of a field that must be given.
            field.map_or_else(|| quote!(#name), |field| given(paths, &field.ty, &paths::param(&field.name)))
        });
        quote!(#name: adapter_runtime::handles::Slot::new(#start))
    });
    quote!(Self { #(#slots,)* })
}

pub(super) fn set(paths: &Paths<'_>, interface: &Interface, function: &Function, field: &str) -> TokenStream {
    let options = paths.options(&owner(interface, function));
    let [param] = function.params.as_slice() else { unreachable!("`resolved` has found one parameter of a setter") };
    let value = given(paths, &param.ty, &paths::param(&param.name));
    let slot = ident(field);
    let plain = options
        .fields
        .iter()
        .any(|other| other.name == field && matches!(other.filled, Filled::Required | Filled::Default(_)));
    let value = if plain { value } else { quote!(Some(#value)) };
    quote!(self.#slot.set(#value))
}

/// Whether wit-bindgen takes a variant of options by reference: it does where one of its cases asks for that.
pub(super) fn any_case_by_reference(paths: &Paths<'_>, variant: &TypePath) -> bool {
    let functions = paths.plan.interfaces.iter().flat_map(|interface| &interface.functions);
    let mut args = functions.filter_map(|function| Some(&function.operation.call()?.args));
    args.any(|args| {
        args.iter().any(|arg| match arg {
            Arg::Case { variant: of, payload: Some((_, ty)), .. } => of == variant && by_reference(paths, ty),
            Arg::Case { payload: None, .. }
            | Arg::Lend(_)
            | Arg::Take(_)
            | Arg::TakeOk(_)
            | Arg::Param(_)
            | Arg::Options { .. } => false,
        })
    })
}

/// A parameter as a slot keeps it.
fn given(paths: &Paths<'_>, ty: &Type, name: &proc_macro2::Ident) -> TokenStream {
    match ty.handle().filter(|path| paths.plan.wrapper(path).is_some()) {
        Some(path) => {
            let glue = paths.glue_type(path);
            quote!(#name.get::<#glue>().handle.clone())
        }
        None => quote!(#name),
    }
}
