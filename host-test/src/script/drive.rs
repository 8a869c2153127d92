//! Calls what a component exports, as a script says.

use std::sync::Arc;

use wasmtime::component::{Component, Instance, InstancePre, ResourceAny, ResourceType, Type, Val};
use wasmtime::{AsContextMut, Engine, Store, StoreContextMut, WasmBacktrace};

use super::error::{Misfit, ScriptError};
use super::file::{Action, End, Script, Step};
use super::handles;
use super::ledger::Ledger;
use super::memory::Memory;
use super::names::type_name;
use super::play::Play;
use super::value::{self, misfit};
use super::wave::{Call, Value};
use super::world::{self, World};

/// A component and all that it takes to run scripts with it: compiled once, instantiated per script.
pub struct Host {
    engine: Engine,
    pre: InstancePre<Play>,
    world: Arc<World>,
}

/// A component that runs, for one script after the other.
#[derive(Debug)]
pub struct Session {
    store: Store<Play>,
    instance: Instance,
    types: Vec<(ResourceType, String)>,
}

/// What came of a script.
#[derive(Debug)]
pub struct Outcome {
    /// What happened, up to where it ended.
    pub transcript: String,
    /// Whether it went as the script says.
    pub result: Result<(), ScriptError>,
    /// What became of the raw handles.
    pub ledger: Ledger,
}

/// How a call of the component ended.
enum Came {
    Returned(Option<Val>),
    Trapped(String),
    /// It never began.
    Refused(String),
}

impl Host {
    /// Compiles a component and links it to a host that asks a script.
    pub fn new(engine: &Engine, component: &[u8]) -> Result<Self, ScriptError> {
        let failed = |error: wasmtime::Error| ScriptError::Component { message: format!("{error:#}") };
        let component = Component::new(engine, component).map_err(failed)?;
        let (world, linker) = world::walk(engine, &component)?;
        let pre = linker.instantiate_pre(&component).map_err(failed)?;
        Ok(Self { engine: engine.clone(), pre, world })
    }

    /// What the component has.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Starts the component, with so much memory.
    pub fn start(&self, memory: Memory) -> Result<Session, ScriptError> {
        let mut store = Store::new(&self.engine, Play::new(Arc::clone(&self.world), memory));
        store.limiter(|play| &mut play.memory);
        // What is copied is what the script says.
        store.set_hostcall_fuel(usize::MAX);
        let instance = self.pre.instantiate(&mut store);
        let instance = instance.map_err(|error| ScriptError::Component { message: error.root_cause().to_string() })?;
        let own = self.world.own.iter();
        let types = own.filter_map(|(name, index)| Some((instance.get_resource(&mut store, index)?, name.clone())));
        let types = types.collect();
        store.data_mut().instance = Some(instance);
        Ok(Session { store, instance, types })
    }

    /// Plays a script from its start to its end, or to where it goes wrong.
    pub fn play(&self, script: &Script) -> Outcome {
        match self.start(Memory::default()) {
            Ok(session) => session.play(script),
            Err(error) => Outcome { transcript: String::new(), result: Err(error), ledger: Ledger::default() },
        }
    }
}

impl Session {
    /// Plays a script, and ends.
    pub fn play(mut self, script: &Script) -> Outcome {
        let result = self.run(script);
        let play = self.store.into_data();
        Outcome { transcript: play.transcript, result, ledger: play.ledger }
    }

    /// How much memory the component has, in bytes.
    pub fn memory(&self) -> usize {
        self.store.data().memory.has
    }

    /// Plays a script again and again, in one instance: how much memory that has had after each.
    pub fn repeat(mut self, script: &Script, times: usize) -> Result<Vec<usize>, ScriptError> {
        let mut had = Vec::with_capacity(times);
        for _ in 0..times {
            self.run(script)?;
            had.push(self.store.data().memory.has);
            // What goes wrong, if anything does, goes wrong the first time.
            self.store.data_mut().quiet = true;
        }
        Ok(had)
    }

