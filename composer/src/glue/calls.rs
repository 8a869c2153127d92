//! The bodies of functions: handles out of their cells, the raw call, the answer converted.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::convert::{self, Way};
use super::paths::{Paths, camel, ident};
use super::types;
use crate::plan::{
    Arg, Body, Call, Filled, Function, Interface, Kind, Options, Paging, Param, Side, Source, Type, TypeKind, TypePath,
};

/// A friendly function, as the bindings' trait wants it.
pub(super) fn function(paths: &Paths<'_>, interface: &Interface, function: &Function) -> TokenStream {
    let name = match function.kind {
        Kind::Constructor(_) => format_ident!("new"),
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => ident(&function.name),
    };
    let receiver = matches!(function.kind, Kind::Method(_)).then(|| quote!(&self,));
    let params = function.params.iter().map(|param| {
        let (name, ty) = (ident(&param.name), paths.ty(&param.ty));
        quote!(#name: #ty)
    });
    let result = match (&function.kind, &function.result) {
        (Kind::Constructor(_), _) => quote!(Self),
        (Kind::Freestanding | Kind::Method(_) | Kind::Static(_), Some(ty)) => paths.ty(ty),
        (Kind::Freestanding | Kind::Method(_) | Kind::Static(_), None) => quote!(()),
    };
    let body = match &function.body {
        // A direct interface has no glue, and an export is the app's.
        Body::Direct => TokenStream::new(),
        Body::Call(call) => self::call(paths, interface, function, call),
        Body::NewOptions => new_options(paths, interface, function),
        Body::SetOption(field) => set_option(paths, interface, function, field),
        Body::Share(shared) => share(paths, function, shared),
    };
    quote! {
        fn #name(#receiver #(#params),*) -> #result {
            #body
        }
    }
}

