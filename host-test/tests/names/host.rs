//! A host that answers whatever it is asked with what it was given, and fails where that is a 0.

use std::cell::Cell;
use std::collections::BTreeSet;

use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, Linker, ResourceDynamic, ResourceTable, ResourceType, Type, Val};
use wasmtime::{Config, Engine, OptLevel, RegallocAlgorithm, Store, StoreContextMut};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// What a store holds.
pub struct Host {
    table: ResourceTable,
    wasi: WasiCtx,
    /// The functions that were called.
    called: BTreeSet<String>,
    /// How many resources there were.
    made: Cell<u32>,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// What came of an app.
pub struct Outcome {
    /// What it says.
    pub report: String,
    /// The functions that it imports and did not call.
    pub uncalled: Vec<String>,
}

/// Runs the one function that an app exports.
pub fn run(component: &[u8]) -> Outcome {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::None).cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    let engine = Engine::new(&config).expect("an engine");
    let component = Component::new(&engine, component).unwrap_or_else(|error| panic!("{error:?}"));
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");
    let imported = imports(&engine, &component, &mut linker);
    let wasi = WasiCtx::builder().inherit_stdio().build();
    let host = Host { table: ResourceTable::new(), wasi, called: BTreeSet::new(), made: Cell::new(0) };
    let mut store = Store::new(&engine, host);
    store.set_hostcall_fuel(usize::MAX);
    let instance = linker.instantiate(&mut store, &component).unwrap_or_else(|error| panic!("{error:?}"));
    let ty = component.component_type();
    let mut exports = ty.exports(&engine).map(|(name, _)| name.to_owned());
    let checks = exports.find(|name| name.contains("/checks")).expect("it exports the interface");
    let (_, checks) = component.get_export(None, &checks).expect("it has it");
    let (_, run) = component.get_export(Some(&checks), "run").expect("it has the function");
    let run = instance.get_func(&mut store, run).expect("it is one");
    let mut results = [Val::Bool(false)];
    run.call(&mut store, &[], &mut results).unwrap_or_else(|error| panic!("{error:?}"));
    let [Val::String(report)] = results else { panic!("it reports {results:?}") };
    let uncalled = imported.difference(&store.data().called).cloned().collect();
    Outcome { report, uncalled }
}

/// Links every function that is not WASI's; their names.
fn imports(engine: &Engine, component: &Component, linker: &mut Linker<Host>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut seen: Vec<ResourceType> = Vec::new();
    for (interface, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = import.ty else { continue };
        if interface.starts_with("wasi:") {
            continue;
        }
        let mut to = linker.instance(interface).expect("the interface is linked once");
        for (item, import) in instance.exports(engine) {
            match import.ty {
                ComponentItem::ComponentFunc(_) => {
                    let name = format!("{interface} {item}");
                    names.insert(name.clone());
                    let answered = move |mut store: StoreContextMut<'_, Host>,
                                         ty: ComponentFunc,
                                         given: &[Val],
                                         to: &mut [Val]| {
                        store.data_mut().called.insert(name.clone());
                        answer(&mut store, &name, &ty, given, to)
                    };
                    to.func_new(item, answered).expect("the function is linked once");
                }
                ComponentItem::Resource(resource) => {
                    let place = seen.iter().position(|seen| *seen == resource).unwrap_or_else(|| {
                        seen.push(resource);
                        seen.len() - 1
                    });
                    let ty = ResourceType::host_dynamic(u32::try_from(place).expect("there are few"));
                    to.resource(item, ty, |_, _| Ok(())).expect("the resource is linked once");
                }
                ComponentItem::Type(_)
                | ComponentItem::CoreFunc(_)
                | ComponentItem::Module(_)
                | ComponentItem::Component(_)
                | ComponentItem::ComponentInstance(_) => {}
            }
        }
    }
    names
}

fn answer(
    store: &mut StoreContextMut<'_, Host>,
    name: &str,
    ty: &ComponentFunc,
    given: &[Val],
    to: &mut [Val],
) -> wasmtime::Result<()> {
    // What was lent for the call goes back, and what was given away is nobody's.
    for resource in
        given.iter().filter_map(|val| if let Val::Resource(resource) = val { Some(*resource) } else { None })
    {
        resource.resource_drop(&mut *store)?;
    }
    let (Some(slot), Some(ty)) = (to.first_mut(), ty.results().next()) else { return Ok(()) };
    let first = given.iter().find(|val| matches!(val, Val::U32(_)));
    let fails = first == Some(&Val::U32(0)) || name.contains(" fail");
    let boxed = |val: Option<Val>| val.map(Box::new);
    *slot = if let Type::Result(result) = &ty {
        let of = if fails { result.err() } else { result.ok() };
        let inside = boxed(of.map(|ty| value(store, &ty, given)).transpose()?);
        Val::Result(if fails { Err(inside) } else { Ok(inside) })
    } else {
        value(store, &ty, given)?
    };
    Ok(())
}

/// A value of this type: the first of those that were given, all of them in a list, or one of the host's own.
fn value(store: &mut StoreContextMut<'_, Host>, ty: &Type, given: &[Val]) -> wasmtime::Result<Val> {
    let fits = |ty: &Type, val: &Val| match (ty, val) {
        (Type::U32, Val::U32(_))
        | (Type::String, Val::String(_))
        | (Type::Enum(_), Val::Enum(_))
        | (Type::Variant(_), Val::Variant(..))
        | (Type::Flags(_), Val::Flags(_)) => true,
        (Type::Record(record), Val::Record(fields)) => record.fields().len() == fields.len(),
        (_, _) => false,
    };
    if let Some(val) = given.iter().find(|val| fits(ty, val)) {
        return Ok(val.clone());
    }
    Ok(match ty {
        Type::U32 => Val::U32(0),
        Type::String => Val::String(String::new()),
        Type::List(list) => Val::List(given.iter().filter(|val| fits(&list.ty(), val)).cloned().collect()),
        Type::Enum(cases) => Val::Enum(cases.names().next().unwrap_or_default().to_owned()),
        Type::Record(record) => {
            let fields = record.fields().map(|field| Ok((field.name.to_owned(), value(store, &field.ty, given)?)));
            Val::Record(fields.collect::<wasmtime::Result<_>>()?)
        }
        Type::Own(resource) => {
            let made = store.data().made.replace(store.data().made.get() + 1);
            let kind = (0..).find(|kind| ResourceType::host_dynamic(*kind) == *resource).unwrap_or_default();
            Val::Resource(ResourceDynamic::new_own(made, kind).try_into_resource_any(store)?)
        }
        Type::Bool
        | Type::S8
        | Type::U8
        | Type::S16
        | Type::U16
        | Type::S32
        | Type::S64
        | Type::U64
        | Type::Float32
        | Type::Float64
        | Type::Char
        | Type::Map(_)
        | Type::Tuple(_)
        | Type::Variant(_)
        | Type::Option(_)
        | Type::Result(_)
        | Type::Flags(_)
        | Type::Borrow(_)
        | Type::Future(_)
        | Type::Stream(_)
        | Type::ErrorContext => wasmtime::bail!("the host has no {ty:?}"),
    })
}
