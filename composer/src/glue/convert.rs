//! Expressions that turn raw values into friendly ones and back, by the shape of their type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::paths::{Paths, camel, ident};
use super::repeat;
use crate::plan::{Conversion, Primitive, Separator, Side, Type, TypePath};

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the host to the app.
    Lift,
    /// From the app to the host.
    Lower,
}

/// A raw handle, as the friendly resource that holds it.
pub(super) fn wrap(paths: &Paths<'_>, path: &TypePath, raw: &TokenStream) -> TokenStream {
    let friendly = paths.type_path(path);
    let glue = paths.glue_type(path);
    quote!(#friendly::new(#glue::wrap(#raw)))
}

/// `value`, converted.
pub(super) fn value(paths: &Paths<'_>, way: Way, ty: &Type, value: &TokenStream) -> TokenStream {
    if is_same(paths, ty) {
        return value.clone();
    }
    let inner = |ty: &Type| self::value(paths, way, ty, &quote!(value));
    let fails = |ty: &Type| match way {
        Way::Lift => !ty.lifts_with().is_empty(),
        Way::Lower => ty.lowers_fallibly(),
    };
    match ty {
        Type::Primitive(_) | Type::Borrow(_) => value.clone(),
        Type::Converted(conversion) => converted(paths, way, conversion, value),
        // A conversion that fails ends the function, which a closure would keep it from.
        Type::List(item) if fails(item) => {
            let item = inner(item);
            quote!({
                let mut converted = Vec::with_capacity(#value.len());
                for value in #value { converted.push(#item); }
                converted
            })
        }
        Type::Option(some) if fails(some) => {
            let some = inner(some);
            quote!(match #value { Some(value) => Some(#some), None => None })
        }
        Type::List(item) => {
            let item = inner(item);
            quote!(#value.into_iter().map(|value| #item).collect::<Vec<_>>())
        }
        Type::Option(some) => {
            let some = inner(some);
            quote!(#value.map(|value| #some))
        }
        Type::Tuple(parts) => {
            let names: Vec<_> = (0..parts.len()).map(|index| format_ident!("part_{index}")).collect();
            let parts = parts.iter().zip(&names).map(|(part, name)| self::value(paths, way, part, &quote!(#name)));
            quote!({ let (#(#names,)*) = #value; (#(#parts,)*) })
        }
        Type::Result { ok, err } => {
            let ok = ok.as_ref().map_or(quote!(value), |ty| inner(ty));
            let err = err.as_ref().map_or(quote!(value), |ty| inner(ty));
            quote!(#value.map(|value| #ok).map_err(|value| #err))
        }
        Type::Named(path) => match paths.alias(path) {
            Some(target) => self::value(paths, way, target, value),
            None => {
                let convert = converter(way, path);
                quote!(#convert(#value))
            }
        },
        Type::Own(path) => wrap(paths, path, value),
    }
}

/// A value that means more than its raw type says; what can fail ends the function with `?`.
fn converted(paths: &Paths<'_>, way: Way, conversion: &Conversion, value: &TokenStream) -> TokenStream {
    match (conversion, way) {
        (Conversion::Text, Way::Lift) => quote!(adapter_runtime::text::text(#value)?),
        (Conversion::Text, Way::Lower) => quote!(#value.into_bytes()),
        (Conversion::Address(raw), Way::Lift) => {
            let raw = paths.type_path(raw);
            quote!(adapter_runtime::addresses::to_text(match #value {
                #raw::Ipv4(octets) => adapter_runtime::addresses::from_v4(octets),
                #raw::Ipv6(segments) => adapter_runtime::addresses::from_v6(segments),
            }))
        }
        (Conversion::Address(raw), Way::Lower) => {
            let raw = paths.type_path(raw);
            quote!(match adapter_runtime::addresses::parse4or6(&#value)? {
                core::net::IpAddr::V4(address) => #raw::Ipv4(adapter_runtime::addresses::v4_octets(address)),
                core::net::IpAddr::V6(address) => #raw::Ipv6(adapter_runtime::addresses::v6_segments(address)),
            })
        }
        (Conversion::Seconds { per_second, .. }, Way::Lift) => {
            quote!(adapter_runtime::durations::to_seconds(#value, #per_second))
        }
        (Conversion::Seconds { per_second, count, step }, Way::Lower) => {
            let count = paths.ty(&Type::Primitive(*count));
            let value = quote!(adapter_runtime::durations::from_seconds::<#count>(#value, #per_second)?);
            if *step == 1 { value } else { quote!(adapter_runtime::durations::stepped(#value, #step)?) }
        }
        (Conversion::Body(read), Way::Lift) => repeat::body(paths, read, value),
        // No app has such a handle to give.
        (Conversion::Body(_), Way::Lower) => value.clone(),
        (Conversion::Joined { separator, raw_text, text }, way) => joined(way, *separator, *raw_text, *text, value),
        (Conversion::Record { record, fields, parts, .. }, way) => {
            self::record(paths, way, record, fields, parts, value)
        }
        (Conversion::Packed { record, fields }, Way::Lift) => unpacked(paths, record, fields, value),
        // The plan has none that goes this way.
        (Conversion::Packed { .. }, Way::Lower) => value.clone(),
        (Conversion::Choice { choice, .. }, Way::Lift) => {
            let convert = converter(way, choice);
            quote!(#convert(u64::from(#value))?)
        }
        (Conversion::Choice { choice, count, .. }, Way::Lower) => {
            let (convert, count) = (converter(way, choice), paths.ty(&Type::Primitive(*count)));
            quote!((#convert(#value) as #count))
        }
        (Conversion::Flag { .. }, Way::Lift) => quote!((#value != 0)),
        (Conversion::Flag { count }, Way::Lower) => {
            let count = paths.ty(&Type::Primitive(*count));
            quote!(#count::from(#value))
        }
    }
}

/// A tuple and the record whose fields are its parts.
fn record(
    paths: &Paths<'_>,
    way: Way,
    record: &TypePath,
    fields: &[String],
    parts: &[Type],
    value: &TokenStream,
) -> TokenStream {
    let friendly = paths.type_path(record);
    let fields: Vec<_> = fields.iter().map(|field| ident(field)).collect();
    match way {
        Way::Lift => {
            let parts = parts.iter().zip(&fields).map(|(part, field)| self::value(paths, way, part, &quote!(#field)));
            quote!({ let (#(#fields,)*) = #value; #friendly { #(#fields: #parts,)* } })
        }
        Way::Lower => {
            let parts = parts.iter().zip(&fields).map(|(part, field)| self::value(paths, way, part, &quote!(#field)));
            quote!({ let #friendly { #(#fields,)* } = #value; (#(#parts,)*) })
        }
    }
}

fn unpacked(paths: &Paths<'_>, record: &TypePath, fields: &[(String, bool)], value: &TokenStream) -> TokenStream {
    let friendly = paths.type_path(record);
    let named = |flag: bool| fields.iter().filter(move |(_, is_flag)| *is_flag == flag).map(|(name, _)| ident(name));
    let (flags, items): (Vec<_>, Vec<_>) = (named(true).collect(), named(false).collect());
    let (most_flags, most_items) = (flags.len(), items.len());
    quote!({
        let ([#(#flags),*], [#(#items),*]) = adapter_runtime::packed::unpack::<#most_flags, #most_items>(&#value)?;
        #friendly { #(#flags,)* #(#items,)* }
    })
}

fn joined(way: Way, separator: Separator, raw_text: bool, text: bool, value: &TokenStream) -> TokenStream {
    let function = match (way, separator, text) {
        (Way::Lift, Separator::Space, _) => return quote!(adapter_runtime::joined::split_text(&#value, ' ')),
        (Way::Lower, Separator::Space, _) => return quote!(adapter_runtime::joined::join_text(&#value, ' ')?),
        (Way::Lift, Separator::Nul, _) => quote!(items),
        (Way::Lower, Separator::Nul, true) => quote!(terminate_text),
        (Way::Lower, Separator::Nul, false) => quote!(terminate_bytes),
    };
    match way {
        Way::Lift => quote!(adapter_runtime::cursors::#function(&#value)),
        Way::Lower if text && !raw_text => quote!(adapter_runtime::joined::#function(&#value)?.into_bytes()),
        Way::Lower => quote!(adapter_runtime::joined::#function(&#value)?),
    }
}

/// The function that converts values of a friendly type.
pub(super) fn converter(way: Way, path: &TypePath) -> TokenStream {
    let module = ident(&path.interface);
    let name = converter_name(way, &path.name);
    quote!(#module::#name)
}

/// Its name in the module of its interface.
pub(super) fn converter_name(way: Way, name: &str) -> proc_macro2::Ident {
    match way {
        Way::Lift => format_ident!("lift_{}", ident(name)),
        Way::Lower => format_ident!("lower_{}", ident(name)),
    }
}

/// Whether raw and friendly values of a type are one Rust type.
pub(super) fn is_same(paths: &Paths<'_>, ty: &Type) -> bool {
    match ty {
        Type::Primitive(_) => true,
        Type::List(inner) | Type::Option(inner) => is_same(paths, inner),
        Type::Tuple(parts) => parts.iter().all(|part| is_same(paths, part)),
        Type::Result { ok, err } => ok.iter().chain(err).all(|part| is_same(paths, part)),
        Type::Named(path) => match (path.side, paths.alias(path)) {
            (Side::Raw, _) => true,
            (Side::Friendly, Some(target)) => is_same(paths, target),
            (Side::Friendly, None) => false,
        },
        Type::Own(path) | Type::Borrow(path) => path.side == Side::Raw,
        Type::Converted(_) => false,
    }
}

/// A raw value that the glue owns, as wit-bindgen takes it for an argument.
pub(super) fn argument(paths: &Paths<'_>, ty: &Type, value: &TokenStream) -> TokenStream {
    match ty {
        Type::Named(path) => match paths.alias(path) {
            // A tuple that has a name is taken as a whole.
            Some(Type::Tuple(_)) if paths.by_reference(ty) => quote!(&#value),
            Some(target) => argument(paths, target, value),
            None if paths.by_reference(ty) => quote!(&#value),
            None => value.clone(),
        },
        Type::Primitive(Primitive::String) | Type::List(_) => quote!(&#value),
        Type::Converted(conversion) => match conversion {
            Conversion::Text | Conversion::Joined { .. } | Conversion::Packed { .. } => quote!(&#value),
            Conversion::Record { parts, named: false, .. } if paths.by_reference(ty) => {
                parts_by_reference(paths, parts, &quote!(&#value))
            }
            Conversion::Record { .. } if paths.by_reference(ty) => quote!(&#value),
            Conversion::Record { .. }
            | Conversion::Address(_)
            | Conversion::Seconds { .. }
            | Conversion::Choice { .. }
            | Conversion::Flag { .. }
            | Conversion::Body(_) => value.clone(),
        },
        Type::Option(inner) if paths.by_reference(inner) => optional_argument(paths, inner, value),
        Type::Tuple(parts) if paths.by_reference(ty) => parts_by_reference(paths, parts, &quote!(&#value)),
        Type::Result { .. } if paths.by_reference(ty) => quote!(&#value),
        Type::Primitive(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Own(_)
        | Type::Borrow(_) => value.clone(),
    }
}

/// An option of what is taken by reference: of a slice where there is one.
fn optional_argument(paths: &Paths<'_>, inner: &Type, value: &TokenStream) -> TokenStream {
    match inner {
        Type::Primitive(_) | Type::List(_) => quote!(#value.as_deref()),
        Type::Converted(Conversion::Record { parts, named: false, .. }) | Type::Tuple(parts) => {
            let parts = parts_by_reference(paths, parts, &quote!(value));
            quote!(#value.as_ref().map(|value| #parts))
        }
        Type::Converted(Conversion::Record { .. }) => quote!(#value.as_ref()),
        Type::Converted(_) => quote!(#value.as_deref()),
        Type::Named(path) => match paths.alias(path) {
            Some(Type::Tuple(_)) => quote!(#value.as_ref()),
            Some(target) => optional_argument(paths, target, value),
            None => quote!(#value.as_ref()),
        },
        Type::Option(_) | Type::Result { .. } => quote!(#value.as_ref()),
        Type::Own(_) | Type::Borrow(_) => value.clone(),
    }
}

/// A tuple without a name, part by part as wit-bindgen takes each, given a reference to the whole.
fn parts_by_reference(paths: &Paths<'_>, parts: &[Type], tuple: &TokenStream) -> TokenStream {
    let names: Vec<_> = (0..parts.len()).map(|index| format_ident!("part_{index}")).collect();
    let parts = parts.iter().zip(&names).map(|(part, name)| part_by_reference(paths, part, &quote!(#name)));
    quote!({ let (#(#names,)*) = #tuple; (#(#parts,)*) })
}

fn part_by_reference(paths: &Paths<'_>, ty: &Type, part: &TokenStream) -> TokenStream {
    match ty {
        ty if !paths.by_reference(ty) => quote!(#part.clone()),
        Type::Primitive(_) | Type::List(_) => quote!(&#part[..]),
        Type::Converted(Conversion::Record { parts, named: false, .. }) | Type::Tuple(parts) => {
            parts_by_reference(paths, parts, part)
        }
        Type::Converted(Conversion::Record { .. }) => part.clone(),
        Type::Converted(_) => quote!(&#part[..]),
        Type::Option(inner) => {
            let inner = part_by_reference(paths, inner, &quote!(value));
            quote!(#part.as_ref().map(|value| #inner))
        }
        Type::Named(path) => match paths.alias(path) {
            Some(Type::Tuple(_)) | None => part.clone(),
            Some(target) => part_by_reference(paths, target, part),
        },
        Type::Result { .. } | Type::Own(_) | Type::Borrow(_) => part.clone(),
    }
}

/// A default of the rules as a Rust expression of the friendly type. `derive` has checked that it is one.
pub(super) fn literal(paths: &Paths<'_>, ty: &Type, text: &str) -> TokenStream {
    match ty {
        Type::Primitive(Primitive::String) => {
            let text = text.trim_matches('"');
            quote!(String::from(#text))
        }
        Type::Named(path) => match paths.alias(path) {
            Some(target) => literal(paths, target, text),
            None => {
                let friendly = paths.type_path(path);
                let case = camel(text);
                quote!(#friendly::#case)
            }
        },
        Type::Primitive(_)
        | Type::List(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Converted(_) => text.parse().unwrap_or_default(),
    }
}
