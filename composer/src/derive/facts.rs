//! What every rule asks about the raw world: where a type lives, which handles are used up, which
//! records are options.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use wit_parser::{Function, FunctionKind, InterfaceId, Resolve, TypeDef, TypeDefKind, TypeId, TypeOwner};

use super::error::leave_out;
use super::{DeriveError, adapted, errors, needs};
use crate::plan::{self, AdapterCase, Kind, Side, TypePath};
use crate::read::RawWorld;
use crate::rules::Lines;

/// Questions and answers about one raw world.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub raw: &'a RawWorld,
    pub lines: &'a Lines<'a>,
    /// The functions that the raw world imports and the rules do not leave out.
    imported: Vec<(InterfaceId, &'a Function)>,
    /// The places among them of those that mention a type, and whether they are given values of it.
    mentions: HashMap<TypeId, Vec<(usize, Mention)>>,
    /// Interfaces of which something changes.
    adapted: HashSet<InterfaceId>,
    /// Aliases of a resource that become a resource of their own, by what they alias and how they are called.
    pub aliases: HashMap<(TypeId, String), TypeId>,
    /// Resources, own or alias, that some imported function takes away.
    pub(super) consumable: HashSet<TypeId>,
    /// What makes a resource when it is first needed; the first line of the rules that does.
    pub(super) makers: HashMap<TypeId, (InterfaceId, &'a Function)>,
    /// Records that are only ever given to the host and have optional fields.
    pub(super) options: HashSet<TypeId>,
    /// What some imported function fails with.
    pub(super) errors: HashSet<TypeId>,
    /// Those among them, and what they are made of, that do not stay as they are.
    pub changed_errors: HashSet<TypeId>,
    /// Those among them that are a record of an error and its details.
    pub detailed_errors: Vec<TypeId>,
    /// Types that the rules define, collected while the values that become them are mapped.
    synthesized: RefCell<BTreeMap<TypePath, plan::TypeDef>>,
    /// What the functions ask of their error types.
    needs: RefCell<BTreeMap<TypePath, BTreeSet<AdapterCase>>>,
}

impl<'a> Facts<'a> {
    pub fn gather(raw: &'a RawWorld, lines: &'a Lines<'a>) -> Self {
        let mut facts = Self {
            raw,
            lines,
            imported: imported(raw, lines),
            mentions: HashMap::new(),
            adapted: HashSet::new(),
            aliases: HashMap::new(),
            consumable: HashSet::new(),
            makers: HashMap::new(),
            options: HashSet::new(),
            errors: HashSet::new(),
            changed_errors: HashSet::new(),
            detailed_errors: Vec::new(),
            synthesized: RefCell::default(),
            needs: RefCell::default(),
        };
        facts.find_aliases();
        facts.find_makers();
        facts.find_consumables();
        facts.find_errors();
        facts.find_options();
        facts.changed_errors = needs::changed(&facts);
        facts.detailed_errors = errors::detailed(&facts);
        facts.adapted = adapted::find(&facts);
        facts.mentions = facts.find_mentions();
        facts
    }

    /// The functions that the raw world imports and the rules do not leave out.
    pub fn imported_functions(&self) -> impl Iterator<Item = (InterfaceId, &'a Function)> {
        self.imported.iter().copied()
    }

    pub fn resolve(&self) -> &'a Resolve {
        &self.raw.resolve
    }

    pub fn package_name(&self) -> String {
        self.resolve().packages[self.raw.package].name.to_string()
    }

    /// The friendly package: the name of the rules, the version of the raw one.
    pub fn friendly_package(&self) -> String {
        let raw = &self.resolve().packages[self.raw.package].name;
        let name = &self.lines.rules.package.name;
        let name = if name.is_empty() { format!("{}-py:{}", raw.namespace, raw.name) } else { name.clone() };
        match &raw.version {
            Some(version) => format!("{name}@{version}"),
            None => name,
        }
    }

    pub fn world_name(&self) -> String {
        let package = &self.resolve().packages[self.raw.package].name;
        package.interface_id(&self.resolve().worlds[self.raw.world].name)
    }

    pub fn interface_name(&self, id: InterfaceId) -> String {
        self.raw.interface_name(id)
    }

    pub fn is_adapted(&self, id: InterfaceId) -> bool {
        self.adapted.contains(&id)
    }

    /// Whether the world imports an interface of this name, and something of it changes.
    pub fn is_reshaped(&self, name: &str) -> bool {
        self.adapted.iter().any(|id| self.interface_name(*id) == name)
    }

    pub fn type_def(&self, id: TypeId) -> &'a TypeDef {
        &self.resolve().types[id]
    }

    pub fn owner(&self, id: TypeId) -> Option<InterfaceId> {
        match self.type_def(id).owner {
            TypeOwner::Interface(id) => Some(id),
            TypeOwner::World(_) | TypeOwner::None => None,
        }
    }

    /// Follows `use` and `type` to where a type is defined. An alias of a resource under another
    /// name, in another interface, is a definition: it becomes a resource of its own.
    pub fn definition(&self, id: TypeId) -> TypeId {
        if let Some(resource) = self.aliased_resource(id) {
            let name = self.type_def(id).name.clone().unwrap_or_default();
            return self.aliases.get(&(resource, name)).copied().unwrap_or(id);
        }
        self.alias_of(id).map_or(id, |next| self.definition(next))
    }

    /// The resource that this type aliases under another name in another interface, if it does. The app's
    /// exports have no resources of their own, so there it is but a name.
    pub fn aliased_resource(&self, id: TypeId) -> Option<TypeId> {
        let next = self.alias_of(id)?;
        if self.owner(id).is_some_and(|owner| self.raw.exports.contains(&owner)) {
            return None;
        }
        let renamed = self.type_def(id).name != self.type_def(next).name && self.owner(id) != self.owner(next);
        let resource = self.root(id);
        (renamed && self.is_raw_resource(resource)).then_some(resource)
    }

    /// Follows every alias, those that become resources of their own too.
    pub fn root(&self, id: TypeId) -> TypeId {
        self.alias_of(id).map_or(id, |next| self.root(next))
    }

    pub fn is_raw_resource(&self, id: TypeId) -> bool {
        matches!(self.type_def(id).kind, TypeDefKind::Resource)
    }

    /// A resource that is there only so that a later version can add something.
    pub fn is_extra(&self, id: TypeId) -> bool {
        let id = self.definition(id);
        match (&self.lines.rules.extra.prefix, &self.type_def(id).name) {
            (Some(prefix), Some(name)) => self.is_raw_resource(id) && name.starts_with(prefix.as_str()),
            (Some(_) | None, Some(_) | None) => false,
        }
    }

    pub fn is_consumable(&self, id: TypeId) -> bool {
        self.consumable.contains(&self.definition(id))
    }

    pub fn is_options(&self, id: TypeId) -> bool {
        self.options.contains(&self.definition(id))
    }

    /// The raw path of a type, `interface.name`.
    pub fn raw_path(&self, id: TypeId) -> String {
        let name = self.type_def(id).name.clone().unwrap_or_else(|| "(anonymous)".to_owned());
        match self.owner(id) {
            Some(interface) => format!("{}.{name}", self.interface_name(interface)),
            None => name,
        }
    }

    /// The path of the raw type; an alias of a resource is followed to the resource.
    pub fn raw_type_path(&self, id: TypeId) -> TypePath {
        let id = self.root_named(id);
        self.path_of(id, Side::Raw, None)
    }

    /// The path of the friendly type.
    pub fn type_path(&self, id: TypeId) -> TypePath {
        let id = self.definition(id);
        let adapted = self.owner(id).is_some_and(|owner| self.is_adapted(owner));
        if adapted {
            let path = self.raw_path(id);
            let type_path = self.path_of(id, Side::Friendly, self.lines.rename(&path).cloned());
            let interface = self.lines.moved(&path).cloned().unwrap_or(type_path.interface);
            TypePath { interface, ..type_path }
        } else {
            self.path_of(id, Side::Raw, None)
        }
    }

    fn root_named(&self, id: TypeId) -> TypeId {
        if self.is_raw_resource(self.root(id)) { self.root(id) } else { self.definition(id) }
    }

    fn path_of(&self, id: TypeId, side: Side, rename: Option<String>) -> TypePath {
        TypePath {
            side,
            interface: self.owner(id).map(|owner| self.interface_name(owner)).unwrap_or_default(),
            name: rename.unwrap_or_else(|| self.type_def(id).name.clone().unwrap_or_default()),
        }
    }

    /// The raw resource that a friendly one holds.
    pub fn held_by(&self, friendly: &TypePath) -> Option<TypePath> {
        self.resolve()
            .types
            .iter()
            .map(|(id, _)| id)
            .find(|id| {
                self.is_raw_resource(self.root(*id)) && self.owner(*id).is_some() && self.type_path(*id) == *friendly
            })
            .map(|id| self.raw_type_path(id))
    }

    /// A type of the raw package by its path, `interface.name`.
    pub fn find_type(&self, path: &str) -> Option<TypeId> {
        let (interface, name) = path.split_once('.')?;
        let package = &self.resolve().packages[self.raw.package];
        self.resolve().interfaces[*package.interfaces.get(interface)?].types.get(name).copied()
    }

    /// Adds a type of the rules' own, if it is not there yet; false if it is there and another one.
    pub fn synthesize(&self, path: &TypePath, definition: impl FnOnce() -> plan::TypeDef) -> bool {
        let definition = definition();
        let mut synthesized = self.synthesized.borrow_mut();
        let there = synthesized.entry(path.clone()).or_insert_with(|| definition.clone());
        there.kind.parts() == definition.kind.parts()
    }

    /// The types that the rules define for an interface.
    pub fn synthesized(&self, interface: &str) -> Vec<plan::TypeDef> {
        let synthesized = self.synthesized.borrow();
        synthesized.iter().filter(|(path, _)| path.interface == interface).map(|(_, def)| def.clone()).collect()
    }

    /// Notes that some function's error must have this case.
    pub fn need(&self, error: &TypePath, case: AdapterCase) {
        self.needs.borrow_mut().entry(error.clone()).or_default().insert(case);
    }

    pub fn needed(&self, error: &TypePath, case: AdapterCase) -> bool {
        self.needs.borrow().get(error).is_some_and(|cases| cases.contains(&case))
    }

    /// How a raw function is reached; refuses those that no app of today can call.
    pub fn kind(&self, interface: InterfaceId, function: &Function) -> Result<Kind, DeriveError> {
        let resource = |id: TypeId| self.type_def(id).name.clone().unwrap_or_default();
        match function.kind {
            FunctionKind::Freestanding => Ok(Kind::Freestanding),
            FunctionKind::Method(id) => Ok(Kind::Method(resource(id))),
            FunctionKind::Static(id) => Ok(Kind::Static(resource(id))),
            FunctionKind::Constructor(id) => Ok(Kind::Constructor(resource(id))),
            FunctionKind::AsyncFreestanding | FunctionKind::AsyncMethod(_) | FunctionKind::AsyncStatic(_) => {
                Err(self.refuse_function(interface, function, "it is async, but the adapter's calls are synchronous"))
            }
            FunctionKind::Getter
            | FunctionKind::Setter
            | FunctionKind::MethodGetter(_)
            | FunctionKind::MethodSetter(_)
            | FunctionKind::StaticGetter(_)
            | FunctionKind::StaticSetter(_) => Err(self.refuse_function(
                interface,
                function,
                "it is a getter or setter, which the bindings do not know yet",
            )),
        }
    }

    fn refuse_function(&self, interface: InterfaceId, function: &Function, reason: &str) -> DeriveError {
        let path = self.function_path(interface, function);
        let advice = if self.raw.exports.contains(&interface) {
            "reshape a world that exports it as a plain `func`".to_owned()
        } else {
            leave_out(&path)
        };
        DeriveError::shape(path, reason, advice)
    }

    pub fn function_path(&self, interface: InterfaceId, function: &Function) -> String {
        self.raw.function_path(interface, function)
    }

    /// How a friendly function is reached: a resource goes by its friendly name.
    pub fn friendly_kind(&self, raw: &Kind, function: &Function) -> Kind {
        let Some(resource) = function.kind.resource() else { return raw.clone() };
        let name = self.type_path(resource).name;
        match raw {
            Kind::Freestanding => Kind::Freestanding,
            Kind::Method(_) => Kind::Method(name),
            Kind::Static(_) => Kind::Static(name),
            Kind::Constructor(_) => Kind::Constructor(name),
        }
    }

    /// Whether an interface uses another one, itself or by way of others.
    pub fn depends_on(&self, interface: InterfaceId, other: InterfaceId) -> bool {
        self.resolve()
            .interface_direct_deps(interface)
            .any(|next| next != interface && (next == other || self.depends_on(next, other)))
    }

    /// The types that some imported function fails with.
    pub fn errors(&self) -> &HashSet<TypeId> {
        &self.errors
    }

    fn find_mentions(&self) -> HashMap<TypeId, Vec<(usize, Mention)>> {
        let mut mentions: HashMap<_, Vec<_>> = HashMap::new();
        for (place, (_, function)) in self.imported.iter().enumerate() {
            let params = function.params.iter().map(|param| (&param.ty, Mention::Given));
            for (ty, mention) in params.chain(function.result.iter().map(|ty| (ty, Mention::Returned))) {
                self.walk_types(ty, &mut |part| {
                    mentions.entry(self.definition(part)).or_default().push((place, mention));
                });
            }
        }
        mentions
    }

    fn mentions(&self, id: TypeId) -> impl Iterator<Item = (usize, Mention)> {
        self.mentions.get(&id).into_iter().flatten().copied()
    }

    fn imported_path(&self, place: usize) -> String {
        let (interface, function) = self.imported[place];
        self.function_path(interface, function)
    }

    /// The paths of the imported functions that take or return a type.
    pub fn users_of(&self, id: TypeId) -> Vec<String> {
        let places: BTreeSet<_> = self.mentions(id).map(|(place, _)| place).collect();
        places.into_iter().map(|place| self.imported_path(place)).collect()
    }

    /// The path of an imported function that is given values of a type, if there is one.
    pub fn taker_of(&self, id: TypeId) -> Option<String> {
        let given = self.mentions(id).find(|(_, mention)| *mention == Mention::Given);
        given.map(|(place, _)| self.imported_path(place))
    }

    /// Every path that a line of the rules can name.
    pub fn all_paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for id in self.raw.imports.iter().chain(&self.raw.exports) {
            let name = self.interface_name(*id);
            let interface = &self.resolve().interfaces[*id];
            for (type_name, ty) in &interface.types {
                paths.push(format!("{name}.{type_name}"));
                let record = self.record_of(*ty).map_or(&[][..], |record| &record.fields);
                let fields = record.iter().map(|field| field.name.as_str());
                paths.extend(
                    self.case_names(*ty).into_iter().chain(fields).map(|part| format!("{name}.{type_name}.{part}")),
                );
            }
            for function in interface.functions.values() {
                let path = self.function_path(*id, function);
                paths.extend(function.params.iter().map(|param| format!("{path}.{}", param.name)));
                paths.push(path);
            }
            paths.push(name);
        }
        paths
    }
}

/// Where a function mentions a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mention {
    /// In a parameter.
    Given,
    /// In its result.
    Returned,
}

fn imported<'a>(raw: &'a RawWorld, lines: &Lines<'_>) -> Vec<(InterfaceId, &'a Function)> {
    let functions = raw
        .imports
        .iter()
        .flat_map(|id| raw.resolve.interfaces[*id].functions.values().map(move |function| (*id, function)));
    functions.filter(|(id, function)| !lines.rules.leave_out.contains_key(&raw.function_path(*id, function))).collect()
}
