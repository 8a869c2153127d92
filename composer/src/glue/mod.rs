//! Writes the glue of the guests: `Plan` to Rust source over wit-bindgen's bindings.
//!
//! The glue only forwards: what a call needs beyond that is in the hand-written runtime. It is
//! written to the build folder and compiled into the guests there.

mod answers;
mod calls;
mod cells;
mod checks;
mod convert;
mod errors;
mod groups;
mod inner_handles;
mod lends;
mod no_raw_call;
mod options;
mod pairs;
mod paths;
mod raw;
mod resolved;
mod text_variants;
mod types;

use proc_macro2::TokenStream;
use quote::quote;
use thiserror::Error;

use crate::plan::{Disposition, Function, Interface, Kind, Plan, TypeKind};
use crate::wit::{ADAPTER_WORLD, BRIDGE, ENTRY_WORLD};
use paths::{Paths, camel, ident};

/// Why there is no glue. Each is a fault of the composer, not of its input.
#[derive(Debug, Error)]
pub enum GlueError {
    /// What was written is not Rust.
    #[error("the glue of `{world}` is not Rust: {message}; please report it with the WIT and the rules")]
    NotRust {
        /// The world of the guest.
        world: &'static str,
        /// What the parser says.
        message: String,
    },
    /// The plan names what it does not have.
    #[error(
        "the glue of `{path}` needs {what}, which the plan does not have; please report it with the WIT and the rules"
    )]
    Plan {
        /// The friendly path.
        path: String,
        /// What is missing.
        what: String,
    },
}

/// The source of the adapter, given where the guest finds the WIT of its world.
pub fn adapter(plan: &Plan, wit: &str) -> Result<String, GlueError> {
    resolved::check(plan)?;
    let paths = Paths::new(plan);
    let adapted: Vec<_> =
        plan.interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted).collect();
    let modules = adapted.iter().map(|interface| module(&paths, interface));
    let guests = adapted.iter().map(|interface| guest(&paths, interface));
    let lends = adapted.iter().map(|interface| lends::guest(&paths, interface));
    let bridge = bridge(&paths);
    let bindings = bindings(plan, wit, ADAPTER_WORLD);
    let (guest_type, export) = export(!adapted.is_empty() || !plan.bridge.is_empty());
    print(
        ADAPTER_WORLD,
        quote! {
            #bindings
            #guest_type
            #(#modules)*
            #(#guests)*
            #(#lends)*
            #bridge
            #export
        },
    )
}

/// What the bindings call, and the macro that exports it. wit-bindgen writes no such macro for a world that exports
/// nothing.
fn export(exports: bool) -> (TokenStream, TokenStream) {
    if !exports {
        return (TokenStream::new(), TokenStream::new());
    }
    // Of interfaces that are there for their types alone, they call nothing.
    let guest = quote! {
        /// What the bindings call.
        #[allow(dead_code)]
        struct Guest;
    };
    (guest, quote!(bindings::export!(Guest with_types_in bindings);))
}

/// The source of the entry, likewise.
pub fn entry(plan: &Plan, wit: &str) -> Result<String, GlueError> {
    let paths = Paths::new(plan);
    let bindings = bindings(plan, wit, ENTRY_WORLD);
    let (guest, export) = export(plan.adapted_exports().next().is_some());
    let guests = plan.adapted_exports().map(|export| {
        let exported = paths.entry_export(&export.name);
        let functions = export.functions.iter().map(|function| calls::entry(&paths, export, function));
        quote! {
            impl #exported::Guest for Guest {
                #(#functions)*
            }
        }
    });
    print(
        ENTRY_WORLD,
        quote! {
            #bindings
            #guest
            #(#guests)*
            #export
        },
    )
}

fn bindings(plan: &Plan, wit: &str, world: &str) -> TokenStream {
    let world = crate::wit::world_path(&plan.friendly, world);
    quote! {
        #[allow(missing_docs, clippy::all, unused_qualifications)]
        mod bindings {
            wit_bindgen::generate!({ path: #wit, world: #world, generate_all });
        }
    }
}

fn print(world: &'static str, tokens: TokenStream) -> Result<String, GlueError> {
    let file = syn::parse2(tokens).map_err(|error| GlueError::NotRust { world, message: error.to_string() })?;
    Ok(prettyplease::unparse(&file))
}

/// The resources and conversions of an interface.
fn module(paths: &Paths<'_>, interface: &Interface) -> TokenStream {
    let name = paths::module(&interface.name);
    let items = interface.types.iter().map(|def| types::items(paths, interface, def));
    quote! {
        #[allow(dead_code, unused_imports, unused_variables, unreachable_patterns, clippy::all)]
        mod #name {
            use super::*;
            #(#items)*
        }
    }
}

/// The interface's own trait: its resources by name, and its freestanding functions.
fn guest(paths: &Paths<'_>, interface: &Interface) -> TokenStream {
    let module = paths::module(&interface.name);
    let exported = paths.friendly_interface(&interface.name);
    let resources: Vec<_> = interface
        .types
        .iter()
        .filter(|def| matches!(def.kind, TypeKind::Wrapper(_) | TypeKind::Options(_)))
        .map(|def| {
            let (name, own) = (camel(&def.name), paths::own_type(&def.name));
            quote! { type #name = #module::#own; }
        })
        .collect();
    let functions: Vec<_> = interface
        .functions
        .iter()
        .filter(|function| function.kind == Kind::Freestanding)
        .map(|function: &Function| calls::friendly_function(paths, interface, function))
        .collect();
    // wit-bindgen writes no trait for an interface that has nothing but types.
    if resources.is_empty() && functions.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #[allow(unused_variables, clippy::all)]
        impl #exported::Guest for Guest {
            #(#resources)*
            #(#functions)*
        }
    }
}

fn bridge(paths: &Paths<'_>) -> TokenStream {
    if paths.plan.bridge.is_empty() {
        return TokenStream::new();
    }
    let exported = paths.friendly_interface(BRIDGE);
    let functions = paths.plan.bridge.iter().map(|wrap| {
        let name = ident(&wrap.name);
        let raw = paths.type_path(&wrap.raw);
        let friendly = paths.type_path(&wrap.friendly);
        let wrapped = convert::wrap(paths, &wrap.friendly, &quote!(raw));
        quote! {
            fn #name(raw: #raw) -> #friendly {
                #wrapped
            }
        }
    });
    quote! {
        impl #exported::Guest for Guest {
            #(#functions)*
        }
    }
}
