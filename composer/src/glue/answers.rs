//! Raw answers as the friendly function returns them: errors lifted, nothing told from something,
//! values converted.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::convert::{self, Way};
use super::paths::{Paths, case as case_ident};
use super::raw;
use crate::plan::{Call, Paging, RawFunction, Type, TypePath};

/// What becomes of an answer besides being converted.
pub(super) struct Answer {
    /// The glue type that it is the raw handle of, for a constructor.
    pub constructs: Option<TokenStream>,
    /// The slot that keeps it.
    pub keep: Option<Ident>,
    /// The slot that holds it as long as the receiver.
    pub hold: Option<Ident>,
    /// Whether the function, or the closure, returns a `Result`.
    pub fallible: bool,
}

/// From the raw answer, in `answer`, to the friendly result.
pub(super) fn answer(paths: &Paths<'_>, call: &Call, of: &Answer) -> TokenStream {
    let lift_error = lift_error(paths, call);
    let nothing = if of.fallible { quote!(Ok(None)) } else { quote!(None) };
    // That there is nothing is an answer like any other: the host is not asked again.
    let keep_nothing = of.keep.as_ref().map(|slot| quote!(self.#slot.set(Some(None));));
    let nothing = quote!({ #keep_nothing return #nothing; });
    let absent_errors = call.absent.iter().flat_map(|absent| &absent.errors).map(|case| absent_case(paths, call, case));
    let absent_errors: Vec<_> = absent_errors.collect();
    let fails = call.raw_fallible.then(|| match absent_errors.as_slice() {
        [] => quote!(let answer = answer #lift_error ?;),
        errors => quote! {
            let answer = match answer #lift_error {
                Ok(answer) => answer,
                Err(#(#errors)|*) => #nothing,
                Err(error) => return Err(error),
            };
        },
    });
    let is_empty = call.absent.as_ref().filter(|absent| absent.empty).map(|absent| {
        let is_empty = if absent.raw_optional {
            quote!(answer.as_ref().is_some_and(|answer| answer.is_empty()))
        } else {
            quote!(answer.is_empty())
        };
        quote!(if #is_empty #nothing)
    });
    let value = match (&call.ok, &call.absent) {
        (Some(Type::Option(ok)), Some(absent)) if !absent.raw_optional => {
            let value = convert::value(paths, Way::Lift, ok, &quote!(answer));
            quote!(Some(#value))
        }
        (Some(ok), _) => convert::value(paths, Way::Lift, ok, &quote!(answer)),
        (None, _) => quote!(answer),
    };
    let value = match (&of.constructs, &of.hold) {
        (Some(glue), _) => quote!(#glue::wrap(answer)),
        (None, Some(slot)) => held(paths, call, &quote!(self.#slot.hold(answer))),
        (None, None) => value,
    };
    let value = match &of.keep {
        Some(slot) => quote!({ let answer = #value; self.#slot.set(Some(answer.clone())); answer }),
        None => value,
    };
    let value = if of.fallible { quote!(Ok(#value)) } else { value };
    quote! {
        #fails
        #is_empty
        #value
    }
}

/// The raw error as the friendly one, after the answer; nothing where there is no error.
fn lift_error(paths: &Paths<'_>, call: &Call) -> Option<TokenStream> {
    let error = call.error.as_ref().filter(|_| call.raw_fallible)?;
    let value = if call.raw_error {
        convert::value(paths, Way::Lift, error, &quote!(error))
    } else {
        let error = paths.ty(error);
        quote!({ let () = error; <#error>::from(adapter_runtime::errors::Failed) })
    };
    Some(match &call.paging {
        Paging::Once { .. } => quote!(.map_err(|error| #value)),
        Paging::Grow { .. } | Paging::Pages { .. } | Paging::WriteAll { .. } | Paging::ReadAll { .. } => {
            quote!(.map_err(|failure| failure.lift(|error| #value)))
        }
    })
}

/// What is held already, given again unless it is over.
pub(super) fn waiting(paths: &Paths<'_>, call: &Call, slot: &Ident, over: &RawFunction, fallible: bool) -> TokenStream {
    let is_over = raw::call(paths, over, &[quote!(held)]);
    let of = given(paths, call).unwrap_or_else(|| unreachable!("`derive` has found the handle that is held"));
    let (friendly, glue) = (paths.type_path(of), paths.glue_type(of));
    let value = quote!(#friendly::new(#glue::share(handle)));
    let value = if matches!(call.ok, Some(Type::Option(_))) { quote!(Some(#value)) } else { value };
    let value = if fallible { quote!(Ok(#value)) } else { value };
    quote! {
        if let Some(handle) = self.#slot.waiting(|held| #is_over) {
            return #value;
        }
    }
}

/// The friendly handle of a cell that is held, or an option of it.
fn held(paths: &Paths<'_>, call: &Call, cell: &TokenStream) -> TokenStream {
    let of = given(paths, call).unwrap_or_else(|| unreachable!("`derive` has found the handle that is held"));
    let (friendly, glue) = (paths.type_path(of), paths.glue_type(of));
    let value = quote!(#friendly::new(#glue::share(#cell)));
    if matches!(call.ok, Some(Type::Option(_))) { quote!(answer.map(|answer| #value)) } else { value }
}

/// The friendly resource that a call gives a handle of, or an option of one.
fn given<'c>(paths: &Paths<'_>, call: &'c Call) -> Option<&'c TypePath> {
    let path = call.ok.as_ref()?.handle()?;
    paths.plan.wrapper(path).map(|_| path)
}

/// The case of the friendly error, as a pattern.
fn absent_case(paths: &Paths<'_>, call: &Call, case: &str) -> TokenStream {
    let error = call.error.as_ref().map(|error| paths.ty(error));
    let case = case_ident(case);
    quote!(#error::#case)
}
