//! The lending interfaces: raw handles out of their cells, and back into them.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths::{Paths, ident};
use crate::plan::{Interface, Type, TypePath, lend, lending, take_back};

/// What lends the raw handles of an interface's resources, if it has functions that move many bytes.
pub(super) fn guest(paths: &Paths<'_>, interface: &Interface) -> Option<TokenStream> {
    if interface.bulk.is_empty() {
        return None;
    }
    let exported = paths.friendly_interface(&lending(&interface.name));
    let functions = interface.lends().into_iter().filter_map(|resource| {
        let friendly = TypePath::friendly(&interface.name, resource);
        let raw = paths.type_path(&paths.plan.wrapper(&friendly)?.holds);
        let glue = paths.glue_type(&friendly);
        let borrow = paths.ty(&Type::Borrow(friendly));
        let (lend, take_back) = (ident(&lend(resource)), ident(&take_back(resource)));
        Some(quote! {
            fn #lend(of: #borrow) -> Option<#raw> {
                of.get::<#glue>().handle.lend_out()
            }
            fn #take_back(of: #borrow, raw: #raw) {
                of.get::<#glue>().handle.put_back(raw);
            }
        })
    });
    Some(quote! {
        #[allow(clippy::all)]
        impl #exported::Guest for Guest {
            #(#functions)*
        }
    })
}
