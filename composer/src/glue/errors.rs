//! Errors: the host's lifted, the adapter's own made, and what each says of a buffer's limit.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::convert::{self, Way, converter_name, ends};
use super::paths::{Paths, case as case_ident, ident};
use super::raw;
use crate::plan::{AdapterCase, Case, CaseFrom, DetailError, ErrorType, Type, TypeDef, TypePath};

pub(super) fn error(paths: &Paths<'_>, def: &TypeDef, friendly: &TypePath, error: &ErrorType) -> TokenStream {
    let (raw, to) = ends(paths, Way::Lift, def, friendly);
    let lift = converter_name(Way::Lift, &def.name);
    let fit = format_ident!("fit_{}", ident(&def.name));
    let direct = variant_arms(paths, &raw, &to, error);
    let too_large = case_ident("value-too-large");
    let small = error.too_small.iter().map(|(case, payload)| {
        let case = case_ident(case);
        let payload = payload.then(|| quote!((_)));
        quote!(#raw::#case #payload => #to::#too_large)
    });
    let nested = error.nested.iter().map(|(case, base)| nested_arm(paths, &raw, &to, case, base));
    let fit_arms = fit_arms(paths, &raw, error);
    let own = adapter_cases(&to, &error.adapter_cases);
    quote! {
        pub(super) fn #lift(value: #raw) -> #to {
            match value { #(#direct,)* #(#small,)* #(#nested,)* }
        }
        pub(super) fn #fit(value: &#raw) -> adapter_runtime::buffers::Fit {
            match value { #fit_arms }
        }
        #own
    }
}

fn variant_arms(paths: &Paths<'_>, raw: &TokenStream, to: &TokenStream, error: &ErrorType) -> Vec<TokenStream> {
    let arms = error.cases.iter().filter_map(|case| {
        let name = case_ident(&case.name);
        Some(match (&case.from, &case.payload) {
            (CaseFrom::Raw(from), None) => {
                let from = case_ident(from);
                quote!(#raw::#from => #to::#name)
            }
            (CaseFrom::Raw(from), Some(ty)) => {
                let from = case_ident(from);
                let value = convert::value(paths, Way::Lift, ty, &quote!(value));
                quote!(#raw::#from(value) => #to::#name(#value))
            }
            (CaseFrom::RawDropped(from), _) => {
                let from = case_ident(from);
                quote!(#raw::#from(_) => #to::#name)
            }
            (CaseFrom::RawGetter { case, getter }, payload) => {
                let from = case_ident(case);
                let value = convert::gotten(paths, getter, payload.as_ref());
                quote!(#raw::#from(value) => #to::#name(#value))
            }
            (CaseFrom::Nested | CaseFrom::Carried | CaseFrom::Adapter(_) | CaseFrom::Number(_), _) => return None,
        })
    });
    arms.collect()
}

/// The base error is lifted first, so that what it maps to is said once; then each of its cases is ours too.
fn nested_arm(paths: &Paths<'_>, raw: &TokenStream, to: &TokenStream, case: &str, base: &TypePath) -> TokenStream {
    let case = case_ident(case);
    let lift = convert::converter(Way::Lift, base);
    let arms = same_cases(paths, to, base);
    quote!(#raw::#case(value) => match #lift(value) { #arms })
}

/// An arm for each case of a friendly error, to the case of the same name in `to`.
fn same_cases(paths: &Paths<'_>, to: &TokenStream, base: &TypePath) -> TokenStream {
    let base_type = paths.type_path(base);
    let arms = paths.error(base).cases.iter().map(|case| {
        let name = case_ident(&case.name);
        match case.payload {
            Some(_) => quote!(#base_type::#name(value) => #to::#name(value)),
            None => quote!(#base_type::#name => #to::#name),
        }
    });
    quote!(#(#arms,)*)
}

fn fit_arms(paths: &Paths<'_>, raw: &TokenStream, error: &ErrorType) -> TokenStream {
    let small = error.too_small.iter().map(|(case, payload)| {
        let case = case_ident(case);
        if *payload {
            quote!(#raw::#case(size) => adapter_runtime::buffers::Fit::TooSmall(u64::from(*size)))
        } else {
            quote!(#raw::#case => adapter_runtime::buffers::Fit::TooSmall(0))
        }
    });
    let maybe = error.maybe_too_small.iter().map(|case| {
        let case = case_ident(case);
        quote!(#raw::#case => adapter_runtime::buffers::Fit::MaybeTooSmall)
    });
    let nested = error.nested.iter().map(|(case, base)| {
        let case = case_ident(case);
        let fit = raw::fit(paths, &Type::Named(base.clone()));
        quote!(#raw::#case(value) => #fit(value))
    });
    quote!(#(#small,)* #(#maybe,)* #(#nested,)* _ => adapter_runtime::buffers::Fit::Unrelated)
}

/// `From` each case of the adapter that an error has.
pub(super) fn adapter_cases(to: &TokenStream, cases: &[AdapterCase]) -> TokenStream {
    let own = cases.iter().map(|case| {
        let (from, name) = (runtime_error(*case), case_ident(case.name()));
        quote! {
            impl From<#from> for #to {
                fn from(_: #from) -> Self { Self::#name }
            }
        }
    });
    let unmade = unmade(to, cases);
    quote!(#(#own)* #unmade)
}

/// What is not made yet is used up, or refused by the host when it is made.
fn unmade(to: &TokenStream, cases: &[AdapterCase]) -> Option<TokenStream> {
    cases.contains(&AdapterCase::LimitExceeded).then(|| {
        quote! {
            impl From<adapter_runtime::errors::LazyInitError> for #to {
                fn from(own: adapter_runtime::errors::LazyInitError) -> Self {
                    match own {
                        adapter_runtime::errors::LazyInitError::Consumed(own) => own.into(),
                        adapter_runtime::errors::LazyInitError::CreationFailed(own) => own.into(),
                    }
                }
            }
        }
    })
}

/// What the runtime calls it.
fn runtime_error(case: AdapterCase) -> TokenStream {
    match case {
        AdapterCase::AlreadyConsumed => quote!(adapter_runtime::errors::Consumed),
        AdapterCase::ValueTooLarge => quote!(adapter_runtime::errors::TooLarge),
        AdapterCase::InvalidArgument => quote!(adapter_runtime::errors::Invalid),
        AdapterCase::NotText => quote!(adapter_runtime::errors::NotText),
        AdapterCase::UnknownValue => quote!(adapter_runtime::errors::Unknown),
        AdapterCase::LimitExceeded => quote!(adapter_runtime::errors::CreationFailed),
        AdapterCase::CannotRead => quote!(adapter_runtime::errors::CannotRead),
        AdapterCase::Failed => quote!(adapter_runtime::errors::Failed),
    }
}

/// The arm for a case of the details, which sets the kind and the fields that its payload has.
fn detail_arm(paths: &Paths<'_>, error: &DetailError, case: &Case) -> Option<TokenStream> {
    let (CaseFrom::Raw(from) | CaseFrom::RawDropped(from) | CaseFrom::RawGetter { case: from, .. }) = &case.from else {
        return None;
    };
    let (kind, detail) = (paths.type_path(&error.kind), paths.type_path(&error.detail));
    let (raw_case, name) = (case_ident(from), case_ident(&case.name));
    if !error.payload_cases.contains(from) {
        return Some(quote!(Some(#detail::#raw_case) => kind = #kind::#name));
    }
    let sets = error.fields.iter().filter(|field| field.case == *from).map(|field| {
        let (local, from) = (format_ident!("field_{}", ident(&field.name)), ident(&field.field));
        let raw = if field.optional { quote!(value.#from) } else { quote!(Some(value.#from)) };
        let value = convert::value(paths, Way::Lift, &field.ty, &raw);
        quote!(#local = #value;)
    });
    Some(quote!(Some(#detail::#raw_case(value)) => { kind = #kind::#name; #(#sets)* }))
}

pub(super) fn detail_error(paths: &Paths<'_>, def: &TypeDef, friendly: &TypePath, error: &DetailError) -> TokenStream {
    let (raw, to) = ends(paths, Way::Lift, def, friendly);
    let lift = converter_name(Way::Lift, &def.name);
    let fit = format_ident!("fit_{}", ident(&def.name));
    let kind = paths.type_path(&error.kind);
    let base_type = paths.type_path(&error.base);
    let lift_base = convert::converter(Way::Lift, &error.base);
    let fit_base = raw::fit(paths, &Type::Named(error.base.clone()));
    let (detail_field, base_field) = (ident(&error.detail_field), ident(&error.base_field));
    let base_arms = same_cases(paths, &kind, &error.base);
    let names: Vec<_> = error.fields.iter().map(|field| ident(&field.name)).collect();
    let locals: Vec<_> = names.iter().map(|name| format_ident!("field_{name}")).collect();
    let detail_arms = paths.plan.enum_cases(&error.kind).iter().filter_map(|case| detail_arm(paths, error, case));
    let unmade = unmade(&to, &error.adapter_cases);
    let from_own = error.adapter_cases.iter().map(|case| {
        let (from, case) = (runtime_error(*case), case_ident(case.name()));
        quote! {
            impl From<#from> for #to {
                fn from(own: #from) -> Self {
                    Self { kind: #kind::#case, base: #base_type::from(own), #(#names: None,)* }
                }
            }
        }
    });
    quote! {
        pub(super) fn #lift(value: #raw) -> #to {
            let base = #lift_base(value.#base_field);
            let kind_of_base = match base { #base_arms };
            #(let mut #locals = None;)*
            let kind;
            match value.#detail_field {
                None => kind = kind_of_base,
                #(#detail_arms,)*
            }
            #to { kind, base, #(#names: #locals,)* }
        }
        pub(super) fn #fit(value: &#raw) -> adapter_runtime::buffers::Fit {
            #fit_base(&value.#base_field)
        }
        #(#from_own)*
        #unmade
    }
}
