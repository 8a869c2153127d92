//! Builds a component that stands in for interfaces a host lacks
//!
//! The stub exports the interfaces exactly as one app imports them: the same version, and only the functions that the app
//! has. Every function answers with a constant, by rule, and takes no notice of its parameters. It must not trap where the
//! app can get to: a libc asks for its preopened folders at the first path it sees, and a trap there ends the app without
//! a word about what went wrong.
//!
//! The stub is a core module with one function for each of the interfaces' functions, written here, and made a component
//! by `wit-component`. Names and core signatures come from `wit-parser`; `constant` has the answers.
//!
//! Limits: a function for which no straight-line code will do is left as a trap and listed in [`Stub::traps`]. These are
//! functions whose answer has no constant (a new handle of the host's own resource, a stream, a future), and those that
//! take handles in a list, or beside so many parameters that the ABI passes them in memory.

mod constant;

use crate::core_type::{core_type, core_types};
use constant::{Constant, Types, function_path, owner, unversioned};
use indexmap::{IndexMap, IndexSet};
use wasm_encoder as wasm;
use wasm_encoder::{BlockType, Instruction, MemArg, MemArgTarget, ValType};
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding};
use wit_parser::abi::WasmSignature;
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, Resolve, ResourceIntrinsic, TypeId, WasmExport, WasmExportKind, WasmImport,
    World, WorldId, WorldItem, WorldKey,
};

/// The legacy names are the ones that carry an interface's full version: the standard ones cut it to its compatible part
const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
/// Where constants begin in memory: past address zero, so that every allocation is at a positive address
const DATA: u32 = 16;
const PAGE: u32 = 1 << 16;
/// The one global: where the next allocation goes
const NEXT: u32 = 0;
/// How a handle is stored
const HANDLE: MemArg = MemArg { offset: 0, align: 2, target: MemArgTarget::Memory(0), ordering: None };
/// All dummy resources are represented by this number, which nothing reads
const REP: i32 = 1;

/// Which answers the stubs give; read from the `[stub]` table of the rules file
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct StubRules {
    /// Interfaces that may be stubbed, by unversioned name such as `wasi:filesystem/types`
    pub interfaces: Vec<String>,
    /// Which case of its error type a fallible function answers with: unversioned path of the type, where it is defined, to
    /// the name of the case, such as `wasi:filesystem/types.error-code` to `unsupported`
    ///
    /// A function's own path wins over the path of its error type: `wasi:sockets/ip-name-lookup.resolve-addresses`, and for
    /// a method `wasi:sockets/tcp.tcp-socket.start-bind`.
    pub errors: IndexMap<String, String>,
}

/// A component that exports the interfaces asked for
#[derive(Debug, Clone)]
pub struct Stub {
    /// The encoded component
    pub component: Vec<u8>,
    /// The functions that trap when called, as there is no constant to answer with, by path as in [`StubRules::errors`]
    pub traps: Vec<String>,
}

/// Why there is no stub
#[derive(Debug, thiserror::Error)]
pub enum StubError {
    /// The app is a WIT package
    #[error("cannot stub for a WIT package: only a component says which functions it imports; build the app first")]
    NotComponent,
    /// The app lacks an interface to be stubbed
    #[error("cannot stub `{interface}`: the app does not import it; use a name as the app imports it, out of {}", .imports.join(", "))]
    NotImported {
        /// The interface asked for
        interface: String,
        /// The interfaces that the app imports
        imports: Vec<String>,
    },
    /// The rules do not name an interface
    #[error("cannot stub `{interface}`: the rules do not allow it; add `\"{}\"` to `interfaces` in `[stub]`, or use a host that has it", unversioned(.interface))]
    NotAllowed {
        /// The interface asked for
        interface: String,
    },
    /// An interface to be stubbed uses one that is not, which uses one that is
    #[error("cannot stub {} together: one of them also reaches another's types through an interface that is not stubbed; stub that one too", .interfaces.join(", "))]
    Entangled {
        /// The interfaces asked for
        interfaces: Vec<String>,
        /// What the WIT library says
        source: anyhow::Error,
    },
    /// No rule says which error a function answers with
    #[error("cannot stub `{function}`: no rule says which case of `{error}` it fails with; add a line `\"{error}\" = \"<case>\"` to `[stub.errors]`, with a case out of {}", .cases.join(", "))]
    NoRule {
        /// Path of the function
        function: String,
        /// Path of its error type
        error: String,
        /// The cases of the error type
        cases: Vec<String>,
    },
    /// A rule names a case that the error type lacks, or that cannot be made up
    #[error("cannot stub `{function}`: its error cannot be the case `{case}` of `{error}`, {why}; correct the line in `[stub.errors]` to a case out of {}", .cases.join(", "))]
    UnusableCase {
        /// Path of the function
        function: String,
        /// Path of its error type
        error: String,
        /// The case that the rules name
        case: String,
        /// What is wrong with it
        why: &'static str,
        /// The cases of the error type
        cases: Vec<String>,
    },
    /// The stub does not come out as a valid component
    #[error(
        "cannot encode the stubs: the app may be malformed, so validate it; if it is valid, report this as a fault of the composer"
    )]
    Encode(#[source] anyhow::Error),
}

