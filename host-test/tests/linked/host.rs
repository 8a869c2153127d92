//! A host of the raw world that makes its answers up, and tells what it was asked.
//!
//! Nothing is written per function, but for a few of which an answer must fit what they were given. The clock goes on by
//! one step whenever it is looked at, so that the same app always does the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use host_test::script::{handles, print};
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{
    Component, InstancePre, Linker, LinkerInstance, ResourceAny, ResourceDynamic, ResourceTable, ResourceType, Type,
    Val,
};
use wasmtime::{Config, Engine, OptLevel, RegallocAlgorithm, ResourceLimiter, Store, StoreContextMut};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::random::Deterministic;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

const HANDLER: &str = "fastly:compute/http-incoming@0.1.0";

/// What a host is asked to be.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// The URI of each request.
    pub uri: String,
    /// What answers are made from; without one all goes well, and there is as little of everything as there can be.
    pub seed: Option<u64>,
    /// How many requests come.
    pub requests: usize,
    /// After how many calls the host ends it.
    pub calls: usize,
    /// How many nanoseconds each call takes; the clock goes back where that is below zero.
    pub each_call: i64,
    /// What stores have under the key `observe`.
    pub switch: Option<&'static str>,
}

/// How a scene went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Each raw call with its arguments, each resource that was dropped, and how it ended.
    pub told: Vec<String>,
    /// What the app printed.
    pub printed: String,
    /// How large all memories were together, in bytes, at the start of each request.
    pub memory: Vec<usize>,
}

/// What a store holds.
struct Host {
    scene: Scene,
    random: Rng,
    told: Vec<String>,
    memory: Vec<usize>,
    grown: usize,
    calls: usize,
    resources: u32,
    clock: Clock,
    wasi: WasiCtx,
    table: ResourceTable,
}

/// A clock that goes on when it is looked at, by a microsecond.
#[derive(Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    /// One that began an hour ago, so that it can go back.
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(3_600_000_000_000)))
    }

    fn tick(&self) -> Duration {
        Duration::from_nanos(self.0.fetch_add(1000, Ordering::SeqCst))
    }

    fn pass(&self, nanos: i64) {
        self.0.fetch_add(nanos.cast_unsigned(), Ordering::SeqCst);
    }
}

impl HostMonotonicClock for Clock {
    fn resolution(&self) -> u64 {
        1000
    }

    fn now(&self) -> u64 {
        self.tick().as_nanos() as u64
    }
}

impl HostWallClock for Clock {
    fn resolution(&self) -> Duration {
        Duration::from_micros(1)
    }

