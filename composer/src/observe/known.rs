//! What is known of the functions of a component: which subjects they are, and how they are called.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::ValType;
use wit_component::DecodedWasm;
use wit_parser::abi::AbiVariant;
use wit_parser::{Resolve, SizeAlign, WorldId, WorldItem, WorldKey};

use super::ObserveError;
use super::select::{self, Selection, Subject};
use super::signature::{self, Signature};
use super::sites::{self, Lifted, Site};
use super::tables::Row;
use crate::app::App;
use crate::bundle::World;
use crate::bypass::shape::{Shape, Target};
use crate::core_type::core_types;
use crate::link::items::Component;
use crate::wit::{ADAPTER_WORLD, qualified};

/// Which functions are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Those that apps call.
    Friendly,
    /// Those of the host.
    Raw,
}

/// The full name of an interface, and of a function of it as a core module imports it.
type Import = (String, String);

/// The functions of one side.
pub(super) struct Known<'a> {
    world: &'a World,
    /// Where the exports are.
    exports: Option<(&'a Resolve, WorldId)>,
    subjects: BTreeMap<Import, Subject>,
    signatures: BTreeMap<Import, Signature>,
}

/// The sites of observed functions, and the paths of those that are selected.
pub(super) struct Sites<'k> {
    pub sites: Vec<Found<'k>>,
    pub paths: BTreeSet<String>,
}

/// A site with what it is.
pub(super) struct Found<'k> {
    pub site: Site,
    pub subject: &'k Subject,
    pub signature: &'k Signature,
}

/// A selected function that is called through a table.
pub(super) struct InTable<'k, 's> {
    pub subject: &'k Subject,
    pub signature: &'k Signature,
    pub target: Target<'s>,
}

/// The signatures of a lifted function: parameters and results.
pub(super) type Types = (Vec<ValType>, Vec<ValType>);

impl<'a> Known<'a> {
    /// What a component imports.
    pub fn new(world: &'a World, app: &'a App<'_>, side: Side) -> Result<Self, ObserveError> {
        let DecodedWasm::Component(resolve, id) = &app.decoded else {
            return Err(unreadable("it is a WIT package"));
        };
        let mut known = Self { exports: Some((resolve, *id)), ..Self::empty(world, side) };
        known.add(resolve, resolve.worlds[*id].imports.iter())?;
        Ok(known)
    }

    /// What a component imports once the bypass was added to it: any function of the world, too.
    pub fn of_whole(world: &'a World, app: &'a App<'_>, side: Side) -> Result<Self, ObserveError> {
        let mut known = Self::of_world(world)?;
        known.subjects = Self::empty(world, side).subjects;
        let DecodedWasm::Component(resolve, id) = &app.decoded else {
            return Err(unreadable("it is a WIT package"));
        };
        known.add(resolve, resolve.worlds[*id].imports.iter())?;
        Ok(known)
    }

    /// Every raw function of the world.
    pub fn of_world(world: &'a World) -> Result<Self, ObserveError> {
        let mut known = Self::empty(world, Side::Raw);
        let friendly = &world.friendly;
        let id = friendly.world(ADAPTER_WORLD).ok_or_else(|| unreadable("its world has no adapter"))?;
        known.add(&friendly.resolve, friendly.resolve.worlds[id].imports.iter())?;
        Ok(known)
    }

    fn empty(world: &'a World, side: Side) -> Self {
        let of_side = select::subjects(world).into_iter().filter(|subject| subject.is_raw() == (side == Side::Raw));
        let subjects = of_side.map(|subject| ((subject.interface.clone(), subject.name.clone()), subject)).collect();
        Self { world, exports: None, subjects, signatures: BTreeMap::new() }
    }

