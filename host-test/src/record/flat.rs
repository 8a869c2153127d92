//! How the canonical ABI passes values without memory: as how many values of the engine.

use wit_parser::abi::{FlatTypes, WasmType};
use wit_parser::{Resolve, Type};

/// How many values a type is passed as. What is more than parameters can be is passed in memory.
pub fn count(resolve: &Resolve, ty: &Type) -> usize {
    let mut room = [WasmType::I32; Resolve::MAX_FLAT_PARAMS + 1];
    let mut flat = FlatTypes::new(&mut room);
    resolve.push_flat(ty, &mut flat);
    flat.to_vec().len()
}

/// As many values as the longest of some cases has.
pub fn payload(resolve: &Resolve, cases: &[(String, Option<Type>)]) -> usize {
    let lengths = cases.iter().map(|(_, ty)| ty.as_ref().map_or(0, |ty| count(resolve, ty)));
    lengths.max().unwrap_or_default()
}
