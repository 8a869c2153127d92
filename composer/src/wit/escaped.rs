//! Docs of the packages that stay as they are, so that each comes out of Python's bindings as its text.
//!
//! componentize-py puts them between `"""` as they are. A doc changes no type.

use wit_parser::{Docs, PackageId, Resolve, TypeDefKind};

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
            members(&mut ty.kind).into_iter().for_each(escape);
        }
    }
    resolve
}

fn escape(docs: &mut Docs) {
    docs.contents = docs.contents.as_deref().map(prose::escape);
}

fn members(kind: &mut TypeDefKind) -> Vec<&mut Docs> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter_mut().map(|field| &mut field.docs).collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter_mut().map(|case| &mut case.docs).collect(),
        TypeDefKind::Enum(found) => found.cases.iter_mut().map(|case| &mut case.docs).collect(),
        TypeDefKind::Flags(flags) => flags.flags.iter_mut().map(|flag| &mut flag.docs).collect(),
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Tuple(_)
        | TypeDefKind::Option(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::List(_)
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Type(_)
        | TypeDefKind::Unknown => Vec::new(),
    }
}