    fn run(&mut self, script: &Script) -> Result<(), ScriptError> {
        let result = self.steps(script);
        // What the script did not foresee is why the component trapped.
        self.store.data_mut().failed.take().map_or(result, Err)
    }

    fn steps(&mut self, script: &Script) -> Result<(), ScriptError> {
        self.store.data_mut().begin(&script.raw)?;
        let mut trapped = false;
        for (number, step) in script.calls.iter().enumerate() {
            let at = format!("call {} of `{}`", number + 1, step.text);
            if trapped {
                return Err(ScriptError::AfterTrap { at });
            }
            self.store.data_mut().at = at;
            self.store.data_mut().enter(&step.raw)?;
            trapped = self.step(step)?;
        }
        let play = self.store.data_mut();
        "the end".clone_into(&mut play.at);
        let open = play.names.open_ones().join(", ");
        if !open.is_empty() {
            play.tell(format_args!("open at the end: {open}"));
        }
        play.finish()
    }

    /// Does one step; whether the component trapped, as it should.
    fn step(&mut self, step: &Step) -> Result<bool, ScriptError> {
        let store = &mut self.store;
        let at = store.data().at.clone();
        let start = store.data().clock;
        let (came, ty) = match &step.action {
            Action::Call(call) => {
                store.data_mut().tell(format_args!("{call}"));
                let strict = !matches!(step.end, End::Refused(_));
                invoke(&mut store.as_context_mut(), self.instance, call, strict)?
            }
            Action::Drop(name) => {
                store.data_mut().tell(format_args!("drop {name}"));
                let unknown = || misfit(&Value::Handle(name.clone()), "resource that the script holds");
                let held = store.data().names.held(name);
                let held = held.ok_or_else(|| ScriptError::Value { at: at.clone(), misfit: unknown() })?;
                store.data_mut().names.release(&held);
                (ended(held.resource_drop(&mut *store).map(|()| None)), None)
            }
        };
        if let Some(failed) = store.data_mut().failed.take() {
            return Err(failed);
        }
        let end = match &came {
            Came::Returned(None) => "nothing".to_owned(),
            Came::Returned(Some(val)) => {
                name(store, val, ty.as_ref(), &step.end, &self.types)?;
                taken(store, val)?
            }
            Came::Trapped(message) => format!("trap \"{message}\""),
            Came::Refused(message) => format!("refused \"{message}\""),
        };
        store.data_mut().tell(format_args!("= {end}"));
        match (&step.end, &came) {
            (End::Trap(expected), Came::Trapped(message)) | (End::Refused(expected), Came::Refused(message))
                if message.contains(expected) => {}
            (End::Trap(expected), _) => {
                return Err(ScriptError::NoTrap { at, got: format!("came to {end}"), expected: expected.clone() });
            }
            (End::Refused(expected), _) => {
                return Err(ScriptError::NotRefused { at, got: format!("came to {end}"), expected: expected.clone() });
            }
            (End::Any | End::Value(_), Came::Trapped(message) | Came::Refused(message)) => {
                return Err(ScriptError::Trapped { at, message: message.clone() });
            }
            (End::Any, Came::Returned(_)) => {}
            (End::Value(expected), Came::Returned(val)) => {
                let returned = val.as_ref().zip(ty.as_ref());
                if !returned.map_or(Ok(false), |(val, ty)| fits(store.data(), expected, val, ty))? {
                    return Err(ScriptError::Returned { at, got: end, expected: expected.to_string() });
                }
            }
        }
        let took = store.data().clock - start;
        if let Some(within) = step.within.filter(|within| took > *within) {
            return Err(ScriptError::Late { at, took, within });
        }
        store.data_mut().leave()?;
        Ok(!matches!(came, Came::Returned(_)))
    }
}

