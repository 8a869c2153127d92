//! Getters in one record: each is called, and what the host does not have is none.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::answers::{self, Answer};
use super::paths::{Paths, camel, case as case_ident, ident, param};
use super::raw;
use crate::plan::{Arg, Function, Group, Interface, Kind, Member, RawArg, Type};

/// The body of a function that gets a group.
pub(super) fn group(paths: &Paths<'_>, interface: &Interface, function: &Function, group: &Group) -> TokenStream {
    let kept = |member: &Member| interface.sibling(function, &member.call);
    let receiver = match (&group.of, &function.kind) {
        (Some(of), _) => {
            let made = raw::call(paths, of, &[]);
            quote!(let raw_self = &#made;)
        }
        (None, Kind::Method(_)) => {
            let consumable = paths.plan.receiver(interface, function).is_some_and(|wrapper| wrapper.consumable);
            let fails = consumable.then(|| quote!(?));
            quote!(let raw_self = self.handle.lend() #fails;)
        }
        // Its members are functions of the interface alone.
        (None, Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_)) => TokenStream::new(),
    };
    let members: Vec<_> = group
        .members
        .iter()
        .map(|member| match (&function.kind, kept(member)) {
            (Kind::Method(resource), Some(sibling)) => {
                let guest = format_ident!("Guest{}", camel(resource));
                let (exported, name) = (paths.friendly_interface(&interface.name), ident(&sibling.name));
                let fallible = matches!(sibling.result, Some(Type::Result { .. }));
                self::member(paths, group, member, fallible, &quote!(#exported::#guest::#name(self)))
            }
            (Kind::Method(_) | Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_), _) => {
                let call = own_call(paths, group, member);
                self::member(paths, group, member, is_fallible(group, member), &call)
            }
        })
        .collect();
    // Where every getter is a method still, those see to the handle.
    let receiver =
        if group.members.iter().all(|member| kept(member).is_some()) { TokenStream::new() } else { receiver };
    let fields = group.members.iter().map(|member| ident(&member.field));
    let locals = group.members.iter().map(|member| param(&member.field));
    let record = paths.type_path(&group.record);
    let value = quote!(#record { #(#fields: #locals,)* });
    let value = if group.error.is_some() { quote!(Ok(#value)) } else { value };
    quote! {
        #receiver
        #(#members)*
        #value
    }
}

/// The call of a getter that is no function of its own.
fn own_call(paths: &Paths<'_>, group: &Group, member: &Member) -> TokenStream {
    let call = &member.call;
    let args: Vec<_> = call.raw_args().iter().map(argument).collect();
    let raw = raw::paged(paths, call, &raw::call(paths, &call.raw, &args));
    let fallible = is_fallible(group, member);
    let body = answers::answer(paths, call, &Answer { constructs: None, keep: None, hold: None, fallible });
    let result = if fallible { member_result(paths, member) } else { call.ok.as_ref().map(|ok| paths.ty(ok)) };
    // A closure, so that a member that ends early ends itself and not the others.
    quote!((|| -> #result { let answer = #raw; #body })())
}

fn is_fallible(group: &Group, member: &Member) -> bool {
    let lifts_fallibly = member.call.ok.as_ref().is_some_and(|ok| !ok.lifts_with().is_empty());
    group.error.is_some() && member.call.error.is_some() && (member.call.raw_fallible || lifts_fallibly)
}

fn member_result(paths: &Paths<'_>, member: &Member) -> Option<TokenStream> {
    let ok = paths.ty(member.call.ok.as_ref()?);
    let error = paths.ty(member.call.error.as_ref()?);
    Some(quote!(Result<#ok, #error>))
}

/// Binds the field of a member to its answer, given the call.
fn member(paths: &Paths<'_>, group: &Group, member: &Member, fallible: bool, call: &TokenStream) -> TokenStream {
    let field = param(&member.field);
    let Some(error) = group.error.as_ref().filter(|_| fallible) else {
        return quote!(let #field = #call;);
    };
    let error = paths.ty(error);
    let missing: Vec<_> = member.missing.iter().map(|case| case_ident(case)).collect();
    if missing.is_empty() {
        return quote!(let #field = #call?;);
    }
    let is_option = matches!(member.call.ok, Some(Type::Option(_)));
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
fn argument(arg: &RawArg<'_>) -> TokenStream {
    match arg {
        RawArg::Given(Arg::Lend(_)) => quote!(&raw_self),
        RawArg::MaxLen => quote!(limit),
        RawArg::Given(Arg::Take(_) | Arg::TakeOk(_) | Arg::Param(_) | Arg::Options { .. } | Arg::Case { .. })
        | RawArg::Remaining(_)
        | RawArg::ChunkSize
        | RawArg::Cursor => unreachable!("`resolved` has found that members of groups take nothing"),
    }
}