/// Builds one component that exports each of `interfaces` (names with version, as the app imports them) and answers every
/// function with a constant
pub fn stub(app: &DecodedWasm, interfaces: &[String], rules: &StubRules) -> Result<Stub, StubError> {
    let (resolve, world) = exporting_world(app, interfaces, rules)?;
    let (mut module, traps) = CoreModule::generate(&resolve, &resolve.worlds[world], rules)?;
    let component = wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)
        // Merging versions would rename what the app asks for.
        .and_then(|()| {
            ComponentEncoder::default().merge_imports_based_on_semver(false).validate(true).module(&module)?.encode()
        })
        .map_err(StubError::Encode)?;
    Ok(Stub { component, traps })
}

/// A copy of the app's types with a new world in it, which exports `interfaces`, and imports what they use of the others
fn exporting_world(
    app: &DecodedWasm,
    interfaces: &[String],
    rules: &StubRules,
) -> Result<(Resolve, WorldId), StubError> {
    let DecodedWasm::Component(resolve, app) = app else {
        return Err(StubError::NotComponent);
    };
    let mut resolve = resolve.clone();
    let app = resolve.worlds.get(*app).cloned().ok_or(StubError::NotComponent)?;
    let package = app.package.ok_or(StubError::NotComponent)?;

    let imports: IndexMap<String, (&WorldKey, &WorldItem)> = app
        .imports
        .iter()
        .filter_map(|(key, item)| match key {
            WorldKey::Interface(id) => Some((resolve.id_of(*id)?, (key, item))),
            WorldKey::Name(_) => None,
        })
        .collect();
    let mut stubbed = IndexMap::new();
    for interface in interfaces {
        let Some((key, item)) = imports.get(interface) else {
            let imports = imports.into_keys().collect();
            return Err(StubError::NotImported { interface: interface.clone(), imports });
        };
        if !rules.interfaces.iter().any(|allowed| allowed == unversioned(interface)) {
            return Err(StubError::NotAllowed { interface: interface.clone() });
        }
        stubbed.insert((*key).clone(), (*item).clone());
    }

    let mut name = format!("{}-stub", app.name);
    while resolve.packages[package].worlds.contains_key(&name) {
        name.push_str("-stub");
    }
    let world = World { name: name.clone(), imports: stubbed, exports: IndexMap::new(), ..app };
    let world = resolve.worlds.alloc(world);
    resolve.packages[package].worlds.insert(name.clone(), world);
    resolve
        .exportize(world, Some(name), None)
        .map_err(|source| StubError::Entangled { interfaces: interfaces.to_vec(), source })?;
    Ok((resolve, world))
}

/// A function of the module, complete but for the prologue that all share
struct CoreFunction {
    export: String,
    path: String,
    params: Vec<ValType>,
    results: Vec<ValType>,
    body: Vec<Instruction<'static>>,
}

