//! The raw world and the rules about it: names, paths and definitions.

use std::collections::HashMap;

use wit_parser::{Function, FunctionKind, InterfaceId, Resolve, TypeDef, TypeDefKind, TypeId, TypeOwner};

use super::{DeriveError, Remedy};
use crate::plan::{Kind, RawFunction, Side, TypePath, core_name};
use crate::read::RawWorld;
use crate::rules::RuleUsage;

/// One raw world, and the rules to reshape it by.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub raw: &'a RawWorld,
    pub usage: &'a RuleUsage<'a>,
    /// The functions that the raw world imports and the rules do not leave out.
    imported: Vec<(InterfaceId, &'a Function)>,
    /// Aliases of a resource that become a resource of their own, by what they alias and how they are called.
    pub aliases: HashMap<(TypeId, String), TypeId>,
}

impl<'a> World<'a> {
    pub fn new(raw: &'a RawWorld, usage: &'a RuleUsage<'a>) -> Self {
        let mut world = Self { raw, usage, imported: imported(raw, usage), aliases: HashMap::new() };
        world.aliases = aliases(&world);
        world
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
        let name = &self.usage.rules.package.name;
        let name = if name.is_empty() { format!("{}-py:{}", raw.namespace, raw.name) } else { name.clone() };
        match &raw.version {
            Some(version) => format!("{name}@{version}"),
            None => name,
        }
    }

    pub fn world_name(&self) -> String {
        self.raw.world_name()
    }

    pub fn interface_name(&self, id: InterfaceId) -> String {
        self.raw.interface_name(id)
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

    /// Whether the rules keep an interface as it is.
    pub fn is_kept(&self, id: InterfaceId) -> bool {
        self.usage.is_kept(&self.interface_name(id))
    }

    /// Whether a type that would change can: it is of the package that is reshaped, and its interface is not kept as it is.
    pub fn may_change(&self, id: TypeId) -> bool {
        let Some(owner) = self.owner(id) else { return false };
        if self.is_kept(owner) {
            self.usage.keep(&self.interface_name(owner));
            return false;
        }
        self.resolve().interfaces[owner].package == Some(self.raw.package)
    }

    pub fn is_raw_resource(&self, id: TypeId) -> bool {
        matches!(self.type_def(id).kind, TypeDefKind::Resource)
    }

    /// A resource that is there only so that a later version can add something.
    pub fn is_extra(&self, id: TypeId) -> bool {
        let id = self.definition(id);
        match (&self.usage.rules.extra.prefix, &self.type_def(id).name) {
            (Some(prefix), Some(name)) => self.is_raw_resource(id) && name.starts_with(prefix.as_str()),
            (Some(_) | None, Some(_) | None) => false,
        }
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

    fn root_named(&self, id: TypeId) -> TypeId {
        if self.is_raw_resource(self.root(id)) { self.root(id) } else { self.definition(id) }
    }

    /// A type of the raw package by its path, `interface.name`.
    pub fn find_type(&self, path: &str) -> Option<TypeId> {
        let (interface, name) = path.split_once('.')?;
        let package = &self.resolve().packages[self.raw.package];
        self.resolve().interfaces[*package.interfaces.get(interface)?].types.get(name).copied()
    }

    /// The error of functions that have none of their own, in a raw interface, if the rules name one that is there.
    pub fn default_error(&self, interface: InterfaceId) -> Option<TypeId> {
        self.find_type(self.usage.rules.errors.default_in(&self.interface_name(interface))?)
    }

    /// How a raw function is reached; refuses those that no app of today can call.
    pub fn kind(&self, interface: InterfaceId, function: &Function) -> Result<Kind, DeriveError> {
        let resource = |id: TypeId| self.type_def(id).name.clone().unwrap_or_default();
        match function.kind {
            FunctionKind::Freestanding | FunctionKind::AsyncFreestanding => Ok(Kind::Freestanding),
            FunctionKind::Method(id) | FunctionKind::AsyncMethod(id) => Ok(Kind::Method(resource(id))),
            FunctionKind::Static(id) | FunctionKind::AsyncStatic(id) => Ok(Kind::Static(resource(id))),
            FunctionKind::Constructor(id) => Ok(Kind::Constructor(resource(id))),
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
        let remedy = if self.raw.exports.contains(&interface) {
            Remedy::from("reshape a world that exports it as a plain `func`")
        } else {
            Remedy::LeaveOut(path.clone())
        };
        DeriveError::shape(path, reason, remedy)
    }

    pub fn function_path(&self, interface: InterfaceId, function: &Function) -> String {
        self.raw.function_path(interface, function)
    }

    /// Whether an interface uses another one, itself or by way of others.
    pub fn depends_on(&self, interface: InterfaceId, other: InterfaceId) -> bool {
        self.resolve()
            .interface_direct_deps(interface)
            .any(|next| next != interface && (next == other || self.depends_on(next, other)))
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
        paths.extend(self.raw.in_world.imports.iter().map(|key| self.resolve().name_world_key(key)));
        paths
    }

    /// A raw function by its name, if the world imports it.
    pub fn function(&self, name: &RawFunction) -> Option<&'a Function> {
        let interface = self.raw.imports.iter().find(|id| self.interface_name(**id) == name.interface)?;
        self.resolve().interfaces[*interface].functions.get(&core_name(&name.kind, &name.name))
    }

    /// A function that the world imports and the rules do not leave out, by its path.
    pub fn imported_function(&self, path: &str) -> Option<(InterfaceId, &'a Function)> {
        self.imported_functions().find(|(id, raw)| self.function_path(*id, raw) == path)
    }

    /// The name of a function as the plan has it.
    pub fn raw_function(&self, id: InterfaceId, raw: &Function) -> Result<RawFunction, DeriveError> {
        let kind = self.kind(id, raw)?;
        Ok(RawFunction { interface: self.interface_name(id), name: item_name(&kind, raw), kind })
    }

    pub(super) fn path_of(&self, id: TypeId, side: Side, rename: Option<String>) -> TypePath {
        TypePath {
            side,
            interface: self.owner(id).map(|owner| self.interface_name(owner)).unwrap_or_default(),
            name: rename.unwrap_or_else(|| self.type_def(id).name.clone().unwrap_or_default()),
        }
    }
}

/// Its name without its resource's.
pub(super) fn item_name(kind: &Kind, raw: &Function) -> String {
    match kind {
        Kind::Constructor(_) => String::new(),
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => raw.item_name().to_owned(),
    }
}

fn aliases(world: &World<'_>) -> HashMap<(TypeId, String), TypeId> {
    let mut aliases = HashMap::new();
    for interface in &world.raw.imports {
        for (name, id) in &world.resolve().interfaces[*interface].types {
            if let Some(resource) = world.aliased_resource(*id) {
                aliases.entry((resource, name.clone())).or_insert(*id);
            }
        }
    }
    aliases
}

fn imported<'a>(raw: &'a RawWorld, usage: &RuleUsage<'_>) -> Vec<(InterfaceId, &'a Function)> {
    let functions = raw
        .imports
        .iter()
        .flat_map(|id| raw.resolve.interfaces[*id].functions.values().map(move |function| (*id, function)));
    functions.filter(|(id, function)| !usage.rules.leave_out.contains_key(&raw.function_path(*id, function))).collect()
}
