//! First stage: resolved WIT packages to `RawWorld`, the world that is to be reshaped.

mod uses;

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};
use thiserror::Error;

use crate::nearest::nearest;
pub(crate) use uses::{dependencies, has_own_items, used_by};
use wit_parser::{
    Function, Handle, InterfaceId, PackageId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem,
    WorldKey,
};

/// The raw world, resolved.
#[derive(Debug, Clone)]
pub struct RawWorld {
    /// All packages of the WIT folder.
    pub resolve: Resolve,
    /// The world to reshape.
    pub world: WorldId,
    /// The package that is reshaped: the one that the world belongs to, if the rules name no other.
    pub package: PackageId,
    /// The imported interfaces of that package, dependencies first.
    pub imports: Vec<InterfaceId>,
    /// The exported interfaces of that package that are not imported, too.
    pub exports: Vec<InterfaceId>,
    /// The exported interfaces that the host calls as they are: those of other packages, and those that are imported, too.
    pub passed: Vec<InterfaceId>,
    /// The imported interfaces of other packages, by full name: what the host has besides.
    pub platform: Vec<String>,
    /// What stands in the world itself.
    pub in_world: InWorld,
}

/// Functions, types and interfaces without a package that stand in a world.
#[derive(Debug, Clone, Default)]
pub struct InWorld {
    /// Those that the host has.
    pub imports: Vec<WorldKey>,
    /// Those that the app has.
    pub exports: Vec<WorldKey>,
}

impl RawWorld {
    /// The imported interfaces of other packages.
    pub fn foreign(&self) -> impl Iterator<Item = InterfaceId> {
        let items = self.resolve.worlds[self.world].imports.values();
        let interfaces = items.filter_map(|item| match item {
            WorldItem::Interface { id, .. } => Some(*id),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        });
        interfaces.filter(|id| self.resolve.interfaces[*id].package != Some(self.package))
    }

    /// The full name of the world.
    pub fn world_name(&self) -> String {
        let world = &self.resolve.worlds[self.world];
        let package = &self.resolve.packages[self.world_package()].name;
        package.interface_id(&world.name)
    }

    /// The package that the world belongs to.
    pub fn world_package(&self) -> PackageId {
        self.resolve.worlds[self.world].package.unwrap_or(self.package)
    }

    /// The short name of an interface of the raw package, the full name of any other's.
    pub fn interface_name(&self, id: InterfaceId) -> String {
        let interface = &self.resolve.interfaces[id];
        match (&interface.name, interface.package) {
            (Some(name), Some(package)) if package == self.package => name.clone(),
            (Some(_) | None, Some(_) | None) => self.resolve.id_of(id).unwrap_or_default(),
        }
    }

    /// The path of a function, as the rules name it: `interface.function` or `interface.resource.function`.
    pub fn function_path(&self, interface: InterfaceId, function: &Function) -> String {
        let (interface, name) = (self.interface_name(interface), function.item_name());
        match function.kind.resource().and_then(|resource| self.resolve.types[resource].name.as_ref()) {
            Some(resource) => format!("{interface}.{resource}.{name}"),
            None => format!("{interface}.{name}"),
        }
    }
}

/// Why a WIT folder is not a world to reshape.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such world.
    #[error("no world `{world}` in the WIT, which has {worlds}")]
    World {
        /// The world that was asked for.
        world: String,
        /// Those there are.
        worlds: String,
    },
    /// There are several.
    #[error("there are several worlds `{world}` in the WIT: {worlds}; name one of them in full")]
    Worlds {
        /// The world that was asked for.
        world: String,
        /// Those that it could be.
        worlds: String,
    },
    /// The rules name a package that there is not, or is there in several versions.
    #[error(
        "the rules name the package `{package}` in `raw` under [package], but the WIT has {packages}; name one of them{hint}"
    )]
    Package {
        /// What the rules name.
        package: String,
        /// Those there are.
        packages: String,
        /// The nearest of them.
        hint: String,
    },
    /// A type with more parts than a component may have.
    #[error(
        "type `{path}` is made of more than {most} values, each of its parts with all of theirs, and no component can hold a type of so many; have it share fewer parts in the WIT"
    )]
    TooLarge {
        /// The type.
        path: String,
        /// How many there may be.
        most: usize,
    },
    /// An item that a reshaped world cannot have.
    #[error("world item `{path}` is not supported: {reason}; {advice}")]
    Item {
        /// The item.
        path: String,
        /// Why.
        reason: &'static str,
        /// What to do.
        advice: &'static str,
    },
}

