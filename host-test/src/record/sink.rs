//! The component that takes the lines of a recording, and writes each to a log endpoint of the host.

use std::collections::BTreeSet;

use wasm_encoder::{BlockType, Function, MemArg, MemArgTarget, ValType};
use wit_component::WitPrinter;
use wit_parser::{InterfaceId, Resolve, WasmExport, WasmExportKind, WasmImport};

use super::error::RecordError;
use super::items::find;
use super::module::{ABI, Draft};
use super::worlds::SINK;
use super::writing::Room;

/// The log endpoint that has the lines; as long as a word of the engine.
pub const ENDPOINT: &str = "recorder";

/// Where its name is, and where the host answers.
const NAME: i32 = 0;
const ANSWER: i32 = 8;

/// What the host has for logs.
const LOG: &str = "log";
const OPEN: &str = "[static]endpoint.open";
const WRITE: &str = "[method]endpoint.write";

/// Makes the component for hosts of a raw world.
pub fn sink(raw: &Resolve) -> Result<Vec<u8>, RecordError> {
    let has_log = |id: &InterfaceId| {
        let interface = &raw.interfaces[*id];
        interface.name.as_deref() == Some(LOG)
            && [OPEN, WRITE].iter().all(|name| interface.functions.contains_key(*name))
    };
    let log = raw.interfaces.iter().map(|(id, _)| id).find(has_log);
    let log = log.ok_or_else(|| RecordError::App { reason: "its host has no log endpoints".to_owned() })?;
    let text = text(raw, log)?;
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_source("sink.wit", &text).map_err(RecordError::recorder)?;
    let world = resolve.select_world(&[package], Some("out")).map_err(RecordError::recorder)?;
    let missing = || RecordError::recorder("there is no log");
    let name = raw.id_of(log).unwrap_or_default();
    let (key, log) = find(&resolve, &resolve.worlds[world].imports, &name).ok_or_else(missing)?;
    let (out_key, out) = find(&resolve, &resolve.worlds[world].exports, SINK).ok_or_else(missing)?;

    let mut draft = Draft::default();
    let mut import = |name: &str| {
        let function = resolve.interfaces[log].functions.get(name)?;
        let import = WasmImport::Func { interface: Some(&key), func: function };
        Some(draft.import(resolve.wasm_import_name(ABI, import), (vec![ValType::I32; 3], vec![])))
    };
    let (open, write) = (import(OPEN).ok_or_else(missing)?, import(WRITE).ok_or_else(missing)?);
    let room = Room::new(&mut draft, &resolve);
    let endpoint = draft.global(0);
    let line = draft.declare((vec![ValType::I32; 2], vec![]));
    draft.define(line, writes(room, endpoint, open, write));
    let function = resolve.interfaces[out].functions.get("write").ok_or_else(missing)?;
    let export = WasmExport::Func { interface: Some(&out_key), func: function, kind: WasmExportKind::Normal };
    draft.export(resolve.wasm_export_name(ABI, export), line);
    draft.encode(&resolve, world)
}

/// Opens the endpoint at the first line.
#[rustfmt::skip] // a statement a line
fn writes(room: Room, endpoint: u32, open: u32, write: u32) -> Function {
    let at = |offset: u64| MemArg { offset, align: 0, target: MemArgTarget::Memory(0), ordering: None };
    let (start, length) = (0, 1);
    let name = ENDPOINT.bytes().rev().fold(0, |word: i64, byte| word << 8 | i64::from(byte));
    let mut body = Function::new([]);
    body.instructions()
        .global_get(endpoint).i32_eqz().if_(BlockType::Empty)
            .i32_const(NAME).i64_const(name).i64_store(at(0))
            .i32_const(NAME).i32_const(8).i32_const(ANSWER).call(open)
            .i32_const(ANSWER).i32_load8_u(at(0)).if_(BlockType::Empty).unreachable().end()
            .i32_const(ANSWER).i32_load(at(4)).global_set(endpoint)
        .end()
        .global_get(endpoint).local_get(start).local_get(length).call(write)
        .i32_const(1).global_set(room.over)
        .end();
    body
}

/// The WIT of what it imports and exports.
fn text(raw: &Resolve, log: InterfaceId) -> Result<String, RecordError> {
    let mut wanted = BTreeSet::from([log]);
    let mut waiting = vec![log];
    while let Some(id) = waiting.pop() {
        waiting.extend(raw.interface_direct_deps(id).filter(|id| wanted.insert(*id)));
    }
    let name = raw.id_of(log).unwrap_or_default();
    let mut text = format!(
        "package recorder:recorder;\n\ninterface sink {{\n  write: func(line: list<u8>);\n}}\n\nworld out {{\n  import {name};\n  export sink;\n}}\n\n"
    );
    let package = raw.interfaces[log].package.ok_or_else(|| RecordError::recorder("log is of no package"))?;
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    printer.print_package_outer(&raw.packages[package]).map_err(RecordError::recorder)?;
    text += &format!("{} {{\n", printer.output);
    for id in wanted {
        let mut printer = WitPrinter::default();
        printer.emit_docs(false);
        printer.print_interface(raw, id).map_err(RecordError::recorder)?;
        let name = raw.interfaces[id].name.clone().unwrap_or_default();
        text += &format!("interface %{name} {{\n{}\n}}\n", printer.output);
    }
    Ok(text + "}\n")
}
