//! The last stage: the composed component is valid, imports only what the host has, and exports
//! exactly what the host calls.

use std::collections::BTreeSet;

use thiserror::Error;
use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldItem};

use crate::app::compatible;
use crate::bundle::World;
use crate::decode::decode;
use crate::read::RawWorld;
use crate::wit::{host_export, qualified};

/// Why a composed component is not what was promised.
#[derive(Debug, Error)]
pub enum CheckError {
    /// It is not valid.
    #[error("the composed component is not valid: {message}; please report it with the app")]
    Invalid {
        /// What the validator says.
        message: String,
    },
    /// It imports something that the host lacks.
    #[error("the composed component imports `{import}`, which the host does not have; please report it with the app")]
    Import {
        /// The import.
        import: String,
    },
    /// Its exports are not those of the raw world.
    #[error("the composed component exports {found}, and the host calls {wanted}; please report it with the app")]
    Exports {
        /// What it exports.
        found: String,
        /// What it should.
        wanted: String,
    },
}

/// Validates a composed component and compares its imports and exports with the raw world's.
pub fn check(component: &[u8], world: &World) -> Result<(), CheckError> {
    let invalid = |message: String| CheckError::Invalid { message };
    let decoded = decode(component).map_err(|error| invalid(error.to_string()))?;
    let DecodedWasm::Component(resolve, id) = decoded else {
        return Err(invalid("it is a WIT package".to_owned()));
    };
    let plan = &world.plan;
    let raw: BTreeSet<String> = plan.interfaces.iter().map(|interface| qualified(&plan.raw, &interface.name)).collect();
    for (key, item) in &resolve.worlds[id].imports {
        let import = resolve.name_world_key(key);
        if let Some(function) = missing(&resolve, item, &world.raw) {
            return Err(CheckError::Import { import: format!("{import}#{function}") });
        }
        if !raw.contains(&import)
            && !plan.in_world.has_import(&import)
            && !plan.platform.iter().any(|has| compatible(has, &import))
        {
            return Err(CheckError::Import { import });
        }
    }
    let found: BTreeSet<String> = resolve.worlds[id].exports.keys().map(|key| resolve.name_world_key(key)).collect();
    let wanted: BTreeSet<String> = plan.exports.iter().map(|export| host_export(plan, export)).collect();
    let wanted: BTreeSet<String> =
        wanted.into_iter().chain(plan.in_world.exports.iter().map(|item| item.name.clone())).collect();
    if found == wanted {
        return Ok(());
    }
    let list = |names: BTreeSet<String>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Err(CheckError::Exports { found: list(found), wanted: list(wanted) })
}

/// A function of an imported interface that the raw world has not, though it has the interface.
fn missing<'r>(resolve: &'r Resolve, item: &WorldItem, raw: &RawWorld) -> Option<&'r str> {
    let WorldItem::Interface { id, .. } = item else { return None };
    let name = resolve.id_of(*id);
    let known = raw.imports.iter().find(|known| raw.resolve.id_of(**known) == name)?;
    let known = &raw.resolve.interfaces[*known].functions;
    resolve.interfaces[*id].functions.keys().find(|function| !known.contains_key(*function)).map(String::as_str)
}
