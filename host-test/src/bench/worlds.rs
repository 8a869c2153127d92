//! Worlds of any size, made up, and parts for them in which every function is there and none does anything.

use std::fmt::Write as _;

use composer::bundle::{Guests, World};
use composer::core_type::core_types;
use composer::wit::{ADAPTER_WORLD, APP_WORLD, ENTRY_WORLD};
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, MemorySection,
    MemoryType, Module, TypeSection, ValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::AbiVariant;
use wit_parser::{
    LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmExportKind, WasmImport, WorldId, WorldItem, WorldKey,
};

use super::error::BenchError;

/// How many functions a resource and what works on it come to: one of each kind that a rule is about.
pub const EACH: usize = 10;

/// How many of these an interface has. With less, the largest world would have more interfaces than a component may.
const RESOURCES: usize = 5;

const TYPES: &str = "
  variant error { not-found, busy, buffer-len(u64) }
  record put-options { level: option<u8>, ttl: option<u32>, label: option<string> }";

/// A resource and what works on it; `N` is its number.
const RESOURCE: &str = "
  resource thingN {
    open: static func(name: string) -> result<thingN, error>;
    name: func(max-len: u64) -> result<string, error>;
    get: func(key: string, max-len: u64) -> result<option<list<u8>>, error>;
    keys: func(max-len: u64, cursor: u32) -> result<tuple<string, option<u32>>, error>;
    size: func() -> result<u64, error>;
    remove: func(key: string) -> result<_, error>;
    put: func(key: string, value: list<u8>, options: put-options) -> result<_, error>;
  }
  findN: func(at: borrow<thingN>, key: string) -> result<u32, error>;
  joinN: func(at: borrow<thingN>, other: borrow<thingN>) -> result<_, error>;
  closeN: func(at: thingN) -> result<_, error>;";

const NAMING: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

/// The WIT of a world with so many functions, and its rules.
pub fn wit(functions: usize) -> Result<(Resolve, String), BenchError> {
    let resources: Vec<String> =
        (0..functions.div_ceil(EACH)).map(|number| RESOURCE.replace('N', &number.to_string())).collect();
    let mut text = "package made:raw@1.0.0;\n".to_owned();
    let mut world = "world service {\n".to_owned();
    let mut too_small = Vec::new();
    for (number, resources) in resources.chunks(RESOURCES).enumerate() {
        // A string takes all that is written to it.
        let _ = writeln!(text, "interface part{number} {{{TYPES}{}\n}}", resources.concat());
        let _ = writeln!(world, "  import part{number};");
        too_small.push(format!("part{number}.error.buffer-len"));
    }
    text.push_str("interface incoming { use part0.{thing0}; handle: func(what: thing0); }\n");
    let _ = writeln!(text, "{world}  export incoming;\n}}");
    let rules = format!(
        "[package]\nname = \"made:friendly\"\n[buffers]\nsize-parameter = \"max-len\"\n\
         cursor-parameter = \"cursor\"\ntoo-small = {too_small:?}\n"
    );
    let mut resolve = Resolve::default();
    resolve.push_str("made.wit", &text).map_err(|error| made_up("parse a made-up world", format!("{error:#}")))?;
    Ok((resolve, rules))
}

/// The world of that WIT: read, derived, and its friendly side written.
pub fn derive(resolve: Resolve, rules: &str) -> Result<World, BenchError> {
    Ok(World::new(resolve, "made:raw/service", rules)?)
}

/// Guests and an app of a world, with all its functions and nothing in them.
pub fn hollow(world: &World) -> Result<(Guests, Vec<u8>), BenchError> {
    let friendly = &world.friendly;
    let of = |name: &str| {
        let id = friendly.world(name).ok_or_else(|| made_up("find a world", format!("there is no `{name}`")))?;
        Ok::<_, BenchError>((id, module(&friendly.resolve, id)))
    };
    let ((_, adapter), (_, entry), (id, mut app)) = (of(ADAPTER_WORLD)?, of(ENTRY_WORLD)?, of(APP_WORLD)?);
    let app = embed_component_metadata(&mut app, &friendly.resolve, id, StringEncoding::UTF8, false)
        .and_then(|()| ComponentEncoder::default().module(&app)?.encode())
        .map_err(|error| made_up("encode a hollow app", format!("{error:#}")))?;
    Ok((Guests { adapter, entry, observer: Vec::new(), files: Vec::new() }, app))
}

fn made_up(doing: &str, message: String) -> BenchError {
    BenchError::MadeUp { doing: doing.to_owned(), message }
}

/// The functions of the interfaces on one side of a world.
fn functions<'r>(
    resolve: &'r Resolve,
    items: impl Iterator<Item = (&'r WorldKey, &'r WorldItem)> + 'r,
) -> impl Iterator<Item = (&'r WorldKey, &'r wit_parser::Function)> + 'r {
    items.flat_map(|(key, item)| {
        let interface = match item {
            WorldItem::Interface { id, .. } => Some(&resolve.interfaces[*id]),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        };
        interface.into_iter().flat_map(move |interface| interface.functions.values().map(move |of| (key, of)))
    })
}

/// A core module that imports and exports all functions of a world's interfaces. Those that it exports trap.
fn module(resolve: &Resolve, world: WorldId) -> Vec<u8> {
    let world = &resolve.worlds[world];
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    let (mut funcs, mut exports, mut code) = (FunctionSection::new(), ExportSection::new(), CodeSection::new());
    for (key, function) in functions(resolve, world.imports.iter()) {
        let (from, name) = resolve.wasm_import_name(NAMING, WasmImport::Func { interface: Some(key), func: function });
        let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
        imports.import(&from, &name, EntityType::Function(types.len()));
        let (params, results) = core_types(&signature);
        types.ty().function(params, results);
    }
    let imported = types.len();
    let mut export = |name: &str, types: &mut TypeSection, (params, results): (Vec<ValType>, Vec<ValType>)| {
        let mut body = Function::new([]);
        body.instructions().unreachable().end();
        exports.export(name, ExportKind::Func, imported + funcs.len());
        funcs.function(types.len());
        types.ty().function(params, results);
        code.function(&body);
    };
    for (key, function) in functions(resolve, world.exports.iter()) {
        let kind = WasmExportKind::Normal;
        let name = resolve.wasm_export_name(NAMING, WasmExport::Func { interface: Some(key), func: function, kind });
        let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
        export(&name, &mut types, core_types(&signature));
    }
    export("cabi_realloc", &mut types, (vec![ValType::I32; 4], vec![ValType::I32]));
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
    exports.export("memory", ExportKind::Memory, 0);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&funcs).section(&memories).section(&exports).section(&code);
    module.finish()
}

#[cfg(test)]
mod tests {
    use composer::compose::compose;
    use composer::metadata::Metadata;

    use super::*;

    #[test]
    fn a_made_up_world_has_as_many_functions_as_asked_for_and_is_composed() {
        let (resolve, rules) = wit(100).expect("it is WIT");
        let world = derive(resolve, &rules).expect("it can be reshaped");
        let raw = functions(&world.raw.resolve, world.raw.resolve.worlds[world.raw.world].imports.iter()).count();
        assert_eq!(raw, 100);
        let (guests, app) = hollow(&world).expect("there are parts");
        let composed = compose(&world, &guests, app.clone(), &Metadata::default()).expect("they fit together");
        assert!(composed.component.len() > app.len());
    }
}