/// The core module as far as it is written
struct CoreModule<'a> {
    resolve: &'a Resolve,
    types: Types<'a>,
    /// Imported functions in the order of their indices: module, name and whether they return a handle
    imports: IndexSet<(String, String, bool)>,
    functions: Vec<CoreFunction>,
    /// The constants that lie in memory
    data: Vec<u8>,
    traps: Vec<String>,
}

impl<'a> CoreModule<'a> {
    /// The module for a world that exports interfaces only, and the functions in it that trap
    fn generate(
        resolve: &'a Resolve,
        world: &'a World,
        rules: &'a StubRules,
    ) -> Result<(Vec<u8>, Vec<String>), StubError> {
        let mut module = CoreModule {
            resolve,
            types: Types::new(resolve, world, rules)?,
            imports: IndexSet::new(),
            functions: Vec::new(),
            data: Vec::new(),
            traps: Vec::new(),
        };
        for (key, item) in &world.exports {
            match item {
                WorldItem::Interface { id, .. } => {
                    for function in resolve.interfaces[*id].functions.values() {
                        module.stub_function(key, function)?;
                    }
                }
                WorldItem::Function(_) | WorldItem::Type { .. } => {}
            }
        }
        let bytes = module.encode();
        Ok((bytes, module.traps))
    }

    fn stub_function(&mut self, key: &WorldKey, function: &Function) -> Result<(), StubError> {
        let path = function_path(self.resolve, key, function);
        let signature = self.resolve.wasm_signature(ABI.export_variant(), function);
        let answer = match &function.result {
            Some(ty) => self.types.constant(&path, ty)?,
            None => Some(Constant::default()),
        };
        let (params, results) = core_types(&signature);
        let types: Vec<_> = function.params.iter().map(|param| &param.ty).collect();
        let given = self.types.given(&types, 0).filter(|given| given.is_empty() || !signature.indirect_params);
        let mut body = Vec::new();
        if let (Some(answer), Some(given)) = (answer, given) {
            for given in given {
                let drop = match self.types.exports(given.resource) {
                    true => ResourceIntrinsic::ExportedDrop,
                    false => ResourceIntrinsic::ImportedDrop,
                };
                let drop = self.intrinsic(given.resource, drop, false);
                body.extend(given.code(&params, Instruction::Call(drop)));
            }
            self.answer(answer, &signature, &mut body);
        } else {
            self.traps.push(path.clone());
            body.push(Instruction::Unreachable);
        }
        let export = WasmExport::Func { interface: Some(key), func: function, kind: WasmExportKind::Normal };
        self.functions.push(CoreFunction {
            export: self.resolve.wasm_export_name(ABI, export),
            path,
            params,
            results,
            body,
        });
        Ok(())
    }

    /// Returns a constant: by address when the ABI asks for that, else as the single core value that it is
    fn answer(&mut self, answer: Constant, signature: &WasmSignature, code: &mut Vec<Instruction<'static>>) {
        if signature.retptr {
            self.data.resize(self.data.len().next_multiple_of(answer.align), 0);
            let address = DATA as usize + self.data.len();
            self.data.extend(answer.bytes);
            for (offset, resource) in answer.handles {
                code.push(Instruction::I32Const((address + offset) as i32));
                self.new_handle(resource, code);
                code.push(Instruction::I32Store(HANDLE));
            }
            code.push(Instruction::I32Const(address as i32));
        } else if let Some((_, resource)) = answer.handles.first() {
            self.new_handle(*resource, code);
        } else {
            code.extend(signature.results.iter().map(|ty| answer.flat(core_type(*ty))));
        }
    }

    fn new_handle(&mut self, resource: TypeId, code: &mut Vec<Instruction<'static>>) {
        let new = self.intrinsic(resource, ResourceIntrinsic::ExportedNew, true);
        code.extend([Instruction::I32Const(REP), Instruction::Call(new)]);
    }

    /// The index of an imported function that makes or drops handles of a resource
    fn intrinsic(&mut self, resource: TypeId, intrinsic: ResourceIntrinsic, returns: bool) -> u32 {
        let interface = owner(self.resolve, resource).map(WorldKey::Interface);
        let import = WasmImport::ResourceIntrinsic { interface: interface.as_ref(), resource, intrinsic };
        let (module, name) = self.resolve.wasm_import_name(ABI, import);
        self.imports.insert_full((module, name, returns)).0 as u32
    }

