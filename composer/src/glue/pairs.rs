//! Names with their values: the functions that list the one and give the other are called, and the runtime collects.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::paths::{Paths, camel, ident};
use crate::plan::{Call, Function, Interface, Kind, Pairs, Type};

/// The body of a function that lists pairs.
pub(super) fn pairs(paths: &Paths<'_>, interface: &Interface, function: &Function, pairs: &Pairs) -> TokenStream {
    let (names, names_fail) = sibling(paths, interface, function, &pairs.names, None);
    let name = quote!(name);
    let (values, values_fail) = sibling(paths, interface, function, &pairs.values, Some(&name));
    let fails = names_fail.then(|| quote!(?));
    let is_option = matches!(pairs.values.ok, Some(Type::Option(_)));
    // What is iterated over: nothing, one value, or several.
    let each = match (pairs.several, is_option) {
        (true, false) | (false, true) => None,
        (true, true) => Some(quote!(values.unwrap_or_default())),
        (false, false) => Some(quote!(Some(values))),
    };
    let values = match (values_fail, each) {
        (true, None) => values,
        (true, Some(each)) => quote!(#values.map(|values| #each)),
        (false, None) => quote!(Ok(#values)),
        (false, Some(each)) => quote!({ let values = #values; Ok(#each) }),
    };
    quote! {
        let names = #names #fails;
        adapter_runtime::pairs::collect(names, |name| #values)
    }
}

/// A call of the function beside this one that makes a raw call, and whether it can fail.
fn sibling(
    paths: &Paths<'_>,
    interface: &Interface,
    function: &Function,
    call: &Call,
    argument: Option<&TokenStream>,
) -> (TokenStream, bool) {
    let exported = paths.friendly_interface(&interface.name);
    let (guest, receiver) = match &function.kind {
        Kind::Method(resource) => (format_ident!("Guest{}", camel(resource)), Some(quote!(self,))),
        Kind::Static(resource) | Kind::Constructor(resource) => (format_ident!("Guest{}", camel(resource)), None),
        Kind::Freestanding => (format_ident!("Guest"), None),
    };
    let other = interface.sibling(function, call);
    let other =
        other.unwrap_or_else(|| unreachable!("`resolved` has found a function that calls `{}`", call.raw.path()));
    let name = ident(&other.name);
    let fails = matches!(other.result, Some(Type::Result { .. }));
    (quote!(<Self as #exported::#guest>::#name(#receiver #argument)), fails)
}