/// A value that the app is given, as text. Its resources are no longer the component's.
fn taken(store: &mut Store<Play>, val: &Val) -> Result<String, ScriptError> {
    let lifted = handles::lift(&mut store.as_context_mut(), std::slice::from_ref(val));
    let lifted = lifted.map_err(|error| ScriptError::Component { message: error.to_string() })?;
    lifted.iter().for_each(|(_, rep, _)| store.data_mut().closed(*rep, true));
    let seen: Vec<_> = lifted.iter().map(|(resource, rep, _)| (*resource, *rep)).collect();
    Ok(store.data().show(val, &seen))
}

/// Whether a value is what the script expects; resources go by their names.
fn fits(play: &Play, expected: &Value, val: &Val, ty: &Type) -> Result<bool, ScriptError> {
    let mut same = |name: &str, resource: &ResourceAny| play.names.name_of(resource).is_none_or(|of| of == name);
    let fits = value::fits(expected, val, ty, &mut same);
    fits.map_err(|misfit| ScriptError::Value { at: format!("{}, `expect`", play.at), misfit })
}

/// Calls an exported function. Where that is not to be let in, a handle may be one that the script has let go
/// of, or of another type.
fn invoke(
    store: &mut StoreContextMut<'_, Play>,
    instance: Instance,
    call: &Call,
    strict: bool,
) -> Result<(Came, Option<Type>), ScriptError> {
    let at = store.data().at.clone();
    let world = Arc::clone(&store.data().world);
    let place = world.exports.find(&call.path, "exported function")?;
    let missing = || ScriptError::Component { message: format!("its export `{}` is no function", call.path) };
    let index = world.places.get(place).ok_or_else(missing)?;
    let function = instance.get_func(&mut *store, index).ok_or_else(missing)?;
    let ty = function.ty(&*store);
    let parameters: Vec<_> = ty.params().map(|(_, ty)| ty).collect();
    if parameters.len() != call.arguments.len() {
        let (takes, written) = (parameters.len(), call.arguments.len());
        return Err(ScriptError::Count { at, path: call.path.clone(), takes, written });
    }
    let mut handed = Handed::default();
    let mut arguments = Vec::new();
    for (written, ty) in call.arguments.iter().zip(&parameters) {
        let mut make = |name: Option<&str>, ty: &ResourceType, own| argument(store, name, ty, own, strict, &mut handed);
        let argument = value::build(written, ty, &mut make);
        arguments.push(argument.map_err(|misfit| ScriptError::Value { at: at.clone(), misfit })?);
    }
    let play = store.data_mut();
    for name in handed.lent.iter().map(|(name, _)| name).chain(&handed.opened) {
        play.tell(format_args!("+ {name}"));
    }
    handed.opened.iter().for_each(|name| play.opened(name, &[]));
    handed.given.iter().for_each(|resource| play.names.release(resource));
    let ty = ty.results().next();
    let mut results = vec![Val::Bool(false); usize::from(ty.is_some())];
    let came = function.call(&mut *store, &arguments, &mut results);
    // What the app lent for the call goes with it; after a trap, all goes.
    if came.is_ok() {
        for (name, resource) in handed.lent {
            let failed = |error: wasmtime::Error| ScriptError::Component { message: format!("`{name}`: {error}") };
            resource.resource_drop(&mut *store).map_err(failed)?;
        }
    }
    Ok((ended(came.map(|()| results.pop())), ty))
}

/// Calls an exported function from inside a raw call, which the engine must not let in.
pub(super) fn reenter(store: &mut StoreContextMut<'_, Play>, call: &Call) -> wasmtime::Result<()> {
    let Some(instance) = store.data().instance else { return Ok(()) };
    let at = store.data().at.clone();
    let failed = match invoke(store, instance, call, true) {
        Ok((Came::Trapped(message) | Came::Refused(message), _)) => {
            store.data_mut().tell(format_args!("    {call} -> refused \"{message}\""));
            return Ok(());
        }
        Ok((Came::Returned(_), _)) => {
            let (got, expected) = (format!("`{call}` was let in"), "cannot enter component instance".to_owned());
            ScriptError::NotRefused { at, got, expected }
        }
        Err(error) => error,
    };
    let message = failed.to_string();
    store.data_mut().failed.get_or_insert(failed);
    Err(wasmtime::Error::msg(message))
}

