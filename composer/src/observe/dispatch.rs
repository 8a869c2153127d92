//! The module that calls hooks by their places: the observer does not know how many there are.

use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, Module,
    TypeSection, ValType,
};

/// What it imports hooks from.
pub(super) const HOOKS: &str = "hooks";

/// A call, as it is passed: request, sequence, and where the function's name and the cases are.
const CALL: [ValType; 6] = [ValType::I64, ValType::I64, ValType::I32, ValType::I32, ValType::I32, ValType::I32];
/// Where the decision goes.
const DECISION: [ValType; 1] = [ValType::I32];
/// An outcome: nanoseconds, an option with its value, and two lengths.
const OUTCOME: [ValType; 5] = [ValType::I64, ValType::I32, ValType::I32, ValType::I64, ValType::I64];

/// The functions that it exports, with the names of those that it imports of each hook, and what these take.
pub(super) fn functions() -> [(&'static str, &'static str, Vec<ValType>); 2] {
    [
        ("hook_before", "before", [&CALL[..], &DECISION].concat()),
        ("hook_after", "after", [&CALL[..], &OUTCOME].concat()),
    ]
}

/// What an exported function takes: the place of the hook before all else.
pub(super) fn with_place(takes: &[ValType]) -> Vec<ValType> {
    [&[ValType::I32], takes].concat()
}

/// The name of a hook's function.
pub(super) fn name(function: &str, place: usize) -> String {
    format!("{function}{place}")
}

/// Encodes it for so many hooks.
pub(super) fn module(hooks: usize) -> Vec<u8> {
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    let (mut functions, mut exports, mut code) = (FunctionSection::new(), ExportSection::new(), CodeSection::new());
    let all = self::functions();
    for (_, function, takes) in &all {
        types.ty().function(takes.iter().copied(), []);
        for place in 0..hooks {
            imports.import(HOOKS, &name(function, place), EntityType::Function(types.len() - 1));
        }
    }
    for (which, (export, _, takes)) in all.iter().enumerate() {
        types.ty().function(with_place(takes), []);
        functions.function(types.len() - 1);
        exports.export(export, ExportKind::Func, (all.len() * hooks + which) as u32);
        let mut function = Function::new([]);
        let mut body = function.instructions();
        for place in 0..hooks {
            body.local_get(0).i32_const(place as i32).i32_eq().if_(BlockType::Empty);
            (1..=takes.len() as u32).for_each(|param| {
                body.local_get(param);
            });
            body.call((which * hooks + place) as u32).end();
        }
        body.end();
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
    module.finish()
}
