//! What is found out about a raw world before anything is reshaped. Each field is a function of the world, and of fields
//! before it.

mod adapted;
mod errors;
mod handles;
mod mentions;
mod options;

use std::collections::{HashMap, HashSet};

use wit_parser::{Function, Handle, InterfaceId, Type, TypeDefKind, TypeId};

use super::details::DetailShape;
use super::world::World;
use crate::plan::{Kind, Side, TypePath};
use mentions::{Mention, Mentions};

/// A raw world, and what was found out about it.
#[derive(Debug)]
pub(super) struct Survey<'a> {
    pub world: World<'a>,
    /// What makes a resource when it is first needed; the first line of the rules that does.
    makers: HashMap<TypeId, (InterfaceId, &'a Function)>,
    /// Resources, own or alias, that some imported function takes away.
    consumable: HashSet<TypeId>,
    /// Records that are only ever given to the host and have optional fields.
    options: HashSet<TypeId>,
    /// What some imported function fails with.
    pub errors: HashSet<TypeId>,
    /// Those among them, and what they are made of, that do not stay as they are.
    pub changed_errors: HashSet<TypeId>,
    /// Those among them that are a record of an error and its details.
    pub detailed_errors: Vec<TypeId>,
    /// Interfaces of which something changes.
    adapted: HashSet<InterfaceId>,
    /// The functions that mention a type.
    mentions: Mentions,
}

