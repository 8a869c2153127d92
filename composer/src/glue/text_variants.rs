//! Text variants of functions: each calls the function for bytes, so that the raw call is in the guest once.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::paths::{Paths, camel, ident, param};
use crate::plan::{Call, Conversion, Function, Interface, Kind, Type};

/// The body of a function that is the text variant of another one; `None` if it is not.
pub(super) fn text_variant(
    paths: &Paths<'_>,
    interface: &Interface,
    function: &Function,
    call: &Call,
) -> Option<TokenStream> {
    let name = function.name.strip_suffix("-text")?;
    let is_other = |other: &&Function| {
        let same = other.operation.call().is_some_and(|of| of.raw == call.raw);
        other.name == name && other.kind == function.kind && same
    };
    let other = interface.functions.iter().find(is_other)?;
    let exported = paths.friendly_interface(&interface.name);
    let (guest, receiver) = match &function.kind {
        Kind::Method(resource) => (format_ident!("Guest{}", camel(resource)), Some(quote!(self,))),
        Kind::Static(resource) => (format_ident!("Guest{}", camel(resource)), None),
        Kind::Freestanding => (format_ident!("Guest"), None),
        Kind::Constructor(_) => return None,
    };
    let params = function.params.iter().zip(&other.params);
    let args = params.map(|(text, bytes)| {
        let value = param(&text.name);
        if text.ty == bytes.ty { quote!(#value) } else { as_bytes(&text.ty, &quote!(#value)) }
    });
    let callee = ident(&other.name);
    let fails = matches!(other.result, Some(Type::Result { .. })).then(|| quote!(?));
    let is_same = other.operation.call().is_some_and(|of| of.ok == call.ok);
    let value = if is_same { quote!(answer) } else { quote!(adapter_runtime::text::text(answer)?) };
    let value = if matches!(function.result, Some(Type::Result { .. })) { quote!(Ok(#value)) } else { value };
    Some(quote! {
        let answer = <Self as #exported::#guest>::#callee(#receiver #(#args),*) #fails;
        #value
    })
}

/// Text as the other one takes it.
fn as_bytes(ty: &Type, value: &TokenStream) -> TokenStream {
    match ty {
        Type::Converted(Conversion::Joined { .. }) => {
            quote!(#value.into_iter().map(String::into_bytes).collect::<Vec<_>>())
        }
        Type::List(inner) => {
            let inner = as_bytes(inner, &quote!(value));
            quote!(#value.into_iter().map(|value| #inner).collect::<Vec<_>>())
        }
        Type::Option(inner) => {
            let inner = as_bytes(inner, &quote!(value));
            quote!(#value.map(|value| #inner))
        }
        Type::Converted(_)
        | Type::Primitive(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Named(_)
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_) => quote!(#value.into_bytes()),
    }
}
