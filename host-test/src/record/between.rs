//! The component between an app and its host: it gives the app all that the host has, and writes down each call.
//!
//! A call is passed on as it came, in the memory of this component: what it was given, and what the host answers, is in
//! there as the canonical ABI has it, and is written to the sink as it is. Who reads the line knows the types. Handles that
//! are lent need nothing, since what this component has behind a handle of its own is the number of the host's. Those that
//! are given away are looked for and exchanged.

use composer::core_type::{core_type, core_types};
use wasm_encoder::{BlockType, Function, Instruction, MemArg, MemArgTarget, ValType};
use wit_parser::abi::WasmSignature;
use wit_parser::{ResourceIntrinsic, SizeAlign, Type, TypeId, WasmExport, WasmExportKind, WasmImport};

use super::error::RecordError;
use super::items::{Items, RawFunction, RawResource, find};
use super::module::{ABI, Draft};
use super::owned::{Case, Layout, Owned, small};
use super::worlds::{BRIDGE, SINK, Worlds};
use super::writing::{BASE, Writing};

/// What a line begins with.
pub mod kinds {
    /// A call: its number, its parameters, what is in memory.
    pub const CALL: u8 = b'C';
    /// An answer, likewise.
    pub const ANSWER: u8 = b'A';
    /// A resource that was dropped: the number of its type, and the handle.
    pub const DROP: u8 = b'D';
    /// A resource that the host gave when it called the app: its place, and the handle.
    pub const GIVEN: u8 = b'G';
    /// How the app answered the host: 0, and 1 if all went well.
    pub const ENDED: u8 = b'E';
}

/// Makes the component.
pub fn between(worlds: &Worlds) -> Result<Vec<u8>, RecordError> {
    let items = Items::of(worlds)?;
    let mut sizes = SizeAlign::default();
    sizes.fill(&worlds.resolve).map_err(RecordError::recorder)?;
    let layout = Layout { resolve: &worlds.resolve, sizes: &sizes };
    let mut draft = Draft::default();
    let sink = sink(worlds, &mut draft)?;
    let resources: Vec<_> =
        items.resources.iter().map(|resource| Intrinsics::new(worlds, resource, &mut draft)).collect();
    let hosts: Vec<u32> = items.functions.iter().map(|function| host(worlds, function, &mut draft)).collect();
    let writing = Writing::new(&mut draft, &worlds.resolve, sink);

    let between = Between { worlds, items: &items, layout, resources, writing };
    for (number, (function, host)) in items.functions.iter().zip(hosts).enumerate() {
        between.function(&mut draft, small(number), function, host)?;
    }
    between.drops(&mut draft);
    between.bridge(&mut draft)?;
    draft.encode(&worlds.resolve, worlds.between)
}

fn sink(worlds: &Worlds, draft: &mut Draft) -> Result<u32, RecordError> {
    let resolve = &worlds.resolve;
    let missing = || RecordError::recorder("there is no sink");
    let (key, id) = find(resolve, &resolve.worlds[worlds.between].imports, SINK).ok_or_else(missing)?;
    let function = resolve.interfaces[id].functions.get("write").ok_or_else(missing)?;
    let import = WasmImport::Func { interface: Some(&key), func: function };
    Ok(draft.import(resolve.wasm_import_name(ABI, import), (vec![ValType::I32; 2], vec![])))
}

/// The host's own function.
fn host(worlds: &Worlds, function: &RawFunction<'_>, draft: &mut Draft) -> u32 {
    let resolve = &worlds.resolve;
    let import = WasmImport::Func { interface: Some(&function.key), func: function.function };
    let signature = resolve.wasm_signature(ABI.import_variant(), function.function);
    draft.import(resolve.wasm_import_name(ABI, import), core_types(&signature))
}

