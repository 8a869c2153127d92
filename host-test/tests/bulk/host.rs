//! A host that answers as a scene says, and notes what it is told.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, InstancePre, Linker, LinkerInstance, Resource, ResourceAny, ResourceType, Val};
use wasmtime::{Config, Engine, Error, OptLevel, Store, StoreContextMut};

/// How the host answers a call; the usual way where a scene says no more: it takes all, and gives what it is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// It took so many, it says.
    Takes(u32),
    /// It gives so many.
    Gives(u32),
    /// It fails with the error of this place.
    Fails(usize),
    /// It ends all.
    Traps,
}

/// How a scene went.
#[derive(Debug)]
pub struct Played {
    /// What the host was told, a call a line.
    pub told: Vec<String>,
    pub trapped: bool,
    /// How much work it was.
    pub fuel: u64,
    /// How much memory there was in the end.
    pub memory: usize,
}

const CASES: [&str; 12] = [
    "generic-error",
    "invalid-argument",
    "auxiliary-error",
    "buffer-len",
    "unsupported",
    "http-invalid",
    "http-user",
    "http-incomplete",
    "cannot-read",
    "http-head-too-large",
    "http-invalid-status",
    "limit-exceeded",
];

/// How many errors there are.
pub const ERRORS: usize = CASES.len();

struct Body;
struct Other;

struct Told {
    /// What the app is given to do, until it has read it.
    scene: Option<Vec<u8>>,
    lines: Vec<String>,
    answers: VecDeque<Answer>,
    bodies: u32,
    limits: Limits,
}

/// How large a memory may be, in bytes.
const MOST: usize = 8 << 20;

/// Counts what memory there is.
struct Limits(usize);

impl wasmtime::ResourceLimiter for Limits {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        if desired > MOST {
            return Ok(false);
        }
        self.0 += desired - current;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

/// A composed app, ready to play scenes.
pub struct Stage {
    engine: Engine,
    app: InstancePre<Told>,
}

impl Stage {
    pub fn new(component: &[u8]) -> Self {
        let mut config = Config::new();
        // What counts is how soon it is compiled.
        config.consume_fuel(true).cranelift_opt_level(OptLevel::None);
        let engine = Engine::new(&config).expect("an engine");
        let component = Component::new(&engine, component).unwrap_or_else(|error| panic!("{error:?}"));
        let linker = linker(&engine, &component).unwrap_or_else(|error| panic!("{error:?}"));
        let app = linker.instantiate_pre(&component).unwrap_or_else(|error| panic!("{error:?}"));
        Self { engine, app }
    }

