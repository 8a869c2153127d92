//! What stands in the adapter for an observer where no line is about raw functions: it keeps the last raw call that failed.
//!
//! It is three globals and needs no memory, so that a trace adds little to an app.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType,
    ImportSection, InstructionSink, Module, TypeSection, ValType,
};

use super::relay;
use super::wrap::uses;

/// What failed: its place from 1 on, its case, and when it began.
const FUNCTION: u32 = 0;
const CASE: u32 = 1;
const START: u32 = 2;

/// What it imports: a function that says whether wrappers observe.
const HOST: &str = "host";
const SET: &str = "set";

/// Encodes it.
pub(super) fn module() -> Vec<u8> {
    let (mut types, mut functions, mut exports) = (TypeSection::new(), FunctionSection::new(), ExportSection::new());
    let (mut imports, mut globals, mut code) = (ImportSection::new(), GlobalSection::new(), CodeSection::new());
    types.ty().function([ValType::I32], []);
    imports.import(HOST, SET, wasm_encoder::EntityType::Function(0));
    for (ty, zero) in [
        (ValType::I32, ConstExpr::i32_const(0)),
        (ValType::I32, ConstExpr::i32_const(0)),
        (ValType::I64, ConstExpr::i64_const(0)),
    ] {
        globals.global(GlobalType { val_type: ty, mutable: true, shared: false }, &zero);
    }
    let mut add = |name: &str, params: Vec<ValType>, results: Vec<ValType>| {
        types.ty().function(params, results);
        functions.function(types.len() - 1);
        exports.export(name, ExportKind::Func, functions.len());
        let mut function = Function::new([]);
        body(name, &mut function.instructions());
        code.function(&function);
    };
    for function in &relay::FUNCTIONS {
        add(function.name, function.core_params(), function.core_results());
    }
    // Nobody calls these: a request begins in the app, and no policy is about raw functions.
    for name in [uses::BEGIN, uses::END] {
        add(name, Vec::new(), Vec::new());
    }
    add(uses::DECIDE, vec![ValType::I32], vec![ValType::I32]);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&globals).section(&exports).section(&code);
    module.finish()
}

fn body(name: &str, code: &mut InstructionSink<'_>) {
    match name {
        uses::LEAVE => {
            code.local_get(2).i32_const(0).i32_ge_s().if_(BlockType::Empty);
            code.local_get(0).i32_const(1).i32_add().global_set(FUNCTION);
            code.local_get(2).global_set(CASE).local_get(1).global_set(START).end();
        }
        relay::EVIDENCE => {
            let packed = ValType::I64;
            code.global_get(FUNCTION).i32_const(0).i32_ne().global_get(START).local_get(0).i64_ge_u().i32_and();
            code.if_(BlockType::Result(packed)).global_get(FUNCTION).i64_extend_i32_u().i64_const(32).i64_shl();
            code.global_get(CASE).i64_extend_i32_u().i64_or().else_().i64_const(0).end();
        }
        relay::SWITCH_OFF => {
            code.i32_const(0).call(0);
        }
        uses::DECIDE => {
            code.i32_const(-1);
        }
        _ => {}
    }
    code.end();
}