    fn add<'r>(
        &mut self,
        resolve: &'r Resolve,
        imports: impl Iterator<Item = (&'r WorldKey, &'r WorldItem)>,
    ) -> Result<(), ObserveError> {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve).map_err(|error| unreadable(&format!("{error:#}")))?;
        for (key, item) in imports {
            let WorldItem::Interface { id, .. } = item else { continue };
            for (name, function) in &resolve.interfaces[*id].functions {
                let import = (resolve.name_world_key(key), name.clone());
                self.signatures.insert(import, signature::of(resolve, &sizes, function));
            }
        }
        Ok(())
    }

    /// Whether another request begins where an app's call of this function returns.
    pub fn begins(&self, subject: &Subject) -> bool {
        !subject.is_raw() && is_one_of(&self.world.rules.observe.begin, subject)
    }

    /// How a function is called.
    pub fn signature(&self, path: &str) -> Option<(&Subject, &Signature)> {
        let (import, subject) = self.subjects.iter().find(|(_, subject)| subject.path == path)?;
        Some((subject, self.signatures.get(import)?))
    }

    /// A row of the tables, of which no line is about.
    pub fn row<'s>(&'s self, path: &'s str) -> Option<Row<'s>> {
        let (subject, signature) = self.signature(path)?;
        let waits = is_one_of(&self.world.rules.observe.wait, subject);
        Some(Row { path, errors: &signature.errors, waits, is_reported: false, policy: None, refused: None })
    }

    /// Where observed functions are lowered, but for those that are in `but`.
    pub fn sites(
        &self,
        component: &Component<'_>,
        selection: &Selection,
        but: &BTreeSet<String>,
    ) -> Result<Sites<'_>, ObserveError> {
        let mut found = Sites { sites: Vec::new(), paths: BTreeSet::new() };
        for site in sites::lowered(component)? {
            let (Some(subject), Some(signature)) = (self.subjects.get(&site.import), self.signatures.get(&site.import))
            else {
                continue;
            };
            let is_selected = selection.has(&subject.path);
            if but.contains(&subject.path) || !(is_selected || self.begins(subject)) {
                continue;
            }
            if site.is_async {
                return Err(ObserveError::Async { path: subject.path.clone() });
            }
            if is_selected {
                found.paths.insert(subject.path.clone());
            }
            found.sites.push(Found { site, subject, signature });
        }
        Ok(found)
    }

    /// The selected functions among `bulk`: they go past the adapter, and are called through a table.
    pub fn in_table<'k, 's>(
        &'k self,
        shape: &Shape<'s>,
        selection: &Selection,
        bulk: &BTreeSet<String>,
    ) -> Vec<InTable<'k, 's>> {
        let mut found = Vec::new();
        for (import, subject) in &self.subjects {
            if !bulk.contains(&subject.path) || !selection.has(&subject.path) {
                continue;
            }
            let Some(signature) = self.signatures.get(import) else { continue };
            let targets = shape.targets(&import.0, &import.1).into_iter();
            found.extend(targets.map(|target| InTable { subject, signature, target }));
        }
        found
    }

    /// What the host calls.
    pub fn lifted(&self, component: &Component<'_>) -> Result<Vec<(Lifted, Types)>, ObserveError> {
        let Some((resolve, id)) = self.exports else { return Ok(Vec::new()) };
        let plan = &self.world.plan;
        let names: Vec<String> = plan.exports.iter().map(|export| qualified(&plan.friendly, &export.name)).collect();
        let exports = &resolve.worlds[id].exports;
        let mut found = Vec::new();
        for lifted in sites::lifted(component, &names)? {
            let of = exports.iter().find(|(key, _)| resolve.name_world_key(key) == lifted.interface);
            let Some((_, WorldItem::Interface { id, .. })) = of else { continue };
            let Some(function) = resolve.interfaces[*id].functions.get(&lifted.name) else { continue };
            let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
            found.push((lifted, core_types(&signature)));
        }
        Ok(found)
    }
}

/// Whether one of the raw functions behind a subject is among these.
fn is_one_of(names: &[String], subject: &Subject) -> bool {
    names.iter().any(|name| subject.raw.contains(name))
}

fn unreadable(message: &str) -> ObserveError {
    ObserveError::Unreadable { message: message.to_owned() }
}