    /// Plays a scene, which is what the app reads first.
    pub fn play(&self, scene: &[u8], answers: &[Answer]) -> Played {
        let told = Told {
            scene: Some(scene.to_vec()),
            lines: Vec::new(),
            answers: answers.iter().copied().collect(),
            bodies: 2,
            limits: Limits(0),
        };
        let mut store = Store::new(&self.engine, told);
        store.limiter(|told| &mut told.limits);
        store.set_fuel(u64::MAX).expect("fuel");
        let instance = self.app.instantiate(&mut store).unwrap_or_else(|error| panic!("{error:?}"));
        let incoming = instance.get_export_index(&mut store, None, "fastly:compute/http-incoming@0.1.0");
        let handle = instance.get_export_index(&mut store, incoming.as_ref(), "handle").expect("the host calls it");
        let handle = instance
            .get_typed_func::<(Resource<Other>, Resource<Body>), (Result<(), ()>,)>(&mut store, &handle)
            .unwrap_or_else(|error| panic!("{error:?}"));
        let before = store.get_fuel().expect("fuel");
        let outcome = handle.call(&mut store, (Resource::new_own(1), Resource::new_own(2)));
        let fuel = before - store.get_fuel().expect("fuel");
        let told = store.into_data();
        Played { told: told.lines, trapped: outcome.is_err(), fuel, memory: told.limits.0 }
    }
}

fn linker(engine: &Engine, component: &Component) -> wasmtime::Result<Linker<Told>> {
    let mut linker = Linker::new(engine);
    for (name, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(interface) = import.ty else { continue };
        let mut instance = linker.instance(name)?;
        for (item, export) in interface.exports(engine) {
            match export.ty {
                ComponentItem::Resource(_) => resource(&mut instance, item)?,
                ComponentItem::ComponentFunc(_) => function(&mut instance, name, item)?,
                ComponentItem::CoreFunc(_)
                | ComponentItem::Module(_)
                | ComponentItem::Component(_)
                | ComponentItem::ComponentInstance(_)
                | ComponentItem::Type(_) => {}
            }
        }
    }
    Ok(linker)
}

/// Bodies are pollables, under whatever name; all else is something else.
fn resource(instance: &mut LinkerInstance<'_, Told>, name: &str) -> wasmtime::Result<()> {
    let is_body = name == "body" || name == "pollable" || name.starts_with("pending-");
    let ty = if is_body { ResourceType::host::<Body>() } else { ResourceType::host::<Other>() };
    instance.resource(name, ty, move |mut store, rep| {
        if is_body {
            store.data_mut().lines.push(format!("drop body#{rep}"));
        }
        Ok(())
    })
}

fn function(instance: &mut LinkerInstance<'_, Told>, interface: &str, name: &str) -> wasmtime::Result<()> {
    let of = interface.to_owned();
    let called = name.to_owned();
    instance.func_new(name, move |mut store, _, params, results| {
        let answer = match (of.as_str(), called.as_str()) {
            ("fastly:compute/http-body@0.1.0", "new") => {
                let told = store.data_mut();
                told.bodies += 1;
                told.lines.push(format!("new body#{}", told.bodies));
                let body = Resource::<Body>::new_own(told.bodies);
                Ok(Some(Box::new(Val::Resource(ResourceAny::try_from_resource(body, &mut store)?))))
            }
            ("fastly:compute/http-body@0.1.0", "write" | "write-front" | "read" | "close") => {
                answer(&mut store, &called, params)?
            }
            _ => return Err(Error::msg(format!("{of} {called} is not played"))),
        };
        results[0] = Val::Result(answer);
        Ok(())
    })
}

type Answered = Result<Option<Box<Val>>, Option<Box<Val>>>;

fn answer(store: &mut StoreContextMut<'_, Told>, called: &str, params: &[Val]) -> wasmtime::Result<Answered> {
    let Val::Resource(body) = params[0] else { return Err(Error::msg("there is no body")) };
    let body = Resource::<Body>::try_from_resource_any(body, &mut *store)?.rep();
    let (length, sum) = match params.get(1) {
        Some(Val::List(bytes)) => (bytes.len() as u32, checksum(bytes)),
        Some(Val::U32(count)) => (*count, 0),
        Some(_) | None => (0, 0),
    };
    let told = store.data_mut();
    if called == "read"
        && let Some(scene) = told.scene.take()
    {
        return Ok(Ok(Some(Box::new(Val::List(scene.into_iter().map(Val::U8).collect())))));
    }
    told.lines.push(format!("{called} body#{body} {length} {sum:x}"));
    let usual = if called == "read" { Answer::Gives(length) } else { Answer::Takes(length) };
    // What is not about the body of the scene is not of the scene.
    let answer = if called == "close" { usual } else { told.answers.pop_front().unwrap_or(usual) };
    Ok(match answer {
        Answer::Traps => return Err(Error::msg("the host ends it")),
        Answer::Fails(place) => {
            let payload = (CASES[place] == "buffer-len").then(|| Box::new(Val::U64(u64::MAX)));
            Err(Some(Box::new(Val::Variant(CASES[place].to_owned(), payload))))
        }
        Answer::Takes(count) if called == "write" => Ok(Some(Box::new(Val::U32(count)))),
        Answer::Gives(count) if called == "read" => {
            Ok(Some(Box::new(Val::List((0..count).map(|at| Val::U8((at * 7) as u8)).collect()))))
        }
        Answer::Takes(_) | Answer::Gives(_) => Ok(None),
    })
}

fn checksum(bytes: &[Val]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.iter().for_each(|byte| {
        if let Val::U8(byte) = byte {
            byte.hash(&mut hasher)
        }
    });
    hasher.finish()
}
