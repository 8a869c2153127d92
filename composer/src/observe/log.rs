//! The log endpoint of the host, where lines are to go to one. The rules name the functions that open it and write to it.

use indexmap::IndexSet;
use wasm_encoder::ValType;

use super::ObserveError;
use super::platform::Import;
use super::select::{RAW, Subject};
use super::sites::Site;
use crate::bundle::World;
use crate::bypass::imports::Known;
use crate::wit::qualified;

/// What the observer imports to write to a log endpoint, and a component that imports it.
pub(super) struct Log {
    pub donor: Vec<u8>,
    pub imports: Vec<Import>,
}

/// Finds it. A component imports an interface once, so that the donor also imports what of the host the app calls past the
/// adapter (`sites`).
pub(super) fn log(world: &World, subjects: &[Subject], sites: &[Site]) -> Result<Log, ObserveError> {
    let none = || ObserveError::Log { why: "the rules name no functions for one".to_owned() };
    let rules = world.rules.observe.log.as_ref().ok_or_else(none)?;
    let mut known = Known::new(&world.friendly).ok_or_else(none)?;
    let mut all = IndexSet::new();
    let mut imports = Vec::new();
    for (path, given) in [(&rules.open, "log_open"), (&rules.write, "log_write")] {
        let why = |what: &str| ObserveError::Log { why: format!("`{path}` {what}") };
        let subject = subjects.iter().find(|subject| subject.path == format!("{RAW}{path}"));
        let subject = subject.ok_or_else(|| why("is not a function of this host"))?;
        let import = (subject.interface.clone(), subject.name.clone());
        let signature = known.signature(&import).ok_or_else(|| why("cannot be imported"))?;
        if signature != (vec![ValType::I32; 3], Vec::new()) {
            return Err(why("does not take what the observer gives it"));
        }
        imports.push(Import { interface: import.0.clone(), name: import.1.clone(), given, in_memory: true });
        all.insert(import);
    }
    let package =
        |interface: &str| world.plan.interfaces.iter().any(|of| qualified(&world.plan.raw, &of.name) == interface);
    all.extend(sites.iter().map(|site| site.import.clone()).filter(|(interface, _)| package(interface)));
    let donor = known.encode(&all).map_err(|error| ObserveError::Imports { message: error.to_string() })?;
    Ok(Log { donor, imports })
}
