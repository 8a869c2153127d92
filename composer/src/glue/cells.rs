//! What resources of the glue keep: raw handles in cells, and values in slots.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::convert;
use super::paths::{Paths, camel, ident, module};
use crate::plan::{Filled, Options, Type, TypePath, Wrapper};

/// The cell that holds a wrapper's raw handle.
pub(super) fn cell(paths: &Paths<'_>, friendly: &TypePath, wrapper: &Wrapper) -> TokenStream {
    let raw = paths.type_path(&wrapper.holds);
    if wrapper.made_by.is_some() {
        let (module, maker) = (module(&friendly.interface), maker_name(&friendly.name));
        quote!(adapter_runtime::handles::Handle::<#raw, #module::#maker>)
    } else if wrapper.consumable {
        quote!(adapter_runtime::handles::Handle::<#raw>)
    } else {
        quote!(adapter_runtime::handles::Shared::<#raw>)
    }
}

pub(super) fn maker_name(resource: &str) -> proc_macro2::Ident {
    format_ident!("Make{}", camel(resource))
}

/// The slots of an options resource: name, what they keep, what they start with; none for a constructor's parameter.
pub(super) fn slots(
    paths: &Paths<'_>,
    options: &Options,
) -> Vec<(proc_macro2::Ident, TokenStream, Option<TokenStream>)> {
    let mut slots = Vec::new();
    for field in &options.fields {
        let (name, kept) = (ident(&field.name), kept(paths, &field.ty));
        match &field.filled {
            Filled::Required => slots.push((name, kept, None)),
            Filled::Optional => slots.push((name, quote!(Option<#kept>), Some(quote!(None)))),
            Filled::Default(text) => slots.push((name, kept, Some(convert::literal(paths, &field.ty, text)))),
            Filled::Never => {}
            Filled::Extra { setters, .. } => slots.extend(setters.iter().map(|setter| {
                let kept = self::kept(paths, &setter.ty);
                (ident(&setter.name), quote!(Option<#kept>), Some(quote!(None)))
            })),
        }
    }
    slots
}

/// What a slot keeps: a value, or a second handle of what was lent.
fn kept(paths: &Paths<'_>, ty: &Type) -> TokenStream {
    match ty {
        Type::Borrow(path) | Type::Own(path) => match paths.plan.wrapper(path) {
            Some(wrapper) => cell(paths, path, wrapper),
            None => paths.ty(ty),
        },
        Type::Primitive(_)
        | Type::List(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Named(_)
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Converted(_) => paths.ty(ty),
    }
}
