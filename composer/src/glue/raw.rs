//! Calls of raw functions: once, until the answer fits, page by page, or until all is done; the loops are the runtime's.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::paths::{Paths, camel, ident, module, param};
use crate::plan::{Call, Kind, LIMIT, Paging, RawFunction, Side, Type};

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
    match &call.paging {
        Paging::Once { size: Some(_) } => {
            quote!({ let limit = adapter_runtime::buffers::Limit::bytes(u64::MAX); #raw })
        }
        Paging::Once { size: None } => raw.clone(),
        Paging::Grow { .. } => quote!(adapter_runtime::buffers::grow(|limit| #raw, #fit)),
        Paging::Pages { .. } => quote!(adapter_runtime::cursors::collect(|limit, cursor| #raw, #fit)),
        Paging::WriteAll { param, .. } => pieces(param, raw),
        Paging::ReadAll { .. } => chunks(raw),
    }
}

/// The function that says what an error means for the limit of a buffer.
pub(super) fn fit(paths: &Paths<'_>, error: &Type) -> TokenStream {
    match error {
        // What is carried as it is has nothing to say of sizes that the rules can name.
        Type::Named(path) if paths.plan.error(path).is_some_and(|error| error.carried().is_some()) => unrelated(),
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
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_) => unrelated(),
    }
}

fn unrelated() -> TokenStream {
    quote!(|_| adapter_runtime::buffers::Fit::Unrelated)
}

/// Until the host has taken all of the bytes; `raw` is the call with what is left of them, as `rest`.
fn pieces(bytes: &str, raw: &TokenStream) -> TokenStream {
    let bytes = param(bytes);
    quote!(adapter_runtime::pieces::write_all(&#bytes, |rest| #raw))
}

/// Until nothing is left, or there is more than the app wants; `raw` is the call for `size` bytes.
fn chunks(raw: &TokenStream) -> TokenStream {
    let limit = param(LIMIT);
    quote!(adapter_runtime::chunks::read_all(#limit, |size| #raw))
}

/// The text that is read from a raw handle; what fails ends the function with `?`, by which step it was.
///
/// The runtime is given the raw function itself and no closure, so that all that read by one share its code.
pub(super) fn body(paths: &Paths<'_>, read: &RawFunction, handle: &TokenStream) -> TokenStream {
    let read = function_path(paths, read);
    quote!(adapter_runtime::text::text(adapter_runtime::chunks::whole(&#handle, #read)??)?)
}
