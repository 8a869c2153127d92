//! Raw calls that are made again and again until all is done; the loops are the runtime's.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths::ident;
use crate::plan::{Arg, Call, LIMIT};

/// Until the host has taken all of the bytes; `raw` is the call with what is left of them, as `rest`.
pub(super) fn pieces(call: &Call, raw: &TokenStream) -> TokenStream {
    let bytes = call.args.iter().find_map(|arg| if let Arg::Rest(name) = arg { Some(ident(name)) } else { None });
    quote!(adapter_runtime::pieces::write_all(&#bytes, |rest| #raw))
}

/// Until nothing is left, or there is more than the app wants; `raw` is the call for `size` bytes.
pub(super) fn chunks(raw: &TokenStream) -> TokenStream {
    let limit = ident(LIMIT);
    quote!(adapter_runtime::chunks::read_all(#limit, |size| #raw))
}
