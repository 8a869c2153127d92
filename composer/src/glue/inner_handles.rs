//! Handles inside the values of parameters.
//!
//! A call that fails uses nothing up, so all of them are out of their cells before the first value is brought to the host:
//! their cells are gathered, then lent or emptied on trial, then the values are rebuilt with what came out, in the same order.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::convert::{self, Way};
use super::paths::{self, Paths, case as case_ident, ident};
use crate::plan::{CaseFrom, Conversion, InnerHandle, Param, Type, TypeDef, TypeKind, TypePath};

/// Whether a value of a type holds handles that are in cells.
pub(super) fn holds_any(paths: &Paths<'_>, ty: &Type) -> bool {
    ty.walk().any(|part| match part {
        Type::Named(path) => paths.handle_holders.contains(path),
        Type::Primitive(_)
        | Type::List(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Converted(_) => paths.plan.inner_handle(part).is_some(),
    })
}

/// `let` the handles that a parameter gives away be out of their cells.
pub(super) fn takes(paths: &Paths<'_>, param: &Param) -> TokenStream {
    out_of_cells(paths, param, true)
}

/// `let` the handles that a parameter lends be lent.
pub(super) fn lends(paths: &Paths<'_>, param: &Param) -> TokenStream {
    out_of_cells(paths, param, false)
}

fn out_of_cells(paths: &Paths<'_>, param: &Param, are_taken: bool) -> TokenStream {
    let handles = paths.plan.inner_handles(&param.ty);
    let each = handles.iter().filter(|handle| handle.is_taken == are_taken).map(|handle| {
        let (cells, raw) = (cells(param, handle), raw(param, handle));
        let value = paths::param(&param.name);
        let gather = gather(paths, &param.ty, &quote!(&#value), handle, &cells);
        let is_consumable = paths.plan.is_consumable(&handle.resource);
        let out = match (are_taken, is_consumable) {
            (true, _) => quote!(cell.take()?),
            (false, true) => quote!(cell.lend()?),
            (false, false) => quote!(cell.lend()),
        };
        let next = if are_taken { quote!(into_iter) } else { quote!(iter) };
        quote! {
            let mut #cells = Vec::new();
            #gather
            let mut #raw = Vec::with_capacity(#cells.len());
            for cell in &#cells {
                #raw.push(#out);
            }
            let mut #raw = #raw.#next();
        }
    });
    quote!(#(#each)*)
}

/// `let` the parameter be what the host takes.
pub(super) fn value(paths: &Paths<'_>, param: &Param) -> TokenStream {
    let name = paths::param(&param.name);
    let value = rebuilt(paths, param, &param.ty, &quote!(#name));
    quote!(let #name = #value;)
}

/// The local that has the cells of a parameter's handles, in the order in which they stand in it.
fn cells(param: &Param, handle: &InnerHandle) -> Ident {
    format_ident!("cells_{}", local(param, handle))
}

/// The local that has the next raw handle.
fn raw(param: &Param, handle: &InnerHandle) -> Ident {
    format_ident!("next_{}", local(param, handle))
}

fn local(param: &Param, handle: &InnerHandle) -> Ident {
    let way = if handle.is_taken { "taken" } else { "lent" };
    let of = &handle.resource;
    let (interface, name) = (ident(&of.interface), ident(&of.name));
    format_ident!("{way}_{}_{interface}_{name}", paths::param(&param.name))
}

/// Puts the cells of the handles of one resource and way that stand in `value`, a reference, into a list.
fn gather(paths: &Paths<'_>, ty: &Type, value: &TokenStream, handle: &InnerHandle, cells: &Ident) -> TokenStream {
    if !paths.plan.inner_handles(ty).contains(handle) {
        return TokenStream::new();
    }
    let inner = |ty: &Type, value: &TokenStream| gather(paths, ty, value, handle, cells);
    match ty {
        Type::Borrow(resource) | Type::Converted(Conversion::Take(resource)) => {
            let glue = paths.glue_type(resource);
            quote!(#cells.push((#value).get::<#glue>().handle.clone());)
        }
        Type::List(item) => {
            let item = inner(item, &quote!(value));
            quote!(for value in #value { #item })
        }
        Type::Option(some) => {
            let some = inner(some, &quote!(value));
            quote!(if let Some(value) = #value { #some })
        }
        Type::Tuple(parts) => {
            let names = part_names(parts.len());
            let each = parts.iter().zip(&names).map(|(part, name)| inner(part, &quote!(#name)));
            quote!({ let (#(#names,)*) = #value; #(#each)* })
        }
        Type::Result { ok, err } => {
            let part = |ty: &Option<Box<Type>>| ty.as_ref().map(|ty| inner(ty, &quote!(value)));
            let (ok, err) = (part(ok), part(err));
            quote!(match #value { Ok(value) => { #ok } Err(value) => { #err } })
        }
        Type::Converted(Conversion::Record { record, fields, parts, .. }) => {
            let fields: Vec<_> = fields.iter().map(|field| ident(field)).collect();
            of_fields(paths, record, &fields, parts.iter(), value, &inner)
        }
        Type::Named(path) => match definition(paths, path) {
            TypeDef { kind: TypeKind::Alias(target), .. } => inner(target, value),
            TypeDef { kind: TypeKind::Record(fields), .. } => {
                let names: Vec<_> = fields.iter().map(|field| ident(&field.name)).collect();
                of_fields(paths, path, &names, fields.iter().map(|field| &field.ty), value, &inner)
            }
            def => {
                let friendly = paths.type_path(path);
                let arms = def.kind.cases().iter().map(|case| {
                    let name = case_ident(&case.name);
                    match &case.payload {
                        Some(payload) => {
                            let each = inner(payload, &quote!(value));
                            quote!(#friendly::#name(value) => { #each })
                        }
                        None => quote!(#friendly::#name => {}),
                    }
                });
                quote!(match #value { #(#arms)* })
            }
        },
        Type::Primitive(_) | Type::Own(_) | Type::Stream(_) | Type::Future(_) | Type::Converted(_) => {
            TokenStream::new()
        }
    }
}

fn of_fields<'t>(
    paths: &Paths<'_>,
    record: &TypePath,
    fields: &[Ident],
    types: impl Iterator<Item = &'t Type>,
    value: &TokenStream,
    inner: &dyn Fn(&Type, &TokenStream) -> TokenStream,
) -> TokenStream {
    let friendly = paths.type_path(record);
    let names = part_names(fields.len());
    let each = types.zip(&names).map(|(ty, name)| inner(ty, &quote!(#name)));
    quote!({ let #friendly { #(#fields: #names,)* } = #value; #(#each)* })
}

/// A value with the raw handles in it, in the order in which `gather` met them.
fn rebuilt(paths: &Paths<'_>, param: &Param, ty: &Type, value: &TokenStream) -> TokenStream {
    if !holds_any(paths, ty) {
        return convert::value(paths, Way::Lower, ty, value);
    }
    let inner = |ty: &Type, value: &TokenStream| rebuilt(paths, param, ty, value);
    match ty {
        Type::Borrow(resource) => {
            let next = raw(param, &InnerHandle { resource: resource.clone(), is_taken: false });
            quote!({ let _ = #value; &**adapter_runtime::handles::next(&mut #next) })
        }
        Type::Converted(Conversion::Take(resource)) => {
            let next = raw(param, &InnerHandle { resource: resource.clone(), is_taken: true });
            quote!({ let _ = #value; adapter_runtime::handles::next(&mut #next).release()? })
        }
        Type::List(item) => {
            let item = inner(item, &quote!(value));
            quote!({
                let mut rebuilt = Vec::with_capacity(#value.len());
                for value in #value { rebuilt.push(#item); }
                rebuilt
            })
        }
        Type::Option(some) => {
            let some = inner(some, &quote!(value));
            quote!(match #value { Some(value) => Some(#some), None => None })
        }
        Type::Tuple(parts) => {
            let names = part_names(parts.len());
            let parts = parts.iter().zip(&names).map(|(part, name)| inner(part, &quote!(#name)));
            quote!({ let (#(#names,)*) = #value; (#(#parts,)*) })
        }
        Type::Result { ok, err } => {
            let part = |ty: &Option<Box<Type>>| ty.as_ref().map_or(quote!(value), |ty| inner(ty, &quote!(value)));
            let (ok, err) = (part(ok), part(err));
            quote!(match #value { Ok(value) => Ok(#ok), Err(value) => Err(#err) })
        }
        Type::Converted(Conversion::Record { record, fields, parts, .. }) => {
            let (friendly, names) = (paths.type_path(record), part_names(parts.len()));
            let fields = fields.iter().map(|field| ident(field));
            let parts = parts.iter().zip(&names).map(|(part, name)| inner(part, &quote!(#name)));
            quote!({ let #friendly { #(#fields: #names,)* } = #value; (#(#parts,)*) })
        }
        Type::Named(path) => rebuilt_named(paths, path, value, &inner),
        Type::Primitive(_) | Type::Own(_) | Type::Stream(_) | Type::Future(_) | Type::Converted(_) => {
            convert::value(paths, Way::Lower, ty, value)
        }
    }
}

fn rebuilt_named(
    paths: &Paths<'_>,
    path: &TypePath,
    value: &TokenStream,
    inner: &dyn Fn(&Type, &TokenStream) -> TokenStream,
) -> TokenStream {
    let def = definition(paths, path);
    let friendly = paths.type_path(path);
    match &def.kind {
        TypeKind::Alias(target) => inner(target, value),
        TypeKind::Record(fields) => {
            let (raw, names) = (convert::raw_type(paths, def), part_names(fields.len()));
            let friendly_fields = fields.iter().map(|field| ident(&field.name));
            let raw_fields = fields.iter().map(|field| ident(&field.raw_name));
            let values = fields.iter().zip(&names).map(|(field, name)| inner(&field.ty, &quote!(#name)));
            quote!({
                let #friendly { #(#friendly_fields: #names,)* } = #value;
                #raw { #(#raw_fields: #values,)* }
            })
        }
        TypeKind::Variant(cases) => {
            let raw = convert::raw_type(paths, def);
            let arms = cases.iter().filter_map(|case| {
                // A placeholder is refused where a parameter holds it, so each case has a raw one.
                let CaseFrom::Raw(raw_case) = &case.from else { return None };
                let (name, raw_case) = (case_ident(&case.name), case_ident(raw_case));
                Some(match &case.payload {
                    Some(payload) => {
                        let payload = inner(payload, &quote!(value));
                        quote!(#friendly::#name(value) => #raw::#raw_case(#payload))
                    }
                    None => quote!(#friendly::#name => #raw::#raw_case),
                })
            });
            quote!(match #value { #(#arms,)* })
        }
        // None of them holds the handle of a parameter.
        TypeKind::Flags(_)
        | TypeKind::Enum(_)
        | TypeKind::Error(_)
        | TypeKind::DetailError(_)
        | TypeKind::Wrapper(_)
        | TypeKind::Options(_) => value.clone(),
    }
}

fn part_names(count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("part_{index}")).collect()
}

/// The definition of what holds a handle.
fn definition<'p>(paths: &'p Paths<'_>, path: &TypePath) -> &'p TypeDef {
    paths.plan.type_def(path).unwrap_or_else(|| unreachable!("what holds a handle is defined: {path:?}"))
}
