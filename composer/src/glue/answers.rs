//! Raw answers as the friendly function returns them: errors lifted, nothing told from something,
//! values converted.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::convert::{self, Way};
use super::paths::{Paths, camel};
use crate::plan::{Call, Paging, Type};

/// What becomes of an answer besides being converted.
pub(super) struct Answer {
    /// The glue type that it is the raw handle of, for a constructor.
    pub constructs: Option<TokenStream>,
    /// The slot that keeps it.
    pub keep: Option<Ident>,
    /// Whether the function, or the closure, returns a `Result`.
    pub fallible: bool,
}

/// From the raw answer, in `answer`, to the friendly result.
pub(super) fn answer(paths: &Paths<'_>, call: &Call, of: &Answer) -> TokenStream {
    let lift_error = call.error.as_ref().filter(|_| call.raw_error).map(|error| {
        let value = convert::value(paths, Way::Lift, error, &quote!(error));
        match call.paging {
            Paging::Once => quote!(.map_err(|error| #value)),
            Paging::Grow | Paging::Pages | Paging::Pieces | Paging::Chunks => {
                quote!(.map_err(|failure| failure.lift(|error| #value)))
            }
        }
    });
    let nothing = if of.fallible { quote!(Ok(None)) } else { quote!(None) };
    let absent_errors = call.absent.iter().flat_map(|absent| &absent.errors).map(|case| absent_case(paths, call, case));
    let absent_errors: Vec<_> = absent_errors.collect();
    let fails = call.raw_fallible.then(|| match absent_errors.as_slice() {
        [] => quote!(let answer = answer #lift_error ?;),
        errors => quote! {
            let answer = match answer #lift_error {
                Ok(answer) => answer,
                Err(#(#errors)|*) => return #nothing,
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
        quote!(if #is_empty { return #nothing; })
    });
    let value = match (&call.ok, &call.absent) {
        (Some(Type::Option(ok)), Some(absent)) if !absent.raw_optional => {
            let value = convert::value(paths, Way::Lift, ok, &quote!(answer));
            quote!(Some(#value))
        }
        (Some(ok), _) => convert::value(paths, Way::Lift, ok, &quote!(answer)),
        (None, _) => quote!(answer),
    };
    let value = match &of.constructs {
        Some(glue) => quote!(#glue::wrap(answer)),
        None => value,
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

/// The case of the friendly error, as a pattern.
fn absent_case(paths: &Paths<'_>, call: &Call, case: &str) -> TokenStream {
    let error = call.error.as_ref().map(|error| paths.ty(error));
    let case = camel(case);
    quote!(#error::#case)
}
