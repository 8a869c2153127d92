//! Calls what a component exports, as a script says.

use std::sync::Arc;

use wasmtime::component::{Component, Instance, InstancePre, ResourceAny, ResourceType, Val};
use wasmtime::{AsContextMut, Engine, Store};

use super::error::{Misfit, ScriptError};
use super::file::{Action, End, Script, Step};
use super::names::type_name;
use super::play::{self, Play};
use super::value::{self, misfit};
use super::wave::{Call, Value};
use super::world::{self, World, find};

/// A component and all that it takes to run scripts with it: compiled once, instantiated per script.
pub struct Host {
    engine: Engine,
    pre: InstancePre<Play>,
    world: Arc<World>,
}

/// What came of a script.
#[derive(Debug)]
pub struct Outcome {
    /// What happened, up to where it ended.
    pub transcript: String,
    /// Whether it went as the script says.
    pub result: Result<(), ScriptError>,
}

/// How a call of the component ended.
enum Came {
    Returned(Option<Val>),
    Trapped(String),
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

    /// Plays a script from its start to its end, or to where it goes wrong.
    pub fn play(&self, script: &Script) -> Outcome {
        let play = match Play::new(Arc::clone(&self.world), &script.raw) {
            Ok(play) => play,
            Err(error) => return Outcome { transcript: String::new(), result: Err(error) },
        };
        let mut store = Store::new(&self.engine, play);
        let result = self.steps(&mut store, script);
        let play = store.into_data();
        // What the script did not foresee is why the component trapped.
        let result = play.failed.map_or(result, Err);
        Outcome { transcript: play.transcript, result }
    }

    fn steps(&self, store: &mut Store<Play>, script: &Script) -> Result<(), ScriptError> {
        let instance = self.pre.instantiate(&mut *store);
        let instance = instance.map_err(|error| ScriptError::Component { message: error.root_cause().to_string() })?;
        let types: Vec<(ResourceType, String)> = self
            .world
            .own
            .iter()
            .filter_map(|(name, index)| Some((instance.get_resource(&mut *store, index)?, name.clone())))
            .collect();
        let mut trapped = false;
        for (number, step) in script.calls.iter().enumerate() {
            let at = format!("call {} of `{}`", number + 1, brief(&step.action));
            if trapped {
                return Err(ScriptError::AfterTrap { at });
            }
            store.data_mut().at = at;
            store.data_mut().enter(&step.raw)?;
            trapped = self.step(store, &instance, &types, step)?;
        }
        let play = store.data_mut();
        "the end".clone_into(&mut play.at);
        let open = play.names.open_ones().join(", ");
        if !open.is_empty() {
            play.tell(&format!("open at the end: {open}"));
        }
        play.finish()
    }

    /// Does one step; whether the component trapped, as it should.
    fn step(
        &self,
        store: &mut Store<Play>,
        instance: &Instance,
        types: &[(ResourceType, String)],
        step: &Step,
    ) -> Result<bool, ScriptError> {
        let at = store.data().at.clone();
        let start = store.data().clock;
        let (came, ty) = match &step.action {
            Action::Call(call) => {
                store.data_mut().tell(&call.to_string());
                self.call(store, instance, call)?
            }
            Action::Drop(name) => {
                store.data_mut().tell(&format!("drop {name}"));
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
                self.name(store, val, ty.as_ref(), &step.end, types)?;
                let lifted = play::lift(&mut store.as_context_mut(), std::slice::from_ref(val));
                let lifted = lifted.map_err(|error| ScriptError::Component { message: error.to_string() })?;
                let seen: Vec<_> = lifted.iter().map(|(resource, rep, _)| (*resource, *rep)).collect();
                store.data().show(val, &seen)
            }
            Came::Trapped(message) => format!("trap \"{message}\""),
        };
        store.data_mut().tell(&format!("= {end}"));
        match (&step.end, &came) {
            (End::Trap(expected), Came::Trapped(message)) if message.contains(expected) => {}
            (End::Trap(expected), Came::Trapped(_) | Came::Returned(_)) => {
                return Err(ScriptError::NoTrap { at, got: format!("came to {end}"), expected: expected.clone() });
            }
            (End::Any | End::Value(_), Came::Trapped(message)) => {
                return Err(ScriptError::Trapped { at, message: message.clone() });
            }
            (End::Any, Came::Returned(_)) => {}
            (End::Value(expected), Came::Returned(val)) => {
                let fits = match (val, &ty) {
                    (Some(val), Some(ty)) => {
                        let names = &store.data().names;
                        let mut same =
                            |name: &str, resource: &ResourceAny| names.name_of(resource).is_none_or(|of| of == name);
                        let fits = value::fits(expected, val, ty, &mut same);
                        fits.map_err(|misfit| ScriptError::Value { at: format!("{at}, `expect`"), misfit })?
                    }
                    (None, _) | (Some(_), None) => false,
                };
                if !fits {
                    return Err(ScriptError::Returned { at, got: end, expected: expected.to_string() });
                }
            }
        }
        let took = store.data().clock - start;
        if let Some(within) = step.within.filter(|within| took > *within) {
            return Err(ScriptError::Late { at, took, within });
        }
        store.data_mut().leave()?;
        Ok(matches!(came, Came::Trapped(_)))
    }

