//! Raw calls that are made again and again until all is done; the loops are the runtime's.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths::{Paths, param};
use super::raw;
use crate::plan::{Arg, Call, LIMIT, RawFunction};

/// Until the host has taken all of the bytes; `raw` is the call with what is left of them, as `rest`.
pub(super) fn pieces(call: &Call, raw: &TokenStream) -> TokenStream {
    let bytes = call.args.iter().find_map(|arg| if let Arg::Rest(name) = arg { Some(param(name)) } else { None });
    quote!(adapter_runtime::pieces::write_all(&#bytes, |rest| #raw))
}

/// Until nothing is left, or there is more than the app wants; `raw` is the call for `size` bytes.
pub(super) fn chunks(raw: &TokenStream) -> TokenStream {
    let limit = param(LIMIT);
    quote!(adapter_runtime::chunks::read_all(#limit, |size| #raw))
}

/// The text that is read from a raw handle; what fails ends the function with `?`, by which step it was.
///
/// The runtime is given the raw function itself and no closure, so that all that read by one share its code.
pub(super) fn body(paths: &Paths<'_>, read: &RawFunction, handle: &TokenStream) -> TokenStream {
    let read = raw::function_path(paths, read);
    quote!(adapter_runtime::text::text(adapter_runtime::chunks::whole(&#handle, #read)??)?)
}
