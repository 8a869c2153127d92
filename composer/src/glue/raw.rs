//! Calls of raw functions: once, until the answer fits, or page by page.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::paths::{Paths, camel, ident, module};
use super::repeat;
use crate::plan::{Arg, Call, Kind, Paging, RawFunction, Side, Type};

/// A raw function, as the bindings have it.
pub(super) fn function_path(paths: &Paths<'_>, raw: &RawFunction) -> TokenStream {
    let interface = paths.raw_interface(&raw.interface);
    match &raw.kind {
        Kind::Freestanding => {
            let name = ident(&raw.name);
            quote!(#interface::#name)
        }
        Kind::Static(resource) | Kind::Method(resource) => {
            let (resource, name) = (camel(resource), ident(&raw.name));
            quote!(#interface::#resource::#name)
        }
        Kind::Constructor(resource) => {
            let resource = camel(resource);
            quote!(#interface::#resource::new)
        }
    }
}

/// A call of a raw function.
pub(super) fn call(paths: &Paths<'_>, raw: &RawFunction, args: &[TokenStream]) -> TokenStream {
    let function = function_path(paths, raw);
    quote!(#function(#(#args),*))
}

/// The call as often as its paging asks for.
pub(super) fn paged(paths: &Paths<'_>, call: &Call, raw: &TokenStream) -> TokenStream {
    let fit = call.error.as_ref().map(|error| fit(paths, error));
    match call.paging {
        Paging::Once if call.args.iter().any(|arg| matches!(arg, Arg::MaxLen)) => {
            quote!({ let limit = adapter_runtime::buffers::Limit::bytes(u64::MAX); #raw })
        }
        Paging::Once => raw.clone(),
        Paging::Grow => quote!(adapter_runtime::buffers::grow(|limit| #raw, #fit)),
        Paging::Pages => quote!(adapter_runtime::cursors::collect(|limit, cursor| #raw, #fit)),
        Paging::Pieces => repeat::pieces(call, raw),
        Paging::Chunks => repeat::chunks(raw),
    }
}

/// The function that says what an error means for the limit of a buffer.
pub(super) fn fit(paths: &Paths<'_>, error: &Type) -> TokenStream {
    match error {
        Type::Named(path) if path.side == Side::Friendly => match paths.alias(path) {
            Some(target) => fit(paths, target),
            None => {
                let module = module(&path.interface);
                let name = format_ident!("fit_{}", ident(&path.name));
                quote!(#module::#name)
            }
        },
        Type::Named(_)
        | Type::Converted(_)
        | Type::Primitive(_)
        | Type::List(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Own(_)
        | Type::Borrow(_) => quote!(|_| adapter_runtime::buffers::Fit::Unrelated),
    }
}
