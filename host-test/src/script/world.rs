//! What a component imports and exports, from its types, and a linker that asks the script.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex, Linker, LinkerInstance, ResourceType};

use super::error::ScriptError;
use super::play::{self, Play};

/// The functions and resources of a component, on both sides.
#[derive(Debug, Default)]
pub struct World {
    /// What it imports.
    pub raw: Functions,
    /// The names of the resources that it imports: the type of one is its place here.
    pub resources: Vec<String>,
    /// What it exports.
    pub exports: Functions,
    /// Where those are, in the same order.
    pub places: Vec<ComponentExportIndex>,
    /// The resources that it exports.
    pub own: Vec<(String, ComponentExportIndex)>,
}

/// A function, by where it is.
#[derive(Debug, Clone)]
pub struct Function {
    /// The full name of its interface; empty if it is the world's own.
    pub interface: String,
    /// Its name, as the component has it.
    pub name: String,
    /// What it takes and gives.
    pub ty: ComponentFunc,
    /// How scripts name it: `http-req.request.get-uri`.
    pub path: String,
    /// How transcripts name it: `http-req [method]request.get-uri`.
    pub told: String,
}

impl Function {
    fn new(interface: &str, name: &str, ty: &ComponentFunc) -> Self {
        let (path, told) = match short(interface) {
            "" => (item(name).to_owned(), name.to_owned()),
            short => (format!("{short}.{}", item(name)), format!("{short} {name}")),
        };
        Self { interface: interface.to_owned(), name: name.to_owned(), ty: ty.clone(), path, told }
    }

    /// Its name without what kind of function it is: `request.new` of `[static]request.new`.
    fn item(&self) -> &str {
        item(&self.name)
    }
}

/// An interface without its package and version; empty where there is none.
pub(crate) fn short(interface: &str) -> &str {
    let short = interface.rsplit_once('/').map_or(interface, |(_, name)| name);
    short.split_once('@').map_or(short, |(name, _)| name)
}

/// The name of a function without what kind of function it is. A constructor goes as it is called: `http-req.request()`.
pub(crate) fn item(name: &str) -> &str {
    let other = || name.split_once(']').map_or(name, |(_, item)| item);
    name.strip_prefix("[constructor]").unwrap_or_else(other)
}

/// Functions, found by whatever a script calls them.
#[derive(Debug, Default)]
pub struct Functions {
    all: Vec<Function>,
    /// Their places, by each of their names.
    named: HashMap<String, Vec<usize>>,
}

impl Functions {
    fn push(&mut self, function: Function) {
        let (interface, item) = (&function.interface, function.item());
        let full = [format!("{interface}.{item}"), format!("{interface} {}", function.name)];
        let names = BTreeSet::from_iter([function.path.clone(), function.told.clone()].into_iter().chain(full));
        for name in names {
            self.named.entry(name).or_default().push(self.all.len());
        }
        self.all.push(function);
    }

    /// All of them, in the order of the component.
    pub fn iter(&self) -> impl Iterator<Item = &Function> {
        self.all.iter()
    }

    /// The one in that place.
    pub fn get(&self, place: usize) -> Option<&Function> {
        self.all.get(place)
    }

    /// The one with that name, if there is one.
    pub fn by_name(&self, path: &str) -> Option<&Function> {
        self.all.get(*self.named.get(path)?.first()?)
    }

    /// The place of the one that a script means; `what` they are, for an error.
    pub fn find(&self, path: &str, what: &'static str) -> Result<usize, ScriptError> {
        let unknown = |advice| ScriptError::Unknown { what, path: path.to_owned(), advice };
        match self.named.get(path).map(Vec::as_slice).unwrap_or_default() {
            [place] => Ok(*place),
            [] => {
                let last = path.rsplit(['.', ' ', ']']).next().unwrap_or_default();
                let paths = self.all.iter().map(|function| &function.path);
                let near = paths.filter(|path| path.rsplit('.').next().is_some_and(|item| item == last));
                let near: Vec<_> = near.take(5).map(|path| format!("`{path}`")).collect();
                Err(unknown(match near.as_slice() {
                    [] => "correct the name".to_owned(),
                    [..] => format!("it has {}", near.join(", ")),
                }))
            }
            places => {
                let found = places.iter().filter_map(|place| self.all.get(*place));
                let all: Vec<_> = found.map(|of| format!("`{}.{}`", of.interface, of.item())).collect();
                Err(unknown(format!("by that name alone: say which of {}", all.join(", "))))
            }
        }
    }
}

