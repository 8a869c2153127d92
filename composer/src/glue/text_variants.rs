//! Text variants of functions: each calls the function for bytes, so that the raw call is in the guest once.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::convert::{self, Way};
use super::paths::{Paths, camel, ident};
use crate::plan::{Body, Call, Conversion, Function, Interface, Kind, Type};

/// The body of a function that is the text variant of another one; `None` if it is not.
pub(super) fn text_variant(
    paths: &Paths<'_>,
    interface: &Interface,
    function: &Function,
    call: &Call,
) -> Option<TokenStream> {
    let name = function.name.strip_suffix("-text")?;
    let is_other = |other: &&Function| {
        let same = matches!(&other.body, Body::Call(of) if of.raw == call.raw && !has_conversion(of.ok.as_ref()));
        other.name == name && other.kind == function.kind && same
    };
    let other = interface.functions.iter().find(is_other).filter(|_| !call.remember)?;
    let exported = paths.friendly_interface(&interface.name);
    let (guest, receiver) = match &function.kind {
        Kind::Method(resource) => (format_ident!("Guest{}", camel(resource)), Some(quote!(self,))),
        Kind::Static(resource) => (format_ident!("Guest{}", camel(resource)), None),
        Kind::Freestanding => (format_ident!("Guest"), None),
        Kind::Constructor(_) => return None,
    };
    let params = function.params.iter().zip(&other.params);
    let args = params.map(|(text, bytes)| {
        let value = ident(&text.name);
        if text.ty == bytes.ty { quote!(#value) } else { as_bytes(&text.ty, &quote!(#value)) }
    });
    let callee = ident(&other.name);
    let fails = matches!(other.result, Some(Type::Result { .. })).then(|| quote!(?));
    let value = call.ok.as_ref().map_or(quote!(answer), |ok| convert::value(paths, Way::Lift, ok, &quote!(answer)));
    let value = if matches!(function.result, Some(Type::Result { .. })) { quote!(Ok(#value)) } else { value };
    Some(quote! {
        let answer = <Self as #exported::#guest>::#callee(#receiver #(#args),*) #fails;
        #value
    })
}

/// Whether a value of the other one is more than the raw value.
fn has_conversion(ok: Option<&Type>) -> bool {
    ok.is_some_and(|ok| ok.any(&mut |part| matches!(part, Type::Converted(_))))
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
        | Type::Borrow(_) => quote!(#value.into_bytes()),
    }
}
