//! The bodies of functions: handles out of their cells, the raw call, the answer converted.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::answers::{self, Answer};
use super::checks;
use super::convert::{self, Way};
use super::paths::{self, Paths, case as case_ident, ident};
use super::{groups, inner_handles, no_raw_call, options, pairs, raw, text_variants};
use crate::plan::{Arg, Call, Function, Interface, Kind, Operation, Param, RawArg, Rule, Source, Type, TypePath};

/// A friendly function, as the bindings' trait wants it.
pub(super) fn friendly_function(paths: &Paths<'_>, interface: &Interface, function: &Function) -> TokenStream {
    let name = match function.kind {
        Kind::Constructor(_) => format_ident!("new"),
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => ident(&function.name),
    };
    let receiver = matches!(function.kind, Kind::Method(_)).then(|| quote!(&self,));
    let params = function.params.iter().map(|param| {
        let (name, ty) = (paths::param(&param.name), paths.ty(&param.ty));
        quote!(#name: #ty)
    });
    let result = match (&function.kind, &function.result) {
        (Kind::Constructor(_), _) => quote!(Self),
        (Kind::Freestanding | Kind::Method(_) | Kind::Static(_), Some(ty)) => paths.ty(ty),
        (Kind::Freestanding | Kind::Method(_) | Kind::Static(_), None) => quote!(()),
    };
    let body = match &function.operation {
        // A direct interface has no glue, and an export is the app's.
        Operation::Direct => TokenStream::new(),
        Operation::Call(call) => self::call(paths, interface, function, call),
        Operation::NewOptions => options::new(paths, interface, function),
        Operation::SetOption(field) => options::set(paths, interface, function, field),
        Operation::Share(shared) => no_raw_call::share(paths, function, shared),
        Operation::Later => no_raw_call::later(paths, interface, function),
        Operation::Group(group) => groups::group(paths, interface, function, group),
        Operation::Pairs(pairs) => pairs::pairs(paths, interface, function, pairs),
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
        let name = paths::param(&param.name);
        let ty = param.ty.own().map_or_else(|| paths.ty(&param.ty), raw);
        quote!(#name: #ty)
    });
    let args = function.params.iter().map(|param| {
        let name = paths::param(&param.name);
        let Some(path) = param.ty.own() else { return convert::argument(paths, &param.ty, &quote!(#name)) };
        match paths.plan.bridge.iter().find(|wrap| wrap.friendly == *path) {
            Some(wrap) => {
                let wrap = ident(&wrap.name);
                quote!(#bridge::#wrap(#name))
            }
            None => quote!(#name),
        }
    });
    // The rule took an empty `result` away from the app; the host still has it.
    if function.rules.contains(&Rule::Errors) {
        return quote! {
            fn #name(#(#params),*) -> Result<(), ()> {
                #callee::#name(#(#args),*);
                Ok(())
            }
        };
    }
    let result = function.result.as_ref().map_or(quote!(()), |ty| paths.ty(ty));
    quote! {
        fn #name(#(#params),*) -> #result {
            #callee::#name(#(#args),*)
        }
    }
}

fn call(paths: &Paths<'_>, interface: &Interface, function: &Function, call: &Call) -> TokenStream {
    if let Some(body) = text_variants::text_variant(paths, interface, function, call) {
        return body;
    }
    let keep = call.remember.then(|| paths::kept(&function.name));
    let kept = keep.as_ref().map(|slot| {
        let answer = if call.error.is_some() { quote!(Ok(kept)) } else { quote!(kept) };
        quote!(if let Some(kept) = self.#slot.get() { return #answer; })
    });
    // Handles that are taken come first: they go back into their cells if anything after fails.
    let takes = call.args.iter().filter_map(|arg| take(paths, function, arg));
    let lends = call.args.iter().filter_map(|arg| lend(paths, interface, function, arg));
    let inner = inner_params(paths, function, call);
    let inner_takes = inner.iter().map(|param| inner_handles::takes(paths, param));
    let inner_lends = inner.iter().map(|param| inner_handles::lends(paths, param));
    let raw_args = call.raw_args();
    let values = raw_args.iter().filter_map(|arg| prepared(paths, function, arg));
    let args: Vec<_> = raw_args.iter().map(|arg| raw_argument(paths, function, arg)).collect();
    let raw = raw::paged(paths, call, &raw::call(paths, &call.raw, &args));
    let constructs = match &function.kind {
        Kind::Constructor(resource) => {
            let path = TypePath::friendly(&interface.name, resource);
            Some(paths.glue_type(&path))
        }
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => None,
    };
    let fallible = matches!(function.result, Some(Type::Result { .. })) && (call.error.is_some() || call.raw_fallible);
    let hold = call.holds.as_ref().map(|_| paths::held(&function.name));
    let waiting = call.holds.as_ref().zip(hold.as_ref());
    let waiting = waiting.map(|(over, slot)| answers::waiting(paths, call, slot, over, fallible));
    let answer = answers::answer(paths, call, &Answer { constructs, keep, hold, fallible });
    let (given, lent) = (checks::given(call), checks::lent(call));
    let forgets = call.args.iter().filter_map(|arg| forget(paths, interface, function, arg));
    quote! {
        #kept
        #given
        #(#takes)*
        #(#inner_takes)*
        #(#lends)*
        #(#inner_lends)*
        #lent
        #waiting
        #(#values)*
        let answer = #raw;
        #(#forgets)*
        #answer
    }
}

/// The parameters that hold handles inside.
fn inner_params<'f>(paths: &Paths<'_>, function: &'f Function, call: &Call) -> Vec<&'f Param> {
    let params = call.args.iter().filter_map(|arg| match arg {
        Arg::Param(name) => Some(param(function, name)),
        Arg::Lend(_) | Arg::Take(_) | Arg::TakeOk(_) | Arg::Options { .. } | Arg::Case { .. } => None,
    });
    params.filter(|param| inner_handles::holds_any(paths, &param.ty)).collect()
}

/// What came out of an object that was given away went with it.
fn forget(paths: &Paths<'_>, interface: &Interface, function: &Function, arg: &Arg) -> Option<TokenStream> {
    let (Arg::Take(source) | Arg::TakeOk(source)) = arg else { return None };
    let (wrapper, object) = match source {
        Source::Receiver => (paths.plan.receiver(interface, function)?, quote!(self)),
        Source::Param(name) => match &param(function, name).ty {
            Type::Borrow(path) | Type::Own(path) => {
                let (name, glue) = (paths::param(name), paths.glue_type(path));
                (paths.plan.wrapper(path)?, quote!(#name.get::<#glue>()))
            }
            // The objects themselves see to it when they go.
            Type::Option(_)
            | Type::List(_)
            | Type::Primitive(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Named(_)
            | Type::Stream(_)
            | Type::Future(_)
            | Type::Converted(_) => return None,
        },
    };
    (!wrapper.holds_of.is_empty()).then(|| quote!(#object.forget();))
}

fn param<'f>(function: &'f Function, name: &str) -> &'f Param {
    function
        .param(name)
        .unwrap_or_else(|| unreachable!("`resolved` has found the parameter `{name}` of `{}`", function.name))
}

/// The cell that a source names, as an expression, for a source that is nothing but a handle.
fn cell(paths: &Paths<'_>, function: &Function, source: &Source) -> Option<(TokenStream, bool)> {
    match source {
        Source::Receiver => {
            let Kind::Method(_) = function.kind else { return None };
            Some((quote!(self.handle), true))
        }
        Source::Param(name) => {
            let path = param(function, name).ty.handle()?;
            let consumable = paths.plan.wrapper(path)?.consumable;
            let (name, glue) = (paths::param(name), paths.glue_type(path));
            Some((quote!(#name.get::<#glue>().handle), consumable))
        }
    }
}

/// How many handles a parameter is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handles {
    One,
    Perhaps,
    List,
}

fn handles(ty: &Type) -> Handles {
    match ty {
        Type::Option(_) => Handles::Perhaps,
        Type::List(_) => Handles::List,
        Type::Borrow(_)
        | Type::Own(_)
        | Type::Primitive(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Named(_)
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Converted(_) => Handles::One,
    }
}

/// The local that holds a source's raw handle.
fn local(source: &Source) -> proc_macro2::Ident {
    match source {
        Source::Receiver => format_ident!("raw_self"),
        Source::Param(name) => format_ident!("raw_{}", paths::param(name)),
    }
}

fn take(paths: &Paths<'_>, function: &Function, arg: &Arg) -> Option<TokenStream> {
    let (Arg::Take(source) | Arg::TakeOk(source)) = arg else { return None };
    let (cell, _) = cell(paths, function, source)?;
    Some(per_handle(function, source, |_| quote!(#cell.take()?)))
}

fn lend(paths: &Paths<'_>, interface: &Interface, function: &Function, arg: &Arg) -> Option<TokenStream> {
    let Arg::Lend(source) = arg else { return None };
    let (cell, consumable) = cell(paths, function, source)?;
    let consumable = match source {
        Source::Receiver => paths.plan.receiver(interface, function)?.consumable,
        Source::Param(_) => consumable,
    };
    let lend = if consumable { quote!(#cell.lend()?) } else { quote!(#cell.lend()) };
    let lent = per_handle(function, source, |_| lend.clone());
    // A list of lent cells is not yet a list of references.
    let is_list = matches!(source, Source::Param(name) if handles(&param(function, name).ty) == Handles::List);
    if is_list && consumable {
        let local = local(source);
        return Some(quote! {
            #lent
            let #local: Vec<_> = #local.iter().map(|lent| &**lent).collect();
        });
    }
    Some(lent)
}

/// Binds the local of a source to what `of` makes of each of its handles: one, perhaps one, or a list.
fn per_handle(function: &Function, source: &Source, of: impl Fn(&Type) -> TokenStream) -> TokenStream {
    let local = local(source);
    let Source::Param(name) = source else {
        let value = of(&Type::Tuple(Vec::new()));
        return quote!(let #local = #value;);
    };
    let param = param(function, name);
    let value = of(&param.ty);
    let name = paths::param(name);
    match handles(&param.ty) {
        Handles::Perhaps => quote!(let #local = match &#name { Some(#name) => Some(#value), None => None };),
        Handles::List => quote! {
            let mut #local = Vec::with_capacity(#name.len());
            for #name in &#name {
                #local.push(#value);
            }
        },
        Handles::One => quote!(let #local = #value;),
    }
}

/// What is computed before the call: converted parameters, records that options stand for.
fn prepared(paths: &Paths<'_>, function: &Function, arg: &RawArg<'_>) -> Option<TokenStream> {
    let lowered = |name: &str| {
        let param = param(function, name);
        if inner_handles::holds_any(paths, &param.ty) {
            return Some(inner_handles::value(paths, param));
        }
        let name = paths::param(name);
        let value = convert::value(paths, Way::Lower, &param.ty, &quote!(#name));
        (!convert::is_same(paths, &param.ty)).then(|| quote!(let #name = #value;))
    };
    let arg = match arg {
        RawArg::Given(arg) => *arg,
        RawArg::Remaining(name) => return lowered(name),
        RawArg::MaxLen | RawArg::Cursor | RawArg::ChunkSize => return None,
    };
    match arg {
        Arg::Param(name) => lowered(name),
        Arg::Options { param: Some(name), ty } => Some(options::record(paths, &paths::param(name), ty)),
        Arg::Options { param: None, ty } => Some(options::defaults(paths, ty)),
        Arg::Case { variant, case, payload } => {
            let (variant, case) = (paths.type_path(variant), case_ident(case));
            Some(match payload {
                Some((name, ty)) => {
                    let record = options::record(paths, &paths::param(name), ty);
                    quote! { #record let raw_case = #variant::#case(raw_options); }
                }
                None => quote!(let raw_case = #variant::#case;),
            })
        }
        Arg::Lend(_) | Arg::Take(_) | Arg::TakeOk(_) => None,
    }
}

fn argument(paths: &Paths<'_>, function: &Function, arg: &Arg) -> TokenStream {
    match arg {
        Arg::Lend(source) => lent(paths, function, source),
        Arg::Take(source) => taken(function, source),
        Arg::TakeOk(source) => {
            let taken = taken(function, source);
            quote!(Ok(#taken))
        }
        Arg::Param(name) => {
            let ty = &param(function, name).ty;
            let name = paths::param(name);
            convert::argument(paths, ty, &quote!(#name))
        }
        // Options hold text, lists or handles, so wit-bindgen takes their record by reference; a record of
        // numbers alone it takes by value.
        Arg::Options { ty, .. } => {
            if options::by_reference(paths, ty) {
                quote!(&raw_options)
            } else {
                quote!(raw_options)
            }
        }
        Arg::Case { variant, .. } => {
            if options::any_case_by_reference(paths, variant) {
                quote!(&raw_case)
            } else {
                quote!(raw_case)
            }
        }
    }
}

/// The raw handles of a source that are lent.
fn lent(paths: &Paths<'_>, function: &Function, source: &Source) -> TokenStream {
    let local = local(source);
    let Source::Param(name) = source else { return quote!(&*#local) };
    let ty = &param(function, name).ty;
    match handles(ty) {
        Handles::Perhaps => {
            let consumable = ty.handle().is_some_and(|path| paths.plan.is_consumable(path));
            if consumable { quote!(#local.as_deref()) } else { quote!(#local) }
        }
        Handles::List => quote!(&#local),
        Handles::One => quote!(&*#local),
    }
}

/// The raw handles of a source that are given away.
fn taken(function: &Function, source: &Source) -> TokenStream {
    let local = local(source);
    let Source::Param(name) = source else { return quote!(#local.release()?) };
    match handles(&param(function, name).ty) {
        Handles::Perhaps => quote!(match #local { Some(taken) => Some(taken.release()?), None => None }),
        Handles::List => quote!(#local.into_iter().map(|taken| taken.release()).collect::<Result<Vec<_>, _>>()?),
        Handles::One => quote!(#local.release()?),
    }
}

/// An argument of the raw function; those of the paging are what its loops call them.
fn raw_argument(paths: &Paths<'_>, function: &Function, arg: &RawArg<'_>) -> TokenStream {
    match arg {
        RawArg::Given(arg) => argument(paths, function, arg),
        RawArg::MaxLen => quote!(limit),
        RawArg::Cursor => quote!(cursor),
        RawArg::Remaining(_) => quote!(rest),
        RawArg::ChunkSize => quote!(size),
    }
}