/// What can be done with handles of a resource.
struct Intrinsics {
    /// Makes one of the recorder's for a handle of the host.
    new: u32,
    /// The host's of the recorder's.
    rep: u32,
    /// Drops the recorder's.
    drop: u32,
    /// Drops the host's.
    drop_host: u32,
}

impl Intrinsics {
    fn new(worlds: &Worlds, resource: &RawResource, draft: &mut Draft) -> Self {
        let mut import = |theirs: bool, intrinsic: ResourceIntrinsic, returns: bool| {
            let (key, id) =
                if theirs { (&resource.key, resource.id) } else { (&resource.counterpart_key, resource.counterpart) };
            let import = WasmImport::ResourceIntrinsic { interface: Some(key), resource: id, intrinsic };
            let results = if returns { vec![ValType::I32] } else { vec![] };
            draft.import(worlds.resolve.wasm_import_name(ABI, import), (vec![ValType::I32], results))
        };
        Self {
            new: import(false, ResourceIntrinsic::ExportedNew, true),
            rep: import(false, ResourceIntrinsic::ExportedRep, true),
            drop: import(false, ResourceIntrinsic::ExportedDrop, false),
            drop_host: import(true, ResourceIntrinsic::ImportedDrop, false),
        }
    }
}

struct Between<'a> {
    worlds: &'a Worlds,
    items: &'a Items<'a>,
    layout: Layout<'a>,
    resources: Vec<Intrinsics>,
    writing: Writing,
}

