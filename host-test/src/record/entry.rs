//! The component that the host calls: it hands over what it is given to the recorder, and has the app answer.

use wasm_encoder::{Function, Instruction, ValType};
use wit_parser::{WasmExport, WasmExportKind, WasmImport};

use super::error::RecordError;
use super::items::find;
use super::module::{ABI, Draft};
use super::owned::small;
use super::worlds::{BRIDGE, Worlds, counterpart};

/// Makes the component.
pub fn entry(worlds: &Worlds) -> Result<Vec<u8>, RecordError> {
    let resolve = &worlds.resolve;
    let world = &resolve.worlds[worlds.entry];
    let missing = || RecordError::recorder("the app does not have what the host calls");
    let mut draft = Draft::default();
    let (key, id) = find(resolve, &world.imports, BRIDGE).ok_or_else(missing)?;
    let mut bridge = Vec::new();
    for (name, function) in &resolve.interfaces[id].functions {
        let import = WasmImport::Func { interface: Some(&key), func: function };
        let results = if name == "ended" { vec![] } else { vec![ValType::I32] };
        bridge.push(draft.import(resolve.wasm_import_name(ABI, import), (vec![ValType::I32], results)));
    }
    let ended = bridge.pop().ok_or_else(missing)?;
    let mut calls = Vec::new();
    for export in &worlds.exports {
        let (theirs, id) = find(resolve, &world.imports, &counterpart(export)).ok_or_else(missing)?;
        let (ours, exported) = find(resolve, &world.exports, export).ok_or_else(missing)?;
        for (name, function) in &resolve.interfaces[id].functions {
            let exported = resolve.interfaces[exported].functions.get(name).ok_or_else(missing)?;
            let signature = resolve.wasm_signature(ABI.export_variant(), exported);
            if signature.retptr || signature.results.len() != 1 {
                let reason = "it answers the host with more than whether all went well";
                return Err(RecordError::Function { function: name.clone(), reason });
            }
            let types = (vec![ValType::I32; function.params.len()], vec![ValType::I32]);
            let import = WasmImport::Func { interface: Some(&theirs), func: function };
            let app = draft.import(resolve.wasm_import_name(ABI, import), types.clone());
            let export = WasmExport::Func { interface: Some(&ours), func: exported, kind: WasmExportKind::Normal };
            calls.push((resolve.wasm_export_name(ABI, export), types, app));
        }
    }
    let mut bridge = bridge.into_iter();
    for (name, types, app) in calls {
        let count = small(types.0.len());
        let mut body = Function::new([(1, ValType::I32)]);
        for (param, take) in (0..count).zip(bridge.by_ref()) {
            body.instructions().local_get(param).call(take);
        }
        // The first case of the answer is that all went well.
        body.instructions().call(app).local_tee(count).i32_eqz().call(ended).local_get(count);
        body.instruction(&Instruction::End);
        let index = draft.declare(types);
        draft.define(index, body);
        draft.export(name, index);
    }
    draft.encode(resolve, worlds.entry)
}