/// An exported function of the entry: resources are wrapped, the rest is passed on.
pub(super) fn entry(paths: &Paths<'_>, export: &Interface, function: &Function) -> TokenStream {
    let name = ident(&function.name);
    let bridge = paths.entry_import(crate::wit::BRIDGE);
    let callee = paths.entry_import(&export.name);
    let raw = |path: &TypePath| {
        paths.plan.wrapper(path).map_or_else(|| paths.type_path(path), |wrapper| paths.type_path(&wrapper.holds))
    };
    let params = function.params.iter().map(|param| {
        let name = ident(&param.name);
        let ty = match &param.ty {
            Type::Own(path) => raw(path),
            Type::Primitive(_)
            | Type::List(_)
            | Type::Option(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Named(_)
            | Type::Borrow(_) => paths.ty(&param.ty),
        };
        quote!(#name: #ty)
    });
    let args = function.params.iter().map(|param| {
        let name = ident(&param.name);
        match &param.ty {
            Type::Own(path) => match paths.plan.bridge.iter().find(|wrap| wrap.friendly == *path) {
                Some(wrap) => {
                    let wrap = ident(&wrap.name);
                    quote!(#bridge::#wrap(#name))
                }
                None => quote!(#name),
            },
            Type::Primitive(_)
            | Type::List(_)
            | Type::Option(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Named(_)
            | Type::Borrow(_) => convert::argument(paths, &param.ty, &quote!(#name)),
        }
    });
    let result = function.result.as_ref().map_or(quote!(()), |ty| paths.ty(ty));
    quote! {
        fn #name(#(#params),*) -> #result {
            #callee::#name(#(#args),*)
        }
    }
}

/// The function that says what an error means for the limit of a buffer.
pub(super) fn fit(paths: &Paths<'_>, error: &Type) -> TokenStream {
    match error {
        Type::Named(path) if path.side == Side::Friendly => match paths.alias(path) {
            Some(target) => fit(paths, target),
            None => {
                let module = ident(&path.interface);
                let name = format_ident!("fit_{}", ident(&path.name));
                quote!(#module::#name)
            }
        },
        Type::Named(_)
        | Type::Primitive(_)
        | Type::List(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Own(_)
        | Type::Borrow(_) => quote!(|_| adapter_runtime::buffers::Fit::Unrelated),
    }
}

fn call(paths: &Paths<'_>, interface: &Interface, function: &Function, call: &Call) -> TokenStream {
    let keep = call.remember.then(|| ident(&function.name));
    let kept = keep.as_ref().map(|slot| {
        let answer = if call.error.is_some() { quote!(Ok(kept)) } else { quote!(kept) };
        quote!(if let Some(kept) = self.#slot.get() { return #answer; })
    });
    // Handles that are taken come first: they go back into their cells if anything after fails.
    let takes = call.args.iter().filter_map(|arg| take(paths, function, arg));
    let lends = call.args.iter().filter_map(|arg| lend(paths, function, arg));
    let values = call.args.iter().filter_map(|arg| prepared(paths, function, arg));
    let args: Vec<_> = call.args.iter().map(|arg| argument(paths, function, arg)).collect();
    let raw = raw_call(paths, call, &args);
    let raw = paged(paths, call, &raw);
    let answer = answer(paths, interface, function, call, keep.as_ref());
    quote! {
        #kept
        #(#takes)*
        #(#lends)*
        #(#values)*
        let answer = #raw;
        #answer
    }
}

fn param<'f>(function: &'f Function, name: &str) -> Option<&'f Param> {
    function.params.iter().find(|param| param.name == name)
}

/// The cell that a source names, as an expression, for a source that is nothing but a handle.
fn cell(paths: &Paths<'_>, function: &Function, source: &Source) -> Option<(TokenStream, bool)> {
    match source {
        Source::Receiver => {
            let Kind::Method(_) = function.kind else { return None };
            Some((quote!(self.handle), true))
        }
        Source::Param(name) => {
            let path = handle(&param(function, name)?.ty)?;
            let consumable = paths.plan.wrapper(path)?.consumable;
            let (name, glue) = (ident(name), paths.glue_type(path));
            Some((quote!(#name.get::<#glue>().handle), consumable))
        }
    }
}

fn handle(ty: &Type) -> Option<&TypePath> {
    match ty {
        Type::Borrow(path) | Type::Own(path) => Some(path),
        Type::Option(inner) | Type::List(inner) => handle(inner),
        Type::Primitive(_) | Type::Tuple(_) | Type::Result { .. } | Type::Named(_) => None,
    }
}

/// The local that holds a source's raw handle.
fn local(source: &Source) -> proc_macro2::Ident {
    match source {
        Source::Receiver => format_ident!("raw_self"),
        Source::Param(name) => format_ident!("raw_{}", ident(name)),
    }
}

fn take(paths: &Paths<'_>, function: &Function, arg: &Arg) -> Option<TokenStream> {
    let Arg::Take(source) = arg else { return None };
    let (cell, _) = cell(paths, function, source)?;
    Some(per_handle(function, source, |_| quote!(#cell.take()?)))
}

fn lend(paths: &Paths<'_>, function: &Function, arg: &Arg) -> Option<TokenStream> {
    let Arg::Lend(source) = arg else { return None };
    let (cell, consumable) = cell(paths, function, source)?;
    let consumable = match source {
        Source::Receiver => receiver_consumable(paths, function)?,
        Source::Param(_) => consumable,
    };
    let lend = if consumable { quote!(#cell.lend()?) } else { quote!(#cell.lend()) };
    let lent = per_handle(function, source, |_| lend.clone());
    // A list of lent cells is not yet a list of references.
    let is_list = matches!(source, Source::Param(name) if matches!(param(function, name)?.ty, Type::List(_)));
    if is_list && consumable {
        let local = local(source);
        return Some(quote! {
            #lent
            let #local: Vec<_> = #local.iter().map(|lent| &**lent).collect();
        });
    }
    Some(lent)
}

fn receiver_consumable(paths: &Paths<'_>, function: &Function) -> Option<bool> {
    let Kind::Method(resource) = &function.kind else { return None };
    let Body::Call(call) = &function.body else { return None };
    // A method's resource is of the interface that the raw function is of.
    let path = TypePath { side: Side::Friendly, interface: call.raw.interface.clone(), name: resource.clone() };
    paths.plan.wrapper(&path).map(|wrapper| wrapper.consumable)
}

/// Binds the local of a source to what `of` makes of each of its handles: one, perhaps one, or a list.
fn per_handle(function: &Function, source: &Source, of: impl Fn(&Type) -> TokenStream) -> TokenStream {
    let local = local(source);
    let Source::Param(name) = source else {
        let value = of(&Type::Tuple(Vec::new()));
        return quote!(let #local = #value;);
    };
    let Some(param) = param(function, name) else { return TokenStream::new() };
    let value = of(&param.ty);
    let name = ident(name);
    match &param.ty {
        Type::Option(_) => quote!(let #local = match &#name { Some(#name) => Some(#value), None => None };),
        Type::List(_) => quote! {
            let mut #local = Vec::with_capacity(#name.len());
            for #name in &#name {
                #local.push(#value);
            }
        },
        Type::Borrow(_) | Type::Own(_) | Type::Primitive(_) | Type::Tuple(_) | Type::Result { .. } | Type::Named(_) => {
            quote!(let #local = #value;)
        }
    }
}

/// What is computed before the call: converted parameters, records that options stand for.
fn prepared(paths: &Paths<'_>, function: &Function, arg: &Arg) -> Option<TokenStream> {
    match arg {
        Arg::Param(name) => {
            let param = param(function, name)?;
            let name = ident(name);
            let value = convert::value(paths, Way::Lower, &param.ty, &quote!(#name));
            (!convert::is_same(paths, &param.ty)).then(|| quote!(let #name = #value;))
        }
        Arg::Options { param: Some(name), ty } => Some(options_record(paths, &ident(name), ty)),
        Arg::Options { param: None, ty } => Some(default_record(paths, ty)),
        Arg::Case { variant, case, payload } => {
            let (variant, case) = (paths.type_path(variant), camel(case));
            Some(match payload {
                Some((name, ty)) => {
                    let record = options_record(paths, &ident(name), ty);
                    quote! { #record let raw_case = #variant::#case(raw_options); }
                }
                None => quote!(let raw_case = #variant::#case;),
            })
        }
        Arg::Lend(_) | Arg::Take(_) | Arg::MaxLen | Arg::Cursor => None,
    }
}

fn options<'p>(paths: &Paths<'p>, ty: &TypePath) -> Option<&'p Options> {
    match &paths.plan.type_def(ty)?.kind {
        TypeKind::Options(options) => Some(options),
        TypeKind::Alias(_)
        | TypeKind::Record(_)
        | TypeKind::Flags(_)
        | TypeKind::Enum(_)
        | TypeKind::Variant(_)
        | TypeKind::Error(_)
        | TypeKind::DetailError(_)
        | TypeKind::Wrapper(_) => None,
    }
}

/// `let raw_options = Record { … };` out of what an options resource holds.
fn options_record(paths: &Paths<'_>, param: &proc_macro2::Ident, ty: &TypePath) -> TokenStream {
    let Some(options) = options(paths, ty) else { return TokenStream::new() };
    let glue = paths.glue_type(ty);
    let record = paths.type_path(&options.record);
    let mut before = Vec::new();
    let mut fields = Vec::new();
    for field in &options.fields {
        let name = ident(&field.name);
        let slot = format_ident!("slot_{}", name);
        let value = match &field.filled {
            Filled::Never => quote!(None),
            Filled::Extra { resource, constructor, setters } => {
                before.push(extra(paths, &slot, param, resource, constructor.as_deref(), setters));
                quote!(#slot.as_ref())
            }
            Filled::Required | Filled::Optional | Filled::Default(_) => {
                before.push(quote!(let #slot = #param.#name.get();));
                let optional = matches!(field.filled, Filled::Optional);
                match handle(&field.ty).and_then(|path| paths.plan.wrapper(path)) {
                    Some(wrapper) if wrapper.consumable && optional => {
                        before.push(
                            quote!(let #slot = match &#slot { Some(handle) => Some(handle.lend()?), None => None };),
                        );
                        quote!(#slot.as_deref())
                    }
                    Some(wrapper) if wrapper.consumable => {
                        before.push(quote!(let #slot = #slot.lend()?;));
                        optional_if(field.raw_optional, quote!(&*#slot))
                    }
                    Some(_) if optional => quote!(#slot.as_ref().map(|handle| handle.lend())),
                    Some(_) => optional_if(field.raw_optional, quote!(#slot.lend())),
                    None if optional => {
                        convert::value(paths, Way::Lower, &Type::Option(Box::new(field.ty.clone())), &quote!(#slot))
                    }
                    None => {
                        optional_if(field.raw_optional, convert::value(paths, Way::Lower, &field.ty, &quote!(#slot)))
                    }
                }
            }
        };
        fields.push(quote!(#name: #value));
    }
    quote! {
        let #param = #param.get::<#glue>();
        #(#before)*
        let raw_options = #record { #(#fields,)* };
    }
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
fn default_record(paths: &Paths<'_>, ty: &TypePath) -> TokenStream {
    let Some(options) = options(paths, ty) else { return TokenStream::new() };
    let record = paths.type_path(&options.record);
    let fields = options.fields.iter().map(|field| {
        let name = ident(&field.name);
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

fn argument(paths: &Paths<'_>, function: &Function, arg: &Arg) -> TokenStream {
    match arg {
        Arg::Lend(source) => {
            let local = local(source);
            match source {
                Source::Receiver => quote!(&*#local),
                Source::Param(name) => match param(function, name).map(|param| &param.ty) {
                    Some(Type::Option(inner)) => {
                        let consumable = handle(inner)
                            .and_then(|path| paths.plan.wrapper(path))
                            .is_some_and(|wrapper| wrapper.consumable);
                        if consumable { quote!(#local.as_deref()) } else { local.to_token() }
                    }
                    Some(Type::List(_)) => quote!(&#local),
                    Some(
                        Type::Borrow(_)
                        | Type::Own(_)
                        | Type::Primitive(_)
                        | Type::Tuple(_)
                        | Type::Result { .. }
                        | Type::Named(_),
                    )
                    | None => quote!(&*#local),
                },
            }
        }
        Arg::Take(source) => {
            let local = local(source);
            let ty = match source {
                Source::Receiver => None,
                Source::Param(name) => param(function, name).map(|param| &param.ty),
            };
            match ty {
                Some(Type::Option(_)) => quote!(match #local { Some(taken) => Some(taken.release()?), None => None }),
                Some(Type::List(_)) => {
                    quote!(#local.into_iter().map(|taken| taken.release()).collect::<Result<Vec<_>, _>>()?)
                }
                Some(
                    Type::Borrow(_)
                    | Type::Own(_)
                    | Type::Primitive(_)
                    | Type::Tuple(_)
                    | Type::Result { .. }
                    | Type::Named(_),
                )
                | None => quote!(#local.release()?),
            }
        }
        Arg::Param(name) => match param(function, name) {
            Some(param) => {
                let name = ident(name);
                convert::argument(paths, &param.ty, &quote!(#name))
            }
            None => TokenStream::new(),
        },
        // Options hold text, lists or handles, so wit-bindgen takes their record by reference; a record of
        // numbers alone it takes by value.
        Arg::Options { ty, .. } => {
            if by_reference(paths, ty) {
                quote!(&raw_options)
            } else {
                quote!(raw_options)
            }
        }
        Arg::Case { payload, .. } => match payload {
            Some((_, ty)) if !by_reference(paths, ty) => quote!(raw_case),
            Some(_) | None => quote!(&raw_case),
        },
        Arg::MaxLen => quote!(limit),
        Arg::Cursor => quote!(cursor),
    }
}

fn by_reference(paths: &Paths<'_>, ty: &TypePath) -> bool {
    options(paths, ty).is_some_and(|options| {
        options.fields.iter().any(|field| match field.filled {
            Filled::Never | Filled::Extra { .. } => true,
            Filled::Required | Filled::Optional | Filled::Default(_) => paths.by_reference(&field.ty),
        })
    })
}

trait ToToken {
    fn to_token(&self) -> TokenStream;
}

impl ToToken for proc_macro2::Ident {
    fn to_token(&self) -> TokenStream {
        quote!(#self)
    }
}

fn raw_call(paths: &Paths<'_>, call: &Call, args: &[TokenStream]) -> TokenStream {
    let interface = paths.raw_interface(&call.raw.interface);
    match &call.raw.kind {
        Kind::Freestanding => {
            let name = ident(&call.raw.name);
            quote!(#interface::#name(#(#args),*))
        }
        Kind::Static(resource) | Kind::Method(resource) => {
            let (resource, name) = (camel(resource), ident(&call.raw.name));
            quote!(#interface::#resource::#name(#(#args),*))
        }
        Kind::Constructor(resource) => {
            let resource = camel(resource);
            quote!(#interface::#resource::new(#(#args),*))
        }
    }
}

fn paged(paths: &Paths<'_>, call: &Call, raw: &TokenStream) -> TokenStream {
    let fit = call.error.as_ref().map(|error| fit(paths, error));
    match call.paging {
        Paging::Once if call.args.iter().any(|arg| matches!(arg, Arg::MaxLen)) => {
            quote!({ let limit = adapter_runtime::buffers::Limit::bytes(u64::MAX); #raw })
        }
        Paging::Once => raw.clone(),
        Paging::Grow => quote!(adapter_runtime::buffers::grow(|limit| #raw, #fit)),
        Paging::Pages => quote!(adapter_runtime::cursors::collect(|limit, cursor| #raw, #fit)),
    }
}

/// From the raw answer to the friendly result.
fn answer(
    paths: &Paths<'_>,
    interface: &Interface,
    function: &Function,
    call: &Call,
    keep: Option<&proc_macro2::Ident>,
) -> TokenStream {
    let lift_error = call.error.as_ref().filter(|_| call.raw_error).map(|error| {
        let value = convert::value(paths, Way::Lift, error, &quote!(error));
        match call.paging {
            Paging::Once => quote!(.map_err(|error| #value)),
            Paging::Grow | Paging::Pages => quote!(.map_err(|failure| failure.lift(|error| #value))),
        }
    });
    let fails = call.raw_fallible.then(|| quote!(let answer = answer #lift_error ?;));
    let value = call.ok.as_ref().map_or(quote!(answer), |ok| convert::value(paths, Way::Lift, ok, &quote!(answer)));
    let value = match (&function.kind, &call.ok) {
        (Kind::Constructor(resource), _) => {
            let path = TypePath { side: Side::Friendly, interface: interface.name.clone(), name: resource.clone() };
            let glue = paths.glue_type(&path);
            quote!(#glue::wrap(answer))
        }
        (Kind::Freestanding | Kind::Method(_) | Kind::Static(_), _) => value,
    };
    let fallible = matches!(function.result, Some(Type::Result { .. })) && (call.error.is_some() || call.raw_fallible);
    let value = match keep {
        Some(slot) => quote!({ let answer = #value; self.#slot.set(Some(answer.clone())); answer }),
        None => value,
    };
    let value = if fallible { quote!(Ok(#value)) } else { value };
    quote! {
        #fails
        #value
    }
}

fn new_options(paths: &Paths<'_>, interface: &Interface, function: &Function) -> TokenStream {
    let Kind::Constructor(resource) = &function.kind else { return TokenStream::new() };
    let path = TypePath { side: Side::Friendly, interface: interface.name.clone(), name: resource.clone() };
    let Some(options) = options(paths, &path) else { return TokenStream::new() };
    let slots = types::slots(paths, options).into_iter().map(|(name, _, start)| {
        let start = start.unwrap_or_else(|| {
            let ty = options.fields.iter().find(|field| ident(&field.name) == name).map(|field| &field.ty);
            ty.map_or_else(|| quote!(#name), |ty| given(paths, ty, &name))
        });
        quote!(#name: Slot::new(#start))
    });
    quote!(Self { #(#slots,)* })
}

fn set_option(paths: &Paths<'_>, interface: &Interface, function: &Function, field: &str) -> TokenStream {
    let Kind::Method(resource) = &function.kind else { return TokenStream::new() };
    let path = TypePath { side: Side::Friendly, interface: interface.name.clone(), name: resource.clone() };
    let Some(options) = options(paths, &path) else { return TokenStream::new() };
    let Some(param) = function.params.first() else { return TokenStream::new() };
    let value = given(paths, &param.ty, &ident(&param.name));
    let slot = ident(field);
    let plain = options
        .fields
        .iter()
        .any(|other| other.name == field && matches!(other.filled, Filled::Required | Filled::Default(_)));
    let value = if plain { value } else { quote!(Some(#value)) };
    quote!(self.#slot.set(#value))
}

/// A parameter as a slot keeps it.
fn given(paths: &Paths<'_>, ty: &Type, name: &proc_macro2::Ident) -> TokenStream {
    match handle(ty).filter(|path| paths.plan.wrapper(path).is_some()) {
        Some(path) => {
            let glue = paths.glue_type(path);
            quote!(#name.get::<#glue>().handle.clone())
        }
        None => quote!(#name),
    }
}

fn share(paths: &Paths<'_>, function: &Function, shared: &TypePath) -> TokenStream {
    let (friendly, glue) = (paths.type_path(shared), paths.glue_type(shared));
    let value = quote!(#friendly::new(#glue::share(self.handle.clone())));
    match function.result {
        Some(Type::Result { .. }) => quote! {
            self.handle.lend()?;
            Ok(#value)
        },
        Some(_) | None => value,
    }
}
