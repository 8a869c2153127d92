//! What is checked of a call's arguments before the host sees them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::paths::param;
use crate::plan::Call;

/// Before handles leave their cells: lists that must not be empty.
pub(super) fn given(call: &Call) -> TokenStream {
    let checks = call.checks.iter().filter(|check| check.at_least_one).map(|check| {
        let name = param(&check.param);
        quote!(adapter_runtime::lists::at_least_one(&#name)?;)
    });
    quote!(#(#checks)*)
}

/// Once handles are lent: lists that must not have one twice.
pub(super) fn lent(call: &Call) -> TokenStream {
    let checks = call.checks.iter().filter(|check| check.distinct).map(|check| {
        let lent = format_ident!("raw_{}", param(&check.param));
        quote!(adapter_runtime::lists::distinct(&#lent)?;)
    });
    quote!(#(#checks)*)
}
