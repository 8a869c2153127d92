//! The smallest host that the guest's rows need: answers from memory, and no work but what any host must do.
//!
//! It names nothing but wasmtime and a clock, so that `fixtures/bench/engine` can compile the same file with another version.

use std::collections::HashMap;
use std::sync::Arc;

use wasmtime::component::types::{ComponentInstance, ComponentItem};
use wasmtime::component::{Component, InstancePre, Lift, Linker, LinkerInstance, Lower, Resource, ResourceType};
use wasmtime::{Config, Engine, Result, Store, StoreContextMut};

use super::clock::thread_time;
use types::{Error, HttpVersion, InsertOptions, KvError, OpenError};

/// What the host calls.
const HANDLER: &str = "fastly:compute/http-incoming@0.1.0";

/// The config store that there is.
const STORE: &str = "bench";

/// One run of a row in a fresh sandbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    /// How long the call of the handler took, without making the sandbox.
    pub nanoseconds: f64,
    /// How many instructions were executed, on an engine that counts them.
    pub instructions: Option<u64>,
    /// What the guest answered: a sum over what it saw, or what went wrong.
    pub answer: String,
}

/// How an engine is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As the local host has it, to take the time.
    Timed,
    /// Without support for concurrent calls, which no row makes, and which costs each call something.
    Sequential,
    /// To count instructions.
    Counted,
}

/// A guest on the small host.
pub struct Guest {
    engine: Engine,
    instance: InstancePre<State>,
    mode: Mode,
}

/// What the host answers with, and what was answered to it.
struct State {
    uri: String,
    /// Names as the raw world gives them, each with a NUL behind it.
    names: String,
    configs: HashMap<String, String>,
    /// What is read from bodies; it is copied into the guest and nowhere else.
    bytes: Arc<[u8]>,
    answer: Vec<u8>,
}

struct Request;
struct Response;
struct Pollable;
struct ConfigStore;
struct KvStore;

impl Guest {
    /// Compiles a component.
    pub fn new(component: &[u8], mode: Mode) -> Result<Self> {
        let mut config = Config::new();
        // The local host can interrupt what runs; a count of instructions needs no clock.
        config.epoch_interruption(mode != Mode::Counted).consume_fuel(mode == Mode::Counted);
        config.concurrency_support(mode != Mode::Sequential);
        let engine = Engine::new(&config)?;
        let component = Component::new(&engine, component)?;
        let instance = link(&engine, &component)?.instantiate_pre(&component)?;
        Ok(Self { engine, instance, mode })
    }

    /// Does a row that often, in a fresh sandbox.
    pub fn run(&self, row: &str, size: usize, times: u32) -> Result<Ran> {
        let mut store = Store::new(&self.engine, State::new(row, size, times));
        if self.mode == Mode::Counted {
            store.set_fuel(u64::MAX)?;
        } else {
            store.set_epoch_deadline(u64::MAX / 2);
        }
        let instance = self.instance.instantiate(&mut store)?;
        let missing = || wasmtime::Error::msg("the component exports no handler");
        let interface = instance.get_export_index(&mut store, None, HANDLER).ok_or_else(missing)?;
        let handle = instance.get_export_index(&mut store, Some(&interface), "handle").ok_or_else(missing)?;
        let handle = instance
            .get_typed_func::<(Resource<Request>, Resource<Pollable>), (Result<(), ()>,)>(&mut store, handle)?;
        let before = self.fuel(&store)?;
        let start = thread_time();
        let (answered,) = handle.call(&mut store, (Resource::new_own(0), Resource::new_own(0)))?;
        let nanoseconds = thread_time() - start;
        let instructions = match (before, self.fuel(&store)?) {
            (Some(before), Some(after)) => Some(before - after),
            (_, _) => None,
        };
        let answer = match answered {
            Ok(()) => String::from_utf8_lossy(&store.data().answer).into_owned(),
            Err(()) => "the handler failed".to_owned(),
        };
        Ok(Ran { nanoseconds, instructions, answer })
    }

