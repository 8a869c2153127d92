//! Docs of the packages that stay as they are, so that each comes out of Python's bindings as its text.
//!
//! componentize-py puts them between `"""` as they are. A doc changes no type.

use wit_parser::{Docs, PackageId, Resolve};

use crate::docs::members;
use crate::prose;

/// The packages with the docs escaped, but for one that has them so.
pub(super) fn escaped(resolve: &Resolve, done: PackageId) -> Resolve {
    let mut resolve = resolve.clone();
    for (_, interface) in resolve.interfaces.iter_mut().filter(|(_, interface)| interface.package != Some(done)) {
        escape(&mut interface.docs);
        interface.functions.values_mut().for_each(|function| escape(&mut function.docs));
        for id in interface.types.values() {
            let ty = &mut resolve.types[*id];
            escape(&mut ty.docs);
            members(&mut ty.kind).into_iter().for_each(|(_, docs)| escape(docs));
        }
    }
    resolve
}

fn escape(docs: &mut Docs) {
    docs.contents = docs.contents.as_deref().map(prose::escape);
}