/// Finds `world` (`world`, `ns:package/world` or with a version) among the resolved packages. Of it the interfaces of its own
/// package are reshaped, or those of `package`, where the rules name one (`ns:package`, or with a version).
pub fn read(resolve: Resolve, world: &str, package: Option<&str>) -> Result<RawWorld, ReadError> {
    let names: Vec<(WorldId, String)> = resolve
        .worlds
        .iter()
        .filter_map(|(id, world)| Some((id, resolve.packages[world.package?].name.interface_id(&world.name))))
        .collect();
    let is_it = |name: &str| {
        let unversioned = name.split('@').next().unwrap_or(name);
        name == world || unversioned == world || unversioned.rsplit('/').next() == Some(world)
    };
    // A name in full means that world, whatever others have it with a version.
    let in_full: Vec<_> = names.iter().filter(|(_, name)| name == world).collect();
    let found = match in_full.as_slice() {
        [_] => in_full,
        _ => names.iter().filter(|(_, name)| is_it(name)).collect(),
    };
    if let [(id, _)] = found.as_slice() {
        let package = package.map(|package| find_package(&resolve, package)).transpose()?;
        return select(resolve, *id, package);
    }
    let (world, list) = (world.to_owned(), |names: Vec<&(WorldId, String)>| {
        let names: Vec<_> = names.iter().map(|(_, name)| format!("`{name}`")).collect();
        names.join(", ")
    });
    Err(match found.as_slice() {
        [] if names.is_empty() => ReadError::World { world, worlds: "no world at all".to_owned() },
        [] => ReadError::World { world, worlds: format!("{}; name one of them", list(names.iter().collect())) },
        _ => ReadError::Worlds { world, worlds: list(found) },
    })
}

fn find_package(resolve: &Resolve, wanted: &str) -> Result<PackageId, ReadError> {
    let is_it = |name: &str| name == wanted || name.split('@').next() == Some(wanted);
    let found: Vec<_> = resolve.packages.iter().filter(|(_, package)| is_it(&package.name.to_string())).collect();
    if let [(id, _)] = found.as_slice() {
        return Ok(*id);
    }
    let names: Vec<_> = resolve.packages.iter().map(|(_, package)| package.name.to_string()).collect();
    let paths: Vec<_> = names.iter().map(|name| name.split('@').next().unwrap_or(name).to_owned()).collect();
    let hint = nearest(wanted, &paths).map(|near| format!(", perhaps `{near}`")).unwrap_or_default();
    let packages = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Err(ReadError::Package { package: wanted.to_owned(), packages, hint })
}

fn select(resolve: Resolve, world: WorldId, package: Option<PackageId>) -> Result<RawWorld, ReadError> {
    check_sizes(&resolve)?;
    let package = package.or(resolve.worlds[world].package).ok_or_else(|| ReadError::Item {
        path: resolve.worlds[world].name.clone(),
        reason: "the world has no package",
        advice: "declare one in the WIT",
    })?;
    let (imports, platform) = split_imports(&resolve, world, package);
    let (exports, passed) = exported_interfaces(&resolve, world, package);
    let imports = dependencies_first(&resolve, &imports);
    let in_world = InWorld {
        imports: standing_in(&resolve.worlds[world].imports),
        exports: standing_in(&resolve.worlds[world].exports),
    };
    Ok(RawWorld { resolve, world, package, imports, exports, passed, platform, in_world })
}

fn split_imports(resolve: &Resolve, world: WorldId, package: PackageId) -> (Vec<InterfaceId>, Vec<String>) {
    let mut own = Vec::new();
    let mut platform = Vec::new();
    for id in resolve.worlds[world].imports.iter().filter_map(named_interface) {
        if resolve.interfaces[id].package == Some(package) {
            own.push(id);
        } else if let Some(name) = resolve.id_of(id) {
            platform.push(name);
        }
    }
    (own, platform)
}

/// The exported interfaces: those that are reshaped, and those that are passed on.
fn exported_interfaces(resolve: &Resolve, world: WorldId, package: PackageId) -> (Vec<InterfaceId>, Vec<InterfaceId>) {
    let world = &resolve.worlds[world];
    let (mut reshaped, mut passed) = (Vec::new(), Vec::new());
    for id in world.exports.iter().filter_map(named_interface) {
        // The friendly package holds an interface once, and the app imports this one.
        let is_both = world.imports.contains_key(&WorldKey::Interface(id));
        if is_both || resolve.interfaces[id].package != Some(package) { passed.push(id) } else { reshaped.push(id) }
    }
    (reshaped, passed)
}

/// The interface of a package that an item is, if it is one.
fn named_interface((key, item): (&WorldKey, &WorldItem)) -> Option<InterfaceId> {
    match (key, item) {
        (WorldKey::Interface(_), WorldItem::Interface { id, .. }) => Some(*id),
        (WorldKey::Name(_), WorldItem::Interface { .. }) => None,
        (_, WorldItem::Function(_) | WorldItem::Type { .. }) => None,
    }
}

fn standing_in(items: &IndexMap<WorldKey, WorldItem>) -> Vec<WorldKey> {
    items.iter().filter(|item| named_interface(*item).is_none()).map(|(key, _)| key.clone()).collect()
}