fn failed(error: &wasmtime::Error) -> ScriptError {
    ScriptError::Component { message: format!("{error:#}") }
}

/// Walks the types of a component: what it has, and a linker with all that it imports.
pub fn walk(engine: &Engine, component: &Component) -> Result<(Arc<World>, Linker<Play>), ScriptError> {
    let mut linker = Linker::new(engine);
    let mut walk = Walk { world: World::default(), seen: Vec::new() };
    let ty = component.component_type();
    for (name, import) in ty.imports(engine) {
        match import.ty {
            ComponentItem::ComponentInstance(instance) => {
                let mut to = linker.instance(name).map_err(|error| failed(&error))?;
                for (item, import) in instance.exports(engine) {
                    walk.import(&mut to, name, item, &import.ty)?;
                }
            }
            item @ (ComponentItem::ComponentFunc(_)
            | ComponentItem::CoreFunc(_)
            | ComponentItem::Module(_)
            | ComponentItem::Component(_)
            | ComponentItem::Type(_)
            | ComponentItem::Resource(_)) => walk.import(&mut linker.root(), "", name, &item)?,
        }
    }
    for (name, export) in ty.exports(engine) {
        match export.ty {
            ComponentItem::ComponentInstance(instance) => {
                let Some((_, parent)) = component.get_export(None, name) else { continue };
                for (item, export) in instance.exports(engine) {
                    let Some((_, index)) = component.get_export(Some(&parent), item) else { continue };
                    walk.export(name, item, &export.ty, index);
                }
            }
            item @ (ComponentItem::ComponentFunc(_)
            | ComponentItem::CoreFunc(_)
            | ComponentItem::Module(_)
            | ComponentItem::Component(_)
            | ComponentItem::Type(_)
            | ComponentItem::Resource(_)) => {
                let Some((_, index)) = component.get_export(None, name) else { continue };
                walk.export("", name, &item, index);
            }
        }
    }
    Ok((Arc::new(walk.world), linker))
}

struct Walk {
    world: World,
    /// The resources met before: an interface that uses another's has it by the same type.
    seen: Vec<ResourceType>,
}

impl Walk {
    fn import(
        &mut self,
        to: &mut LinkerInstance<'_, Play>,
        interface: &str,
        name: &str,
        item: &ComponentItem,
    ) -> Result<(), ScriptError> {
        match item {
            ComponentItem::ComponentFunc(ty) => {
                let place = self.world.raw.all.len();
                self.world.raw.push(Function::new(interface, name, ty));
                let answer = move |store: wasmtime::StoreContextMut<'_, Play>,
                                   ty: ComponentFunc,
                                   arguments: &[wasmtime::component::Val],
                                   results: &mut [wasmtime::component::Val]| {
                    play::answer(store, place, &ty, arguments, results)
                };
                to.func_new(name, answer).map_err(|error| failed(&error))
            }
            ComponentItem::Resource(resource) => {
                let place = self.seen.iter().position(|seen| seen == resource).unwrap_or_else(|| {
                    self.seen.push(*resource);
                    self.world.resources.push(name.to_owned());
                    self.seen.len() - 1
                });
                let ty = ResourceType::host_dynamic(u32::try_from(place).unwrap_or(u32::MAX));
                let dropped = |store: wasmtime::StoreContextMut<'_, Play>, rep| {
                    play::dropped(store, rep);
                    Ok(())
                };
                to.resource(name, ty, dropped).map_err(|error| failed(&error))
            }
            ComponentItem::Type(_) => Ok(()),
            ComponentItem::CoreFunc(_)
            | ComponentItem::Module(_)
            | ComponentItem::Component(_)
            | ComponentItem::ComponentInstance(_) => Err(ScriptError::Component {
                message: format!("it imports `{name}`, which is neither a function nor a resource"),
            }),
        }
    }

    fn export(&mut self, interface: &str, name: &str, item: &ComponentItem, index: ComponentExportIndex) {
        match item {
            ComponentItem::ComponentFunc(ty) => {
                self.world.exports.push(Function::new(interface, name, ty));
                self.world.places.push(index);
            }
            ComponentItem::Resource(_) => self.world.own.push((name.to_owned(), index)),
            ComponentItem::Type(_)
            | ComponentItem::CoreFunc(_)
            | ComponentItem::Module(_)
            | ComponentItem::Component(_)
            | ComponentItem::ComponentInstance(_) => {}
        }
    }
}