/// Surveys a raw world.
pub(super) fn survey(world: World<'_>) -> Survey<'_> {
    let makers = handles::makers(&world);
    let consumable = handles::consumable(&world, &makers);
    let options = options::options(&world);
    let errors = errors::errors(&world);
    let changed_errors = errors::changed(&world, &errors, &consumable);
    let detailed_errors = errors::detailed(&world, &errors);
    let adapted = adapted::adapted(&world, &consumable, &options, &changed_errors);
    let mentions = mentions::mentions(&world);
    Survey { world, makers, consumable, options, errors, changed_errors, detailed_errors, adapted, mentions }
}

impl<'a> Survey<'a> {
    pub fn is_adapted(&self, id: InterfaceId) -> bool {
        self.adapted.contains(&id)
    }

    /// Whether the world imports an interface of this name, and something of it changes.
    pub fn is_reshaped(&self, name: &str) -> bool {
        self.adapted.iter().any(|id| self.world.interface_name(*id) == name)
    }

    /// Whether the host calls an exported interface as it is: it is not of the friendly package, or uses nothing that is reshaped.
    pub fn is_passed(&self, id: InterfaceId) -> bool {
        self.world.raw.passed.contains(&id) || self.changed_use(id).is_none()
    }

    /// The name of an interface that this one uses types of, and of which something changes, if there is one.
    pub fn changed_use(&self, id: InterfaceId) -> Option<String> {
        let used = self.world.resolve().interface_direct_deps(id).find(|used| self.is_adapted(*used))?;
        Some(self.world.interface_name(used))
    }

    pub fn is_consumable(&self, id: TypeId) -> bool {
        self.consumable.contains(&self.world.definition(id))
    }

    pub fn is_options(&self, id: TypeId) -> bool {
        self.options.contains(&self.world.definition(id))
    }

    /// The path of the friendly type.
    pub fn type_path(&self, id: TypeId) -> TypePath {
        let id = self.world.definition(id);
        let adapted = self.world.owner(id).is_some_and(|owner| self.is_adapted(owner));
        if adapted {
            let path = self.world.raw_path(id);
            let type_path = self.world.path_of(id, Side::Friendly, self.world.usage.rename(&path).cloned());
            let interface = self.world.usage.moved(&path).cloned().unwrap_or(type_path.interface);
            TypePath { interface, ..type_path }
        } else {
            self.world.path_of(id, Side::Raw, None)
        }
    }

    /// The raw resource that a friendly one holds.
    pub fn held_by(&self, friendly: &TypePath) -> Option<TypePath> {
        self.world
            .resolve()
            .types
            .iter()
            .map(|(id, _)| id)
            .find(|id| {
                self.world.is_raw_resource(self.world.root(*id))
                    && self.world.owner(*id).is_some()
                    && self.type_path(*id) == *friendly
            })
            .map(|id| self.world.raw_type_path(id))
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

    /// The paths of the imported functions that take or return a type.
    pub fn users_of(&self, id: TypeId) -> Vec<String> {
        let mut paths: Vec<_> = self.mentions_of(id).map(|(path, _)| path.clone()).collect();
        paths.dedup();
        paths
    }

    /// The path of an imported function that is given values of a type, if there is one.
    pub fn taker_of(&self, id: TypeId) -> Option<String> {
        self.mentions_of(id).find(|(_, mention)| *mention == Mention::Given).map(|(path, _)| path.clone())
    }

    /// Whether imported functions are given values of a type, and none returns any.
    pub fn is_only_given(&self, id: TypeId) -> bool {
        let mut mentions = self.mentions_of(id).map(|(_, mention)| *mention).peekable();
        mentions.peek().is_some() && mentions.all(|mention| mention == Mention::Given)
    }

    /// A named type inside a parameter that gives handles away, and that imported functions also return.
    pub fn returned_giver(&self, ty: &Type) -> Option<TypeId> {
        let mut found = None;
        self.world.walk_types(ty, &mut |id| {
            let is_made_of_parts =
                matches!(self.world.type_def(id).kind, TypeDefKind::Record(_) | TypeDefKind::Variant(_));
            if is_made_of_parts && self.gives_away(&Type::Id(id)) && !self.is_only_given(id) {
                found = found.or(Some(id));
            }
        });
        found
    }

    /// Whether a type gives away a handle of an adapted resource.
    pub fn gives_away(&self, ty: &Type) -> bool {
        let mut gives = false;
        self.world.walk(ty, &mut |handle| {
            gives |= matches!(handle, Handle::Own(resource) if self.type_path(*resource).side == Side::Friendly);
        });
        gives
    }

    fn mentions_of(&self, id: TypeId) -> impl Iterator<Item = &(String, Mention)> {
        self.mentions.get(&id).into_iter().flatten()
    }

    /// Whether a type is or has a list that lends resources which stay as they are: no cell holds them,
    /// and the guests' bindings cannot lend the items of a list on.
    pub fn lends_list(&self, ty: &Type) -> bool {
        let is_kept = |handle: &Handle| match handle {
            Handle::Borrow(resource) => self.type_path(*resource).side == Side::Raw,
            Handle::Own(_) => false,
        };
        let mut found = false;
        self.world.walk_types(ty, &mut |id| {
            if let TypeDefKind::List(item) = &self.world.type_def(id).kind {
                self.world.walk(item, &mut |handle| found |= is_kept(handle));
            }
        });
        found
    }

    /// An error record taken apart, if a type is one.
    pub fn details(&self, id: TypeId) -> Option<DetailShape<'a>> {
        DetailShape::of(&self.world, &self.errors, id)
    }

    /// Whether a raw type holds a handle of an adapted resource anywhere.
    pub fn has_handle(&self, ty: &Type) -> bool {
        self.world.handles_in(ty).iter().any(|resource| self.type_path(*resource).side == Side::Friendly)
    }

    /// The function that makes a resource when it is first needed, if one does.
    pub fn maker(&self, resource: TypeId) -> Option<(InterfaceId, &'a Function)> {
        self.makers.get(&self.world.definition(resource)).copied()
    }

    /// Whether a type of a signature is a handle of a resource that is made when it is first needed.
    pub fn is_made_later(&self, ty: &Type) -> bool {
        self.world.handle_inside(ty).is_some_and(|resource| self.maker(resource).is_some())
    }
}

/// The types that stay as they are and of which something must be lent to whoever is given them.
pub(super) fn by_reference(survey: &Survey<'_>) -> Vec<TypePath> {
    let functions = survey.world.imported_functions().chain(survey.world.exported_functions());
    let mut given = HashSet::new();
    for param in functions.flat_map(|(_, function)| &function.params) {
        survey.world.walk_types(&param.ty, &mut |id| {
            given.insert(survey.world.definition(id));
        });
    }
    let mut kept: Vec<TypePath> = given
        .into_iter()
        .filter(|id| survey.world.type_def(*id).name.is_some() && survey.world.is_lent(&Type::Id(*id)))
        .map(|id| survey.type_path(id))
        .filter(|type_path| type_path.side == Side::Raw)
        .collect();
    kept.sort();
    kept.dedup();
    kept
}