    fn now(&self) -> Duration {
        Duration::from_secs(1_700_000_000) + self.tick()
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl ResourceLimiter for Host {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.grown += desired - current;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

/// An app on this host.
pub struct Stage {
    engine: Engine,
    app: InstancePre<Host>,
}

impl Stage {
    /// Compiles an app.
    pub fn new(component: &[u8]) -> wasmtime::Result<Self> {
        let mut config = Config::new();
        // What counts is how soon it is compiled.
        config.cranelift_opt_level(OptLevel::None).cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
        let engine = Engine::new(&config)?;
        let component = Component::new(&engine, component)?;
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        let mut resources = Vec::new();
        for (name, item) in component.component_type().imports(&engine) {
            let ComponentItem::ComponentInstance(interface) = item.ty else { continue };
            if name.starts_with("fastly:") {
                let mut to = linker.instance(name)?;
                for (item, export) in interface.exports(&engine) {
                    declare(&mut to, name, item, &export.ty, &mut resources)?;
                }
            }
        }
        let app = linker.instantiate_pre(&component)?;
        Ok(Self { engine, app })
    }

    /// Hands the app a request.
    pub fn play(&self, scene: &Scene) -> wasmtime::Result<Played> {
        let printed = MemoryOutputPipe::new(1 << 20);
        let mut wasi = WasiCtxBuilder::new();
        wasi.stdout(printed.clone())
            .stderr(printed.clone())
            .secure_random(Deterministic::new(vec![4, 8, 15, 16, 23, 42, 108]));
        let clock = Clock::new();
        wasi.insecure_random_seed(7).monotonic_clock(clock.clone()).wall_clock(Clock::new());
        let host = Host {
            random: Rng::with_seed(scene.seed.unwrap_or_default()),
            scene: scene.clone(),
            told: Vec::new(),
            memory: Vec::new(),
            grown: 0,
            calls: 0,
            resources: 0,
            clock,
            wasi: wasi.build(),
            table: ResourceTable::new(),
        };
        let mut store = Store::new(&self.engine, host);
        store.limiter(|host| host);
        let instance = self.app.instantiate(&mut store)?;
        let interface = instance.get_export_index(&mut store, None, HANDLER).expect("the app handles requests");
        let handle = instance.get_export_index(&mut store, Some(&interface), "handle").expect("in one function");
        let handle = instance.get_func(&mut store, handle).expect("which is one");
        let parameters: Vec<Type> = handle.ty(&store).params().map(|(_, ty)| ty).collect();
        let given: wasmtime::Result<Vec<Val>> = {
            let mut context = wasmtime::AsContextMut::as_context_mut(&mut store);
            parameters.iter().map(|ty| made(&mut context, ty)).collect()
        };
        store.data_mut().begin();
        let mut results = [Val::Bool(false)];
        let ended = match handle.call(&mut store, &given?, &mut results) {
            Ok(()) => print::value(&results[0], &|_| String::new()),
            // Where it was, and by which names, is another matter.
            Err(error) => format!("trap: {}", error.root_cause()),
        };
        let mut host = store.into_data();
        host.told.push(ended);
        let printed = String::from_utf8_lossy(&printed.contents()).into_owned();
        Ok(Played { told: host.told, printed, memory: host.memory })
    }
}

impl Host {
    /// One more request.
    fn begin(&mut self) {
        self.memory.push(self.grown);
        self.scene.requests -= 1;
    }

    /// A choice: true once in so many times, and never where all goes well.
    fn once_in(&mut self, count: u32) -> bool {
        self.scene.seed.is_some() && self.random.u32(0..count) == 0
    }

    /// A number below another, and the least where all goes well.
    fn below(&mut self, count: usize) -> usize {
        if self.scene.seed.is_some() { self.random.usize(0..count.max(1)) } else { 0 }
    }
}

/// Everything of an interface.
fn declare(
    to: &mut LinkerInstance<'_, Host>,
    interface: &str,
    name: &str,
    item: &ComponentItem,
    resources: &mut Vec<ResourceType>,
) -> wasmtime::Result<()> {
    match item {
        ComponentItem::ComponentFunc(_) => {
            let told = format!("{interface} {name}");
            to.func_new(name, move |store, ty, given, results| answer(store, &told, &ty, given, results))
        }
        ComponentItem::Resource(resource) => {
            let place = resources.iter().position(|known| known == resource).unwrap_or_else(|| {
                resources.push(*resource);
                resources.len() - 1
            });
            let told = format!("drop {name}");
            to.resource(name, ResourceType::host_dynamic(place as u32), move |mut store, rep| {
                store.data_mut().told.push(format!("{told}#{rep}"));
                Ok(())
            })
        }
        ComponentItem::CoreFunc(_)
        | ComponentItem::Module(_)
        | ComponentItem::Component(_)
        | ComponentItem::ComponentInstance(_)
        | ComponentItem::Type(_) => Ok(()),
    }
}

/// Tells what it was asked, and makes up an answer.
fn answer(
    mut store: StoreContextMut<'_, Host>,
    told: &str,
    ty: &ComponentFunc,
    given: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    let mut resources = Vec::new();
    given.iter().for_each(|val| handles::resources(val, &mut resources));
    let named: Vec<(ResourceAny, u32)> = resources
        .into_iter()
        .map(|resource| Ok((resource, resource.try_into_resource_dynamic(&mut store)?.rep())))
        .collect::<wasmtime::Result<_>>()?;
    let name = |resource: &ResourceAny| {
        named.iter().find(|(of, _)| of == resource).map_or_else(String::new, |(_, rep)| format!("#{rep}"))
    };
    let arguments: Vec<String> = given.iter().map(|val| print::value(val, &name)).collect();
    let host = store.data_mut();
    host.told.push(format!("{told}({})", arguments.join(", ")));
    host.calls += 1;
    host.clock.pass(host.scene.each_call);
    if host.calls > host.scene.calls {
        return Err(wasmtime::Error::msg("that is enough"));
    }
    let Some(ty) = ty.results().next() else { return Ok(()) };
    results[0] = match known(&mut store, told, given, &ty)? {
        Some(val) => val,
        None => made(&mut store, &ty)?,
    };
    Ok(())
}

/// The answer of a function where one that is made up would only end it.
fn known(store: &mut StoreContextMut<'_, Host>, told: &str, given: &[Val], ty: &Type) -> wasmtime::Result<Option<Val>> {
    let ok = |val: Val| Some(Val::Result(Ok(Some(Box::new(val)))));
    let (_, function) = told.rsplit_once(' ').expect("an interface and a function");
    Ok(match (function, given) {
        ("[method]request.get-uri", _) => ok(Val::String(store.data().scene.uri.clone())),
        ("[method]request.get-method", _) => ok(Val::String("GET".to_owned())),
        ("write", [_, Val::List(bytes)]) => ok(Val::U32(bytes.len() as u32)),
        ("[method]store.get", [_, Val::String(key), ..]) if key == "observe" => {
            ok(Val::Option(store.data().scene.switch.map(|text| Box::new(Val::String(text.to_owned())))))
        }
        ("await-request", _) if store.data().scene.requests == 0 => ok(Val::Option(None)),
        ("await-request", _) => {
            store.data_mut().begin();
            let Type::Result(result) = ty else { return Ok(None) };
            let Some(Type::Option(option)) = result.ok() else { return Ok(None) };
            ok(Val::Option(Some(Box::new(made(store, &option.ty())?))))
        }
        (_, _) => None,
    })
}

/// A value of a type.
fn made(store: &mut StoreContextMut<'_, Host>, ty: &Type) -> wasmtime::Result<Val> {
    let mut below = |count: usize| store.data_mut().below(count);
    Ok(match ty {
        Type::Bool => Val::Bool(below(2) == 1),
        Type::S8 => Val::S8(below(20) as i8),
        Type::U8 => Val::U8(below(256) as u8),
        Type::S16 => Val::S16(below(20) as i16),
        Type::U16 => Val::U16([0, 200, 404, 500, 7][below(5)]),
        Type::S32 => Val::S32(below(20) as i32),
        Type::U32 => Val::U32(below(20) as u32),
        Type::S64 => Val::S64(below(20) as i64),
        Type::U64 => Val::U64(below(20) as u64),
        Type::Float32 => Val::Float32(below(20) as f32),
        Type::Float64 => Val::Float64(below(20) as f64),
        Type::Char => Val::Char('x'),
        Type::String => Val::String(["", "a", "text/plain", "192.0.2.7", "x\0y\0"][below(5)].to_owned()),
        Type::List(list) => {
            let count = below(4);
            let items = (0..count).map(|_| made(store, &list.ty())).collect::<wasmtime::Result<_>>()?;
            Val::List(items)
        }
        Type::Record(record) => {
            let field = |(name, ty): (String, Type)| Ok((name, made(store, &ty)?));
            let fields: Vec<_> = record.fields().map(|field| (field.name.to_owned(), field.ty)).collect();
            Val::Record(fields.into_iter().map(field).collect::<wasmtime::Result<_>>()?)
        }
        Type::Tuple(tuple) => {
            let types: Vec<Type> = tuple.types().collect();
            Val::Tuple(types.iter().map(|ty| made(store, ty)).collect::<wasmtime::Result<_>>()?)
        }
        Type::Variant(variant) => {
            let cases: Vec<_> = variant.cases().map(|case| (case.name.to_owned(), case.ty)).collect();
            let (name, ty) = cases[below(cases.len())].clone();
            Val::Variant(name, payload(store, ty)?)
        }
        Type::Enum(cases) => {
            let names: Vec<&str> = cases.names().collect();
            Val::Enum(names[below(names.len())].to_owned())
        }
        Type::Option(option) => {
            let is_some = below(2) == 1;
            let inner = if is_some { payload(store, Some(option.ty()))? } else { None };
            Val::Option(inner)
        }
        Type::Result(result) if store.data_mut().once_in(12) => Val::Result(Err(payload(store, result.err())?)),
        Type::Result(result) => Val::Result(Ok(payload(store, result.ok())?)),
        Type::Flags(flags) => {
            let names: Vec<&str> = flags.names().filter(|_| store.data_mut().below(2) == 1).collect();
            Val::Flags(names.into_iter().map(str::to_owned).collect())
        }
        Type::Own(of) => Val::Resource(resource(store, of)?),
        Type::Borrow(_) | Type::Map(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
            return Err(wasmtime::Error::msg("no function of this world answers with one"));
        }
    })
}

fn payload(store: &mut StoreContextMut<'_, Host>, ty: Option<Type>) -> wasmtime::Result<Option<Box<Val>>> {
    ty.map(|ty| made(store, &ty).map(Box::new)).transpose()
}

/// A new resource, with a number that no other has.
fn resource(store: &mut StoreContextMut<'_, Host>, ty: &ResourceType) -> wasmtime::Result<ResourceAny> {
    store.data_mut().resources += 1;
    let rep = store.data().resources;
    let place = (0..u32::MAX).find(|place| ResourceType::host_dynamic(*place) == *ty).expect("it was declared");
    ResourceDynamic::new_own(rep, place).try_into_resource_any(store)
}