    fn encode(&self) -> Vec<u8> {
        let mut types = wasm::TypeSection::new();
        let mut imports = wasm::ImportSection::new();
        let mut functions = wasm::FunctionSection::new();
        let mut exports = wasm::ExportSection::new();
        let mut code = wasm::CodeSection::new();
        let mut names = wasm::NameMap::new();

        for (module, name, returns) in &self.imports {
            imports.import(module, name, wasm::EntityType::Function(types.len()));
            types.ty().function([ValType::I32], returns.then_some(ValType::I32));
        }
        let allocatable = DATA + self.data.len() as u32;
        for function in &self.functions {
            let index = imports.len() + functions.len();
            functions.function(types.len());
            types.ty().function(function.params.iter().copied(), function.results.iter().copied());
            exports.export(&function.export, wasm::ExportKind::Func, index);
            names.append(index, &function.path);
            // Parameters in memory are not read, so this call's are freed, and the next one's take their place.
            let mut body = wasm::Function::new([]);
            body.instruction(&Instruction::I32Const(allocatable as i32)).instruction(&Instruction::GlobalSet(NEXT));
            for instruction in &function.body {
                body.instruction(instruction);
            }
            code.function(body.instruction(&Instruction::End));
        }
        let realloc = self.resolve.wasm_export_name(ABI, WasmExport::Realloc);
        exports.export(&realloc, wasm::ExportKind::Func, imports.len() + functions.len());
        functions.function(types.len());
        types.ty().function([ValType::I32; 4], [ValType::I32]);
        code.function(&reallocate());

        let memory = wasm::MemoryType {
            minimum: u64::from(allocatable.div_ceil(PAGE)),
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        exports.export(&self.resolve.wasm_export_name(ABI, WasmExport::Memory), wasm::ExportKind::Memory, 0);
        let next = wasm::GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        let mut data = wasm::DataSection::new();
        data.active(0, &wasm::ConstExpr::i32_const(DATA as i32), self.data.iter().copied());
        let mut name_section = wasm::NameSection::new();
        name_section.functions(&names);

        let mut module = wasm::Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(wasm::MemorySection::new().memory(memory))
            .section(wasm::GlobalSection::new().global(next, &wasm::ConstExpr::i32_const(allocatable as i32)))
            .section(&exports)
            .section(&code)
            .section(&data)
            .section(&name_section);
        module.finish()
    }
}

/// `cabi_realloc`, which only ever goes up: every function starts by freeing all
#[rustfmt::skip] // a statement a line
fn reallocate() -> wasm::Function {
    let (old, old_size, align, size, new, pages) = (0, 1, 2, 3, 4, 5);
    let mut body = wasm::Function::new([(2, ValType::I32)]);
    body.instructions()
        // new = (next + align - 1) & -align
        .global_get(NEXT).local_get(align).i32_add().i32_const(1).i32_sub()
        .i32_const(0).local_get(align).i32_sub().i32_and().local_set(new)
        // next = new + size, which must not wrap around
        .local_get(new).local_get(size).i32_add().global_set(NEXT)
        .global_get(NEXT).local_get(new).i32_lt_u().if_(BlockType::Empty).unreachable().end()
        // pages = (next - 1) / PAGE + 1 - memory.size: how many are wanting
        .global_get(NEXT).i32_const(1).i32_sub().i32_const(PAGE.ilog2() as i32).i32_shr_u()
        .i32_const(1).i32_add().memory_size(0).i32_sub().local_set(pages)
        .local_get(pages).i32_const(0).i32_gt_s().if_(BlockType::Empty)
            .local_get(pages).memory_grow(0).i32_const(-1).i32_eq().if_(BlockType::Empty).unreachable().end()
        .end()
        // copy min(old_size, size) bytes
        .local_get(new).local_get(old)
        .local_get(old_size).local_get(size).local_get(old_size).local_get(size).i32_lt_u().select()
        .memory_copy(0, 0)
        .local_get(new)
        .end();
    body
}
