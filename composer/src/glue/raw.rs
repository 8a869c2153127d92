//! Calls of raw functions: once, until the answer fits, or page by page.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::paths::{Paths, camel, ident};
use crate::plan::{Arg, Call, Kind, Paging, RawFunction, Side, Type};

/// A call of a raw function.
pub(super) fn call(paths: &Paths<'_>, raw: &RawFunction, args: &[TokenStream]) -> TokenStream {
    let interface = paths.raw_interface(&raw.interface);
    match &raw.kind {
        Kind::Freestanding => {
            let name = ident(&raw.name);
            quote!(#interface::#name(#(#args),*))
        }
        Kind::Static(resource) | Kind::Method(resource) => {
            let (resource, name) = (camel(resource), ident(&raw.name));
            quote!(#interface::#resource::#name(#(#args),*))
        }
        Kind::Constructor(resource) => {
            let resource = camel(resource);
            quote!(#interface::#resource::new(#(#args),*))
        }
    }
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
