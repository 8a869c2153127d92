//! The types of core functions that the canonical ABI gives to functions of WIT.

use wasm_encoder::ValType;
use wit_parser::abi::{WasmSignature, WasmType};

/// The type of a value that is passed without memory, in 32-bit memories (component model, Canonical ABI, "Flattening").
pub fn core_type(ty: WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}

/// The parameters and the results of a core function.
pub fn core_types(signature: &WasmSignature) -> (Vec<ValType>, Vec<ValType>) {
    let types = |types: &[WasmType]| types.iter().copied().map(core_type).collect();
    (types(&signature.params), types(&signature.results))
}
