//! Getters in one record: each is called, and what the host does not have is none.

use proc_macro2::TokenStream;
use quote::quote;

use super::answers::{self, Answer};
use super::paths::{Paths, camel, ident};
use super::raw;
use crate::plan::{Arg, Function, Group, Kind, Member, Type};

/// The body of a function that gets a group.
pub(super) fn group(paths: &Paths<'_>, function: &Function, group: &Group) -> TokenStream {
    let receiver = match (&group.of, &function.kind) {
        (Some(of), _) => {
            let made = raw::call(paths, of, &[]);
            quote!(let raw_self = &#made;)
        }
        (None, Kind::Method(_)) if group.error.is_some() => quote!(let raw_self = self.handle.lend()?;),
        (None, Kind::Method(_)) => quote!(let raw_self = self.handle.lend();),
        (None, Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_)) => TokenStream::new(),
    };
    let members = group.members.iter().map(|member| self::member(paths, group, member));
    let fields: Vec<_> = group.members.iter().map(|member| ident(&member.field)).collect();
    let record = paths.type_path(&group.record);
    let value = quote!(#record { #(#fields,)* });
    let value = if group.error.is_some() { quote!(Ok(#value)) } else { value };
    quote! {
        #receiver
        #(#members)*
        #value
    }
}

fn member(paths: &Paths<'_>, group: &Group, member: &Member) -> TokenStream {
    let call = &member.call;
    let field = ident(&member.field);
    let args: Vec<_> = call.args.iter().map(argument).collect();
    let raw = raw::paged(paths, call, &raw::call(paths, &call.raw, &args));
    let fallible = call.error.is_some() && call.raw_fallible;
    let body = answers::answer(paths, call, &Answer { constructs: None, keep: None, fallible });
    let body = quote!(let answer = #raw; #body);
    let Some(error) = group.error.as_ref().filter(|_| fallible) else {
        return quote!(let #field = { #body };);
    };
    let error = paths.ty(error);
    let ok = call.ok.as_ref().map(|ok| paths.ty(ok));
    let is_option = matches!(call.ok, Some(Type::Option(_)));
    let missing: Vec<_> = member.missing.iter().map(|case| camel(case)).collect();
    // A closure, so that a member that fails ends itself and not the others.
    let call = quote!((|| -> Result<#ok, #error> { #body })());
    if missing.is_empty() {
        return quote!(let #field = #call?;);
    }
    let value = if is_option { quote!(value) } else { quote!(Some(value)) };
    quote! {
        let #field = match #call {
            Ok(value) => #value,
            Err(#(#error::#missing)|*) => None,
            Err(error) => return Err(error),
        };
    }
}

/// Getters take nothing but what they are called on, and how large an answer may be.
fn argument(arg: &Arg) -> TokenStream {
    match arg {
        Arg::Lend(_) => quote!(&raw_self),
        Arg::MaxLen => quote!(limit),
        Arg::Take(_) | Arg::Param(_) | Arg::Options { .. } | Arg::Case { .. } | Arg::Cursor => TokenStream::new(),
    }
}