impl Between<'_> {
    fn intrinsics(&self, id: TypeId, function: &RawFunction<'_>) -> Result<&Intrinsics, RecordError> {
        let place = self.items.resource(id).and_then(|place| self.resources.get(place));
        place.ok_or_else(|| refused(function, "it gives away a resource that the host does not have"))
    }

    /// Where what the host answers is: behind what it was given.
    fn mark(&self, body: &mut Function, mark: u32) {
        let next = self.writing.room.next;
        body.instructions()
            .global_get(next)
            .i32_const(7)
            .i32_add()
            .i32_const(-8)
            .i32_and()
            .local_tee(mark)
            .global_set(next);
    }

    /// Passes a call on, and writes down what it was given and what came of it.
    fn function(
        &self,
        draft: &mut Draft,
        number: u32,
        function: &RawFunction<'_>,
        host: u32,
    ) -> Result<(), RecordError> {
        let resolve = &self.worlds.resolve;
        let signature = resolve.wasm_signature(ABI.export_variant(), function.counterpart);
        let (params, results) = core_types(&signature);
        let count = small(params.len());
        let (answer, mark) = (count, count + 1);
        let flat = results.first().copied().unwrap_or(ValType::I32);
        let mut body = Function::new([(1, flat), (1, ValType::I32)]);
        body.instruction(&Instruction::Call(self.writing.room.enter));
        self.take_params(&mut body, function, &signature)?;
        self.write(&mut body, kinds::CALL, number, &params, 0, None);

        self.mark(&mut body, mark);
        if signature.retptr {
            let layout = function.counterpart.result.as_ref().map(|ty| self.layout.sizes.size(ty).size_wasm32());
            let size = small(layout.unwrap_or_default()).cast_signed();
            body.instructions().i32_const(0).i32_const(0).i32_const(8).i32_const(size).call(self.writing.room.realloc);
            body.instructions().local_set(answer);
        }
        (0..count).for_each(|param| {
            body.instructions().local_get(param);
        });
        if signature.retptr {
            body.instructions().local_get(answer);
        }
        body.instructions().call(host);
        if !signature.retptr && !results.is_empty() {
            body.instructions().local_set(answer);
        }
        let written = if signature.retptr { &[][..] } else { &results[..] };
        self.write(&mut body, kinds::ANSWER, number, written, answer, Some(mark));
        self.give_result(&mut body, function, &signature, answer)?;
        body.instructions().i32_const(1).global_set(self.writing.room.over);
        if !results.is_empty() {
            body.instructions().local_get(answer);
        }
        body.instructions().end();

        let export = WasmExport::Func {
            interface: Some(&function.counterpart_key),
            func: function.counterpart,
            kind: WasmExportKind::Normal,
        };
        let index = draft.declare((params, results));
        draft.define(index, body);
        draft.export(resolve.wasm_export_name(ABI, export), index);
        Ok(())
    }

    /// Takes the host's handles out of those that the component gives away.
    fn take_params(
        &self,
        body: &mut Function,
        function: &RawFunction<'_>,
        signature: &WasmSignature,
    ) -> Result<(), RecordError> {
        let types: Vec<Type> = function.counterpart.params.iter().map(|param| param.ty).collect();
        for owned in self.layout.owned_of(&types).map_err(|reason| refused(function, reason))? {
            let intrinsics = self.intrinsics(owned.resource, function)?;
            if signature.indirect_params {
                in_memory(body, &owned, 0, |body| {
                    self.take(body, intrinsics, |body| {
                        body.instructions().local_get(0).i32_load(at(owned.offset));
                    });
                });
                continue;
            }
            let is_wide =
                |local: u32| signature.params.get(local as usize).is_some_and(|ty| core_type(*ty) == ValType::I64);
            for Case { flat, tag, .. } in &owned.cases {
                body.instructions().local_get(*flat).i32_const(tag.cast_signed()).i32_eq().if_(BlockType::Empty);
            }
            // In another case there may be something longer in its place.
            let get = |body: &mut Function| {
                body.instructions().local_get(owned.flat);
                if is_wide(owned.flat) {
                    body.instructions().i32_wrap_i64();
                }
            };
            self.take(body, intrinsics, get);
            if is_wide(owned.flat) {
                body.instructions().i64_extend_i32_u();
            }
            body.instructions().local_set(owned.flat);
            owned.cases.iter().for_each(|_| {
                body.instructions().end();
            });
        }
        Ok(())
    }

    /// The host's handle of the recorder's, which goes, and leaves alone what it is of.
    fn take(&self, body: &mut Function, intrinsics: &Intrinsics, get: impl Fn(&mut Function)) {
        let moving = self.writing.moving;
        get(body);
        body.instructions().call(intrinsics.rep).i32_const(1).global_set(moving);
        get(body);
        body.instructions().call(intrinsics.drop).i32_const(0).global_set(moving);
    }

    /// Puts handles of the recorder's into the places of the host's.
    fn give_result(
        &self,
        body: &mut Function,
        function: &RawFunction<'_>,
        signature: &WasmSignature,
        answer: u32,
    ) -> Result<(), RecordError> {
        let Some(ty) = &function.counterpart.result else { return Ok(()) };
        for owned in self.layout.owned(ty).map_err(|reason| refused(function, reason))? {
            let new = self.intrinsics(owned.resource, function)?.new;
            if !signature.retptr {
                body.instructions().local_get(answer).call(new).local_set(answer);
                continue;
            }
            in_memory(body, &owned, answer, |body| {
                body.instructions().local_get(answer).i32_load(at(owned.offset)).call(new);
            });
        }
        Ok(())
    }

    /// Writes a line: values that are in locals from `first` on, and the memory from `start` on, or all that is of use.
    fn write(&self, body: &mut Function, kind: u8, number: u32, values: &[ValType], first: u32, start: Option<u32>) {
        let Writing { begin, hex, region, flush, room, .. } = self.writing;
        body.instructions().i32_const(kind.into()).i32_const(number.cast_signed()).call(begin);
        for (ty, local) in values.iter().zip(first..) {
            body.instructions().local_get(local);
            let mut code = body.instructions();
            match ty {
                ValType::I32 => code.i64_extend_i32_u(),
                ValType::F32 => code.i32_reinterpret_f32().i64_extend_i32_u(),
                ValType::F64 => code.i64_reinterpret_f64(),
                ValType::I64 | ValType::V128 | ValType::Ref(_) => &mut code,
            }
            .i32_const(16)
            .call(hex);
        }
        match start {
            Some(local) => body.instructions().local_get(local),
            None => body.instructions().i32_const(BASE),
        };
        body.instructions().global_get(room.next).call(region).call(flush);
    }

    /// Drops the host's handle where the component dropped the recorder's.
    fn drops(&self, draft: &mut Draft) {
        let Writing { room, moving, .. } = self.writing;
        for (number, (resource, intrinsics)) in self.items.resources.iter().zip(&self.resources).enumerate() {
            let mut body = Function::new([]);
            body.instructions().global_get(moving).i32_eqz().if_(BlockType::Empty).call(room.enter);
            self.write(&mut body, kinds::DROP, small(number), &[ValType::I32], 0, None);
            body.instructions().local_get(0).call(intrinsics.drop_host).end().end();
            let export =
                WasmExport::ResourceDtor { interface: &resource.counterpart_key, resource: resource.counterpart };
            let index = draft.declare((vec![ValType::I32], vec![]));
            draft.define(index, body);
            draft.export(self.worlds.resolve.wasm_export_name(ABI, export), index);
        }
    }

    /// What the entry of the recording calls.
    fn bridge(&self, draft: &mut Draft) -> Result<(), RecordError> {
        let resolve = &self.worlds.resolve;
        let missing = || RecordError::recorder("there is no bridge");
        let (key, id) = find(resolve, &resolve.worlds[self.worlds.between].exports, BRIDGE).ok_or_else(missing)?;
        for (place, (name, function)) in resolve.interfaces[id].functions.iter().enumerate() {
            let mut body = Function::new([]);
            body.instruction(&Instruction::Call(self.writing.room.enter));
            let is_ended = name == "ended";
            let (kind, number) = if is_ended { (kinds::ENDED, 0) } else { (kinds::GIVEN, small(place)) };
            self.write(&mut body, kind, number, &[ValType::I32], 0, None);
            if let Some(Type::Id(ty)) = &function.result {
                let own =
                    self.layout.owned(&Type::Id(*ty)).ok().and_then(|owned| owned.first().map(|own| own.resource));
                let place = own.and_then(|own| self.items.resource(own)).and_then(|place| self.resources.get(place));
                body.instructions().local_get(0).call(place.ok_or_else(missing)?.new);
            }
            body.instructions().end();
            let results = if is_ended { vec![] } else { vec![ValType::I32] };
            let index = draft.declare((vec![ValType::I32], results));
            draft.define(index, body);
            let export = WasmExport::Func { interface: Some(&key), func: function, kind: WasmExportKind::Normal };
            draft.export(resolve.wasm_export_name(ABI, export), index);
        }
        Ok(())
    }
}

/// Puts another handle into the place of one that is in memory, from the address in a local on, if it is there.
fn in_memory(body: &mut Function, owned: &Owned, local: u32, exchange: impl Fn(&mut Function)) {
    for Case { offset, size, tag, .. } in &owned.cases {
        let mut code = body.instructions();
        code.local_get(local);
        match size {
            1 => code.i32_load8_u(at(*offset)),
            2 => code.i32_load16_u(at(*offset)),
            _ => code.i32_load(at(*offset)),
        };
        code.i32_const(tag.cast_signed()).i32_eq().if_(BlockType::Empty);
    }
    body.instructions().local_get(local);
    exchange(body);
    body.instructions().i32_store(at(owned.offset));
    owned.cases.iter().for_each(|_| {
        body.instructions().end();
    });
}

fn at(offset: u32) -> MemArg {
    MemArg { offset: offset.into(), align: 0, target: MemArgTarget::Memory(0), ordering: None }
}

fn refused(function: &RawFunction<'_>, reason: &'static str) -> RecordError {
    RecordError::Function { function: format!("{}.{}", function.interface, function.function.name), reason }
}