/// Gives names to the resources that came: those of the script, and others to what it does not name.
fn name(
    store: &mut Store<Play>,
    val: &Val,
    ty: Option<&Type>,
    end: &End,
    types: &[(ResourceType, String)],
) -> Result<(), ScriptError> {
    let mut came = Vec::new();
    handles::resources(val, &mut came);
    came.retain(|resource| handles::of_host(&store.data().world, &resource.ty()).is_none());
    let at = format!("{}, `expect`", store.data().at);
    let mut news = Vec::new();
    if let (End::Value(written), Some(ty)) = (end, ty) {
        let names = &mut store.data_mut().names;
        let mut bind = |name: &str, resource: &ResourceAny| {
            if names.hold(name.to_owned(), *resource) {
                news.push(name.to_owned());
            }
            true
        };
        value::fits(written, val, ty, &mut bind).map_err(|misfit| ScriptError::Value { at, misfit })?;
    }
    for resource in came {
        let names = &mut store.data_mut().names;
        if names.name_of(&resource).is_none() {
            let kind = type_name(types, &resource.ty());
            let free = |name: &String| names.held(name).is_none();
            let mut all = (1_u64..).map(|number| format!("{kind}#new-{number}"));
            let name = all.find(free).unwrap_or_default();
            names.hold(name.clone(), resource);
            news.push(name);
        }
    }
    news.iter().for_each(|name| store.data_mut().tell(format_args!("+ {name}")));
    Ok(())
}

/// A trap says its innermost cause, and the innermost function that has a name; without any function of the
/// component around it, nothing of it ran.
fn ended(came: wasmtime::Result<Option<Val>>) -> Came {
    let error = match came {
        Ok(val) => return Came::Returned(val),
        Err(error) => error,
    };
    let cause = error.root_cause().to_string();
    match error.downcast_ref::<WasmBacktrace>() {
        None => Came::Refused(cause),
        Some(trace) => Came::Trapped(match trace.frames().iter().find_map(wasmtime::FrameInfo::func_name) {
            Some(name) => format!("{cause} in `{name}`"),
            None => cause,
        }),
    }
}

/// The resources in the arguments of a call.
#[derive(Debug, Default)]
struct Handed {
    /// Those of the component that are given back to it.
    given: Vec<ResourceAny>,
    /// Those of the host that become the component's.
    opened: Vec<String>,
    /// Those of the host that are there for this call only.
    lent: Vec<(String, ResourceAny)>,
}

/// A resource to call with: one that the script holds, or one of the host.
fn argument(
    store: &mut StoreContextMut<'_, Play>,
    name: Option<&str>,
    ty: &ResourceType,
    own: bool,
    strict: bool,
    handed: &mut Handed,
) -> Result<ResourceAny, Misfit> {
    if handles::of_host(&store.data().world, ty).is_some() {
        // The app has it, whether it lends it or gives it away.
        let mut made = Vec::new();
        let resource = handles::make(store, name, ty, true, &mut made)?;
        if own {
            handed.opened.append(&mut made);
        } else {
            handed.lent.extend(made.pop().map(|name| (name, resource)));
        }
        return Ok(resource);
    }
    let names = &store.data().names;
    let held = name.and_then(|name| names.held(name).or_else(|| names.let_go(name).filter(|_| !strict)));
    let wrong = |wanted: &str| misfit(&Value::Handle(name.unwrap_or("_").to_owned()), wanted);
    let held = held.ok_or_else(|| wrong("resource that the script holds"))?;
    if strict && held.ty() != *ty {
        return Err(wrong("resource of that type"));
    }
    if own && strict {
        handed.given.push(held);
    }
    Ok(held)
}