/// The interfaces so that each comes after those it uses types of.
fn dependencies_first(resolve: &Resolve, interfaces: &[InterfaceId]) -> Vec<InterfaceId> {
    let mut ordered: Vec<InterfaceId> = Vec::with_capacity(interfaces.len());
    let mut waiting: Vec<InterfaceId> = interfaces.to_vec();
    while !waiting.is_empty() {
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.iter().partition(|id| {
            resolve.interface_direct_deps(**id).all(|dependency| dependency == **id || !waiting.contains(&dependency))
        });
        // A resolved package has no cycles, so some interface is always ready.
        if ready.is_empty() {
            ordered.extend(rest);
            break;
        }
        ordered.extend(ready);
        waiting = rest;
    }
    ordered
}

/// What validators allow a type to be made of.
const MOST_VALUES: usize = 1_000_000;

/// Refuses types that no component can hold. A few lines are enough for one: each of them doubles the one before.
fn check_sizes(resolve: &Resolve) -> Result<(), ReadError> {
    let mut known = HashMap::new();
    for (id, def) in resolve.types.iter() {
        if size(resolve, id, &mut known) > MOST_VALUES {
            let owner = match def.owner {
                TypeOwner::Interface(id) => resolve.id_of(id).unwrap_or_default(),
                TypeOwner::World(id) => resolve.worlds[id].name.clone(),
                TypeOwner::None => String::new(),
            };
            let path = format!("{owner}.{}", def.name.as_deref().unwrap_or("(anonymous)"));
            return Err(ReadError::TooLarge { path, most: MOST_VALUES });
        }
    }
    Ok(())
}

/// How many values a type is made of; each type is counted once, however often it is used.
fn size(resolve: &Resolve, id: TypeId, known: &mut HashMap<TypeId, usize>) -> usize {
    if let Some(size) = known.get(&id) {
        return *size;
    }
    let parts = parts(&resolve.types[id].kind);
    let sizes = parts.into_iter().map(|part| if let Type::Id(id) = part { size(resolve, id, known) } else { 1 });
    let size = sizes.fold(1, usize::saturating_add);
    known.insert(id, size);
    size
}

/// The types that a type is made of, in their order. A resource is made of none.
pub(crate) fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty).collect(),
        TypeDefKind::Option(inner)
        | TypeDefKind::List(inner)
        | TypeDefKind::Type(inner)
        | TypeDefKind::FixedLengthList(inner, _) => vec![*inner],
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
        TypeDefKind::Future(inner) | TypeDefKind::Stream(inner) => inner.iter().copied().collect(),
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    }
}

/// The types that types are made of, themselves first, each once: what shares its parts may have more of them than anybody
/// can count. A handle is made of its resource.
pub(crate) fn types_in(resolve: &Resolve, types: impl IntoIterator<Item = Type>) -> IndexSet<TypeId> {
    let mut found = IndexSet::new();
    let mut ahead: Vec<Type> = types.into_iter().collect();
    ahead.reverse();
    while let Some(part) = ahead.pop() {
        let Type::Id(id) = part else { continue };
        if found.insert(id) {
            let kind = &resolve.types[id].kind;
            ahead.extend(parts(kind).into_iter().rev());
            if let TypeDefKind::Handle(Handle::Own(of) | Handle::Borrow(of)) = kind {
                ahead.push(Type::Id(*of));
            }
        }
    }
    found
}

/// A type as WIT spells it: by its name, or by what it is made of.
pub(crate) fn spelled(resolve: &Resolve, ty: &Type) -> String {
    let Type::Id(id) = ty else { return format!("{ty:?}").to_lowercase() };
    let def = &resolve.types[*id];
    let all = |types: &[Type]| types.iter().map(|ty| spelled(resolve, ty)).collect::<Vec<_>>().join(", ");
    match (&def.name, &def.kind) {
        (Some(name), _) => name.clone(),
        (None, TypeDefKind::Handle(Handle::Own(id))) => spelled(resolve, &Type::Id(*id)),
        (None, TypeDefKind::Handle(Handle::Borrow(id))) => format!("borrow<{}>", spelled(resolve, &Type::Id(*id))),
        (None, TypeDefKind::Option(inner) | TypeDefKind::List(inner)) => {
            format!("{}<{}>", def.kind.as_str(), spelled(resolve, inner))
        }
        (None, TypeDefKind::Tuple(tuple)) => format!("tuple<{}>", all(&tuple.types)),
        (None, TypeDefKind::Result(result)) => match (&result.ok, &result.err) {
            (None, None) => "result".to_owned(),
            (Some(ok), None) => format!("result<{}>", spelled(resolve, ok)),
            (ok, Some(err)) => {
                let ok = ok.map_or("_".to_owned(), |ok| spelled(resolve, &ok));
                format!("result<{ok}, {}>", spelled(resolve, err))
            }
        },
        (None, TypeDefKind::Stream(Some(of)) | TypeDefKind::Future(Some(of))) => {
            format!("{}<{}>", def.kind.as_str(), spelled(resolve, of))
        }
        (None, kind) => kind.as_str().to_owned(),
    }
}
