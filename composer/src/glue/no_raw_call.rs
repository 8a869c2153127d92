//! Functions that make no raw call: what they give is the adapter's own.

use proc_macro2::TokenStream;
use quote::quote;

use super::paths::Paths;
use crate::plan::{Function, Interface, Kind, Type, TypePath};

/// Makes a resource whose raw one is made when it is first needed.
pub(super) fn later(paths: &Paths<'_>, interface: &Interface, function: &Function) -> TokenStream {
    let Kind::Constructor(resource) = &function.kind else {
        unreachable!("`resolved` has found the resource that `{}` makes", function.name)
    };
    let path = TypePath::friendly(&interface.name, resource);
    let glue = paths.glue_type(&path);
    quote!(#glue::share(adapter_runtime::handles::Handle::later()))
}

/// Gives a second handle to what the receiver holds, as another resource.
pub(super) fn share(paths: &Paths<'_>, function: &Function, shared: &TypePath) -> TokenStream {
    let (friendly, glue) = (paths.type_path(shared), paths.glue_type(shared));
    let value = |shared: TokenStream| quote!(#friendly::new(#glue::share(#shared)));
    match function.result {
        Some(Type::Result { .. }) => {
            let value = value(quote!(self.handle.shared()));
            quote! {
                self.handle.lend()?;
                Ok(#value)
            }
        }
        // What nothing uses up is in a cell of another kind.
        Some(_) | None => value(quote!(self.handle.clone())),
    }
}