    fn fuel(&self, store: &Store<State>) -> Result<Option<u64>> {
        (self.mode == Mode::Counted).then(|| store.get_fuel()).transpose()
    }
}

impl State {
    fn new(row: &str, size: usize, times: u32) -> Self {
        Self {
            uri: format!("http://bench.test/{row}/{size}?n={times}"),
            names: (0..size.min(1000)).map(|number| format!("x-header-{number:03}\0")).collect(),
            configs: HashMap::from([(size.to_string(), "v".repeat(size))]),
            bytes: vec![b'x'; size].into(),
            answer: Vec::new(),
        }
    }
}

type Cx<'a> = StoreContextMut<'a, State>;

/// A value that fits, or how long it is.
fn fitting<T: AsRef<[u8]>>(value: T, most: u64) -> Result<T, Error> {
    let length = value.as_ref().len() as u64;
    if length > most { Err(Error::BufferLen(length)) } else { Ok(value) }
}

fn link(engine: &Engine, component: &Component) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    linker.allow_shadowing(true);
    let mut resources = Vec::new();
    for (name, item) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(interface) = item.ty else { continue };
        let mut instance = linker.instance(name)?;
        declare(engine, &mut instance, name, &interface, &mut resources)?;
        match name {
            "fastly:compute/http-req@0.1.0" => requests(&mut instance)?,
            "fastly:compute/http-resp@0.1.0" => responses(&mut instance)?,
            "fastly:compute/http-body@0.1.0" => bodies(&mut instance)?,
            "fastly:compute/config-store@0.1.0" => configs(&mut instance)?,
            "fastly:compute/kv-store@0.1.0" => stores(&mut instance)?,
            name if name.starts_with("wasi:clocks/monotonic-clock@") => clock(&mut instance)?,
            _ => {}
        }
    }
    Ok(linker)
}