    fn call(
        &self,
        store: &mut Store<Play>,
        instance: &Instance,
        call: &Call,
    ) -> Result<(Came, Option<wasmtime::component::Type>), ScriptError> {
        let at = store.data().at.clone();
        let place = find(self.world.exports.iter().map(|(function, _)| function), &call.path, "exported function")?;
        let missing = || ScriptError::Component { message: format!("its export `{}` is no function", call.path) };
        let (_, index) = self.world.exports.get(place).ok_or_else(missing)?;
        let function = instance.get_func(&mut *store, index).ok_or_else(missing)?;
        let ty = function.ty(&*store);
        let parameters: Vec<_> = ty.params().map(|(_, ty)| ty).collect();
        if parameters.len() != call.arguments.len() {
            let (takes, written) = (parameters.len(), call.arguments.len());
            return Err(ScriptError::Count { at, path: call.path.clone(), takes, written });
        }
        let (mut given, mut opened) = (Vec::new(), Vec::new());
        let mut arguments = Vec::new();
        for (written, ty) in call.arguments.iter().zip(&parameters) {
            let mut make =
                |name: Option<&str>, ty: &ResourceType, own| argument(store, name, ty, own, &mut given, &mut opened);
            let argument = value::build(written, ty, &mut make);
            arguments.push(argument.map_err(|misfit| ScriptError::Value { at: at.clone(), misfit })?);
        }
        opened.iter().for_each(|name| store.data_mut().tell(&format!("+ {name}")));
        given.iter().for_each(|resource| store.data_mut().names.release(resource));
        let ty = ty.results().next();
        let mut results = vec![Val::Bool(false); usize::from(ty.is_some())];
        let came = function.call(&mut *store, &arguments, &mut results);
        Ok((ended(came.map(|()| results.pop())), ty))
    }

    /// Gives names to the resources that came: those of the script, and others to what it does not name.
    fn name(
        &self,
        store: &mut Store<Play>,
        val: &Val,
        ty: Option<&wasmtime::component::Type>,
        end: &End,
        types: &[(ResourceType, String)],
    ) -> Result<(), ScriptError> {
        let mut came = Vec::new();
        play::resources(val, &mut came);
        came.retain(|resource| play::of_host(&self.world, &resource.ty()).is_none());
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
        news.iter().for_each(|name| store.data_mut().tell(&format!("+ {name}")));
        Ok(())
    }
}

fn brief(action: &Action) -> String {
    match action {
        Action::Call(call) => call.to_string(),
        Action::Drop(name) => format!("drop {name}"),
    }
}

/// A trap says its innermost cause: what is around it is where it was.
fn ended(came: wasmtime::Result<Option<Val>>) -> Came {
    match came {
        Ok(val) => Came::Returned(val),
        Err(error) => Came::Trapped(error.root_cause().to_string()),
    }
}

/// A resource to call with: one that the script holds, or one of the host.
fn argument(
    store: &mut Store<Play>,
    name: Option<&str>,
    ty: &ResourceType,
    own: bool,
    given: &mut Vec<ResourceAny>,
    opened: &mut Vec<String>,
) -> Result<ResourceAny, Misfit> {
    if play::of_host(&store.data().world, ty).is_some() {
        if let (false, Some(name)) = (own, name)
            && store.data().names.find(name).is_none()
        {
            store.data_mut().names.open(name.to_owned());
            opened.push(name.to_owned());
        }
        return play::make(&mut store.as_context_mut(), name, ty, own, opened);
    }
    let held = name.and_then(|name| store.data().names.held(name));
    let wrong = |wanted: &str| misfit(&Value::Handle(name.unwrap_or("_").to_owned()), wanted);
    let held = held.ok_or_else(|| wrong("resource that the script holds"))?;
    if held.ty() != *ty {
        return Err(wrong("resource of that type"));
    }
    if own {
        given.push(held);
    }
    Ok(held)
}
