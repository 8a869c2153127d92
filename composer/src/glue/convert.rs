//! Expressions that turn raw values into friendly ones and back, by the shape of their type.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::paths::{Paths, case as case_ident, ident, module};
use super::raw;
use crate::plan::{Conversion, ErrorType, Primitive, Separator, Side, Type, TypeDef, TypePath};

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
        Type::Primitive(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) => value.clone(),
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
        Type::Named(path) => match (paths.alias(path), paths.plan.error(path).and_then(ErrorType::carried)) {
            (Some(target), _) => self::value(paths, way, target, value),
            (None, Some(error)) => {
                let (friendly, error) = (paths.type_path(path), self::value(paths, way, error, value));
                quote!(#friendly::Reported(#error))
            }
            (None, None) => {
                let convert = converter(way, path);
                quote!(#convert(#value))
            }
        },
        Type::Own(path) => wrap(paths, path, value),
    }
}

/// What the getter of a placeholder, in `value`, says.
pub(super) fn gotten(paths: &Paths<'_>, getter: &str, payload: Option<&Type>) -> TokenStream {
    let getter = ident(getter);
    let raw = quote!(value.#getter());
    payload.map_or_else(|| raw.clone(), |ty| value(paths, Way::Lift, ty, &raw))
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
        (Conversion::Body(read), Way::Lift) => raw::body(paths, read, value),
        // No app has such a handle to give.
        (Conversion::Body(_), Way::Lower) => value.clone(),
        // `inner_handles` brings it to the host, and no host gives it.
        (Conversion::Take(_), _) => value.clone(),
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
            quote!(#convert(#value) as #count)
        }
        (Conversion::Flag { .. }, Way::Lift) => quote!(!matches!(#value, 0)),
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

/// Joined items are text or bytes as the raw value is; a text variant has the text of bytes.
fn joined(way: Way, separator: Separator, raw_text: bool, text: bool, value: &TokenStream) -> TokenStream {
    let lifted = match (separator, raw_text) {
        (Separator::Space, true) => quote!(adapter_runtime::joined::split_text(&#value, ' ')),
        (Separator::Space, false) => quote!(adapter_runtime::joined::split_bytes(&#value, b' ')),
        (Separator::Nul, _) => quote!(adapter_runtime::joined::split_terminated(&#value)),
    };
    let lowered = match (separator, text) {
        (Separator::Space, true) => quote!(adapter_runtime::joined::join_text(&#value, ' ')?),
        (Separator::Space, false) => quote!(adapter_runtime::joined::join_bytes(&#value, b' ')?),
        (Separator::Nul, true) => quote!(adapter_runtime::joined::terminate_text(&#value)?),
        (Separator::Nul, false) => quote!(adapter_runtime::joined::terminate_bytes(&#value)?),
    };
    match way {
        Way::Lift if text && !raw_text => quote!(adapter_runtime::text::text(#lifted)?),
        Way::Lift => lifted,
        Way::Lower if text && !raw_text => quote!(#lowered.into_bytes()),
        Way::Lower => lowered,
    }
}

/// The raw type behind a definition.
pub(super) fn raw_type(paths: &Paths<'_>, def: &TypeDef) -> TokenStream {
    let raw = def.raw.as_deref().and_then(|raw| raw.rsplit_once('.'));
    let (interface, name) = raw.unwrap_or_else(|| unreachable!("a raw type is behind `{}`", def.name));
    paths.type_path(&TypePath { side: Side::Raw, interface: interface.to_owned(), name: name.to_owned() })
}

/// What is converted from, and what to.
pub(super) fn ends(paths: &Paths<'_>, way: Way, def: &TypeDef, friendly: &TypePath) -> (TokenStream, TokenStream) {
    let raw = raw_type(paths, def);
    let friendly = paths.type_path(friendly);
    match way {
        Way::Lift => (raw, friendly),
        Way::Lower => (friendly, raw),
    }
}

/// The function that converts values of a friendly type.
pub(super) fn converter(way: Way, path: &TypePath) -> TokenStream {
    let module = module(&path.interface);
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
        Type::Primitive(_) | Type::List(_) | Type::Option(_) | Type::Tuple(_) | Type::Result { .. } => {
            ty.structure().into_iter().all(|part| is_same(paths, part))
        }
        Type::Named(path) => match (path.side, paths.alias(path)) {
            (Side::Raw, _) => true,
            (Side::Friendly, Some(target)) => is_same(paths, target),
            (Side::Friendly, None) => false,
        },
        Type::Own(path) | Type::Borrow(path) => path.side == Side::Raw,
        Type::Stream(_) | Type::Future(_) => true,
        Type::Converted(_) => false,
    }
}

/// A raw value that the glue owns, as wit-bindgen takes it for an argument.
pub(super) fn argument(paths: &Paths<'_>, ty: &Type, value: &TokenStream) -> TokenStream {
    if !paths.by_reference(ty) {
        return value.clone();
    }
    match ty {
        Type::Borrow(_) | Type::Stream(_) | Type::Future(_) => value.clone(),
        Type::Converted(Conversion::Record { parts, is_named: false, .. }) => {
            lent(&Type::Tuple(parts.clone()), &quote!(&#value))
        }
        Type::Primitive(_) | Type::List(_) | Type::Named(_) | Type::Own(_) | Type::Converted(_) => quote!(&#value),
        Type::Option(_) | Type::Tuple(_) | Type::Result { .. } => lent(ty, &quote!(&#value)),
    }
}

/// What a reference to a raw value lends. Where anything in a type without a name is lent, wit-bindgen
/// takes all that it holds so: slices of lists, references to whatever has a name.
fn lent(ty: &Type, reference: &TokenStream) -> TokenStream {
    let part = |ty: &Type| lent(ty, &quote!(value));
    match ty {
        Type::Primitive(Primitive::String) => quote!(#reference.as_str()),
        Type::Primitive(_) | Type::Borrow(_) => quote!(*#reference),
        Type::List(_) => quote!(#reference.as_slice()),
        Type::Named(_) | Type::Own(_) | Type::Stream(_) | Type::Future(_) => reference.clone(),
        Type::Converted(conversion) => match conversion {
            Conversion::Text => quote!(#reference.as_slice()),
            Conversion::Joined { raw_text: true, .. } | Conversion::Packed { .. } => quote!(#reference.as_str()),
            Conversion::Joined { raw_text: false, .. } => quote!(#reference.as_slice()),
            Conversion::Record { parts, is_named: false, .. } => lent(&Type::Tuple(parts.clone()), reference),
            Conversion::Record { is_named: true, .. }
            | Conversion::Address(_)
            | Conversion::Body(_)
            | Conversion::Take(_) => reference.clone(),
            Conversion::Seconds { .. } | Conversion::Choice { .. } | Conversion::Flag { .. } => quote!(*#reference),
        },
        Type::Option(some) => {
            let some = part(some);
            quote!(match #reference { Some(value) => Some(#some), None => None })
        }
        Type::Tuple(parts) => {
            let names: Vec<_> = (0..parts.len()).map(|index| format_ident!("part_{index}")).collect();
            let parts = parts.iter().zip(&names).map(|(part, name)| lent(part, &quote!(#name)));
            quote!({ let (#(#names,)*) = #reference; (#(#parts,)*) })
        }
        Type::Result { ok, err } => {
            let nothing = quote!(());
            let ok = ok.as_deref().map_or(nothing.clone(), part);
            let err = err.as_deref().map_or(nothing, part);
            quote!(match #reference { Ok(value) => Ok(#ok), Err(value) => Err(#err) })
        }
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
                let case = case_ident(text);
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
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Converted(_) => {
            text.parse().unwrap_or_else(|error| unreachable!("`derive` has checked the default `{text}`: {error}"))
        }
    }
}