/// What an observer asks.
fn clock(clock: &mut LinkerInstance<'_, State>) -> Result<()> {
    let start = std::time::Instant::now();
    clock.func_wrap("now", move |_: Cx<'_>, (): ()| Ok((start.elapsed().as_nanos() as u64,)))
}

/// Everything of an interface: it is imported whole, and whoever calls what no row calls is told which function it is.
///
/// `resources` are the component's types for what was declared so far, and ours for them: an interface that uses a
/// resource of another one has it too, by a name of its own.
fn declare(
    engine: &Engine,
    instance: &mut LinkerInstance<'_, State>,
    interface: &str,
    items: &ComponentInstance,
    resources: &mut Vec<(ResourceType, ResourceType)>,
) -> Result<()> {
    for (name, item) in items.exports(engine) {
        if let ComponentItem::Resource(theirs) = item.ty {
            let known = resources.iter().find(|(of_component, _)| *of_component == theirs).map(|(_, ours)| *ours);
            let ours = known.unwrap_or_else(|| resource(interface, name));
            resources.push((theirs, ours));
            instance.resource(name, ours, |_, _| Ok(()))?;
        } else if matches!(item.ty, ComponentItem::ComponentFunc(_)) {
            let message = format!("no row calls `{interface}#{name}`");
            instance.func_new(name, move |_, _, _, _| Err(wasmtime::Error::msg(message.clone())))?;
        }
    }
    Ok(())
}

/// Our type for a resource.
fn resource(interface: &str, name: &str) -> ResourceType {
    match (interface, name) {
        ("fastly:compute/async-io@0.1.0", "pollable") => ResourceType::host::<Pollable>(),
        ("fastly:compute/http-req@0.1.0", "request") => ResourceType::host::<Request>(),
        ("fastly:compute/http-resp@0.1.0", "response") => ResourceType::host::<Response>(),
        ("fastly:compute/config-store@0.1.0", "store") => ResourceType::host::<ConfigStore>(),
        ("fastly:compute/kv-store@0.1.0", "store") => ResourceType::host::<KvStore>(),
        ("fastly:compute/kv-store@0.1.0", "extra-insert-options") => ResourceType::host::<types::ExtraInsertOptions>(),
        ("fastly:compute/kv-store@0.1.0", "extra-kv-error") => ResourceType::host::<types::ExtraKvError>(),
        _ => ResourceType::host::<()>(),
    }
}

fn requests(requests: &mut LinkerInstance<'_, State>) -> Result<()> {
    requests.func_wrap("[method]request.get-version", |_: Cx, (_,): (Resource<Request>,)| {
        Ok((Ok::<_, Error>(HttpVersion::Http11),))
    })?;
    requests.func_wrap("[method]request.get-method", |_: Cx, (_, most): (Resource<Request>, u64)| {
        Ok((fitting("GET", most),))
    })?;
    requests.func_wrap("[method]request.get-uri", |cx: Cx, (_, most): (Resource<Request>, u64)| {
        Ok((fitting(cx.data().uri.clone(), most),))
    })?;
    requests.func_wrap("[method]request.get-header-names", |cx: Cx, (_, most, _): (Resource<Request>, u64, u32)| {
        Ok((fitting(cx.data().names.clone(), most).map(|names| (names, None::<u32>)),))
    })?;
    requests.func_wrap(
        "[method]request.get-header-value",
        |_: Cx, (_, _, most): (Resource<Request>, String, u64)| {
            Ok((fitting(&b"a value of a usual length"[..], most).map(Some),))
        },
    )?;
    requests.func_wrap("[method]request.insert-header", |_: Cx, (_, _, _): (Resource<Request>, String, Vec<u8>)| {
        Ok((Ok::<(), Error>(()),))
    })
}

fn responses(responses: &mut LinkerInstance<'_, State>) -> Result<()> {
    responses
        .func_wrap("[static]response.new", |_: Cx, (): ()| Ok((Ok::<_, Error>(Resource::<Response>::new_own(0)),)))?;
    responses.func_wrap("send-downstream", |_: Cx, (_, _): (Resource<Response>, Resource<Pollable>)| {
        Ok((Ok::<(), Error>(()),))
    })
}

fn bodies(bodies: &mut LinkerInstance<'_, State>) -> Result<()> {
    bodies.func_wrap("new", |_: Cx, (): ()| Ok((Ok::<_, Error>(Resource::<Pollable>::new_own(0)),)))?;
    bodies.func_wrap("read", |cx: Cx, (_, most): (Resource<Pollable>, u32)| {
        let bytes = &cx.data().bytes;
        Ok((if bytes.len() <= most as usize { Ok(bytes.clone()) } else { Err(Error::BufferLen(bytes.len() as u64)) },))
    })?;
    // A host has to take what is written out of the guest, once.
    bodies.func_wrap("write", |mut cx: Cx, (_, bytes): (Resource<Pollable>, Vec<u8>)| {
        let count = bytes.len() as u32;
        cx.data_mut().answer = bytes;
        Ok((Ok::<_, Error>(count),))
    })
}

fn configs(configs: &mut LinkerInstance<'_, State>) -> Result<()> {
    configs.func_wrap("[static]store.open", |_: Cx, (name,): (String,)| {
        Ok((if name == STORE { Ok(Resource::<ConfigStore>::new_own(0)) } else { Err(OpenError::NotFound) },))
    })?;
    configs.func_wrap("[method]store.get", |cx: Cx, (_, key, most): (Resource<ConfigStore>, String, u64)| {
        let value = cx.data().configs.get(&key).cloned();
        Ok((value.map(|value| fitting(value, most)).transpose(),))
    })
}

fn stores(stores: &mut LinkerInstance<'_, State>) -> Result<()> {
    stores.func_wrap("[static]store.open", |_: Cx, (_,): (String,)| {
        Ok((Ok::<_, OpenError>(Resource::<KvStore>::new_own(0)),))
    })?;
    stores.func_wrap(
        "[method]store.insert",
        |_: Cx, (_, _, _, _): (Resource<KvStore>, String, Resource<Pollable>, InsertOptions)| {
            Ok((Ok::<(), KvError>(()),))
        },
    )
}

/// The types of the raw world that the functions above have.
#[allow(dead_code, reason = "a type has every case, whether it is said here or not")]
mod types {
    use super::{Lift, Lower, Resource};
    use wasmtime::component::ComponentType;

    pub struct ExtraInsertOptions;
    pub struct ExtraKvError;

    #[derive(ComponentType, Lower)]
    #[component(variant)]
    pub enum Error {
        #[component(name = "generic-error")]
        Generic,
        #[component(name = "invalid-argument")]
        InvalidArgument,
        #[component(name = "auxiliary-error")]
        Auxiliary,
        #[component(name = "buffer-len")]
        BufferLen(u64),
        #[component(name = "unsupported")]
        Unsupported,
        #[component(name = "http-invalid")]
        HttpInvalid,
        #[component(name = "http-user")]
        HttpUser,
        #[component(name = "http-incomplete")]
        HttpIncomplete,
        #[component(name = "cannot-read")]
        CannotRead,
        #[component(name = "http-head-too-large")]
        HttpHeadTooLarge,
        #[component(name = "http-invalid-status")]
        HttpInvalidStatus,
        #[component(name = "limit-exceeded")]
        LimitExceeded,
    }

    #[derive(ComponentType, Lower, Clone, Copy)]
    #[component(enum)]
    #[repr(u8)]
    pub enum OpenError {
        #[component(name = "invalid-syntax")]
        InvalidSyntax,
        #[component(name = "name-too-long")]
        NameTooLong,
        #[component(name = "reserved")]
        Reserved,
        #[component(name = "not-found")]
        NotFound,
        #[component(name = "unsupported")]
        Unsupported,
        #[component(name = "limit-exceeded")]
        LimitExceeded,
        #[component(name = "generic-error")]
        Generic,
    }

    #[derive(ComponentType, Lower, Clone, Copy)]
    #[component(enum)]
    #[repr(u8)]
    pub enum HttpVersion {
        #[component(name = "http09")]
        Http09,
        #[component(name = "http10")]
        Http10,
        #[component(name = "http11")]
        Http11,
        #[component(name = "h2")]
        H2,
        #[component(name = "h3")]
        H3,
    }

    #[derive(ComponentType, Lower)]
    #[component(variant)]
    pub enum KvError {
        #[component(name = "bad-request")]
        BadRequest,
        #[component(name = "precondition-failed")]
        PreconditionFailed,
        #[component(name = "payload-too-large")]
        PayloadTooLarge,
        #[component(name = "internal-error")]
        Internal,
        #[component(name = "too-many-requests")]
        TooManyRequests,
        #[component(name = "generic-error")]
        Generic,
        #[component(name = "extra")]
        Extra(Resource<ExtraKvError>),
    }

    #[derive(ComponentType, Lift, Clone, Copy)]
    #[component(enum)]
    #[repr(u8)]
    pub enum InsertMode {
        #[component(name = "overwrite")]
        Overwrite,
        #[component(name = "add")]
        Add,
        #[component(name = "append")]
        Append,
        #[component(name = "prepend")]
        Prepend,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct InsertOptions {
        #[component(name = "background-fetch")]
        pub background_fetch: bool,
        #[component(name = "if-generation-match")]
        pub if_generation_match: Option<u64>,
        #[component(name = "metadata")]
        pub metadata: Option<String>,
        #[component(name = "time-to-live-sec")]
        pub time_to_live_sec: Option<u32>,
        #[component(name = "mode")]
        pub mode: InsertMode,
        #[component(name = "extra")]
        pub extra: Option<Resource<ExtraInsertOptions>>,
    }
}
