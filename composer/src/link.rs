//! Links the core modules of a component into one.
//!
//! A component that was made of dynamic libraries has a core module for each, and they call each other through imports,
//! find each other's data through globals, and put their functions into a table that another one defines. An
//! engine does all of that work again for each instance. Here it is done once: the modules that are
//! instantiated once and wired to each other become one module, in which a call is a call, an address is a
//! constant, and a table is filled with what the engine knows when it compiles.
//!
//! ```text
//! component ─items─► items ─instances─► core instances ─choose─► members ─program─► entities
//!                                                                  ├─needs──► what stays, and its exports
//!                                                                  └─code, reach──► functions, globals
//! entities + numbering ─merge─► a module ─assemble─► component ─validate─► component
//! ```
//!
//! What comes out has the same imports, exports and behaviour. A component that cannot be linked stays as it is, and the
//! reason is given.

mod assemble;
mod choose;
mod code;
pub(crate) mod encode;
mod image;
mod instances;
pub(crate) mod items;
mod lasting;
mod merge;
mod module;
mod needs;
mod numbering;
mod program;
mod reach;
mod validate;

use std::convert::Infallible;

use thiserror::Error;
use wasm_encoder::{CustomSection, DataSection, Section as _};
use wasmparser::BinaryReaderError;

use crate::sections::sections;
use assemble::Parts;
use lasting::Lasting;
use merge::Merge;
use numbering::Numbering;
use program::{Constants, Program};

pub use items::Space;

/// Whether functions keep their names, which an engine shows where a component traps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// They do.
    Keep,
    /// They do not, which is smaller.
    Drop,
}

/// The custom section of a component that was linked: how many core modules became one, as a decimal number.
const MARK: &str = "composer:linked";

/// What linking came to.
#[derive(Debug)]
pub enum Linked {
    /// The component is linked.
    Done {
        /// The linked component.
        component: Vec<u8>,
        /// How many core modules became one.
        modules: usize,
        /// Whether an object of the snapshot was not what the app says, so that all count their references as before.
        has_unknown_objects: bool,
    },
    /// The component stays as it is.
    AsItWas {
        /// Why, in words that go on after "is not linked:".
        reason: String,
    },
}

/// Why a component cannot be read or written.
#[derive(Debug, Error)]
pub enum LinkError {
    /// It is damaged.
    #[error("its core modules cannot be read: {message}; build it again, or leave it as it is with --no-link")]
    Unreadable {
        /// What is wrong.
        message: String,
    },
    /// An index that leads nowhere.
    #[error("its core modules cannot be linked: nothing is {space} {index}; leave it as it is with --no-link")]
    Dangling {
        /// The index space.
        space: Space,
        /// The index.
        index: u32,
    },
    /// What came out is not valid. This is a fault of the composer.
    #[error("the linked component is not valid: {message}; leave it as it is with --no-link, and please report it")]
    Invalid {
        /// What the validator says.
        message: String,
    },
}

impl From<BinaryReaderError> for LinkError {
    fn from(error: BinaryReaderError) -> Self {
        Self::Unreadable { message: error.to_string() }
    }
}

impl From<wasm_encoder::reencode::Error<Infallible>> for LinkError {
    fn from(error: wasm_encoder::reencode::Error<Infallible>) -> Self {
        Self::Unreadable { message: error.to_string() }
    }
}

/// How many core modules of a component became one; none if it was not linked.
pub fn linked(component: &[u8]) -> Option<usize> {
    let sections = sections(component).ok()?;
    let mark = sections.iter().find_map(|section| section.custom(MARK))?;
    std::str::from_utf8(mark).ok()?.parse().ok()
}

/// Links the core modules of a component.
pub fn link(bytes: &[u8], names: Names) -> Result<Linked, LinkError> {
    if linked(bytes).is_some() {
        return Ok(Linked::AsItWas { reason: "it was linked before".to_owned() });
    }
    let linked = write(bytes, names)?;
    // What was read of the app is gone by now, as this takes memory of its own.
    if let Linked::Done { component, .. } = &linked {
        validate::validate(bytes, component)?;
    }
    Ok(linked)
}

/// Reads the component, and writes the linked one.
fn write(bytes: &[u8], names: Names) -> Result<Linked, LinkError> {
    let component = match items::read(bytes)? {
        Ok(component) => component,
        Err(reason) => return Ok(Linked::AsItWas { reason }),
    };
    let instances = instances::read(&component)?;
    let choice = match choose::choose(&component, &instances)? {
        Ok(choice) => choice,
        Err(reason) => return Ok(Linked::AsItWas { reason }),
    };
    let program = program::resolve(&instances, &choice.members)?;
    let needs = needs::needs(&component, &instances, &choice, &program)?;
    let imports = assemble::import_names(&program);
    let start = assemble::start(&instances, &choice);
    let code = code::read(&program)?;
    let reached = reach::reach(&program, &code, &needs.entities())?;
    // Whoever is given a global may change it.
    let written = reached.set.union(&needs.entities()).copied().collect();
    let constants = program::constants(&program, &written);
    let numbering = numbering::number(&program, &reached, &constants);
    let (data, lasting) = data(&program, &constants, &numbering);
    let merge = Merge {
        program: &program,
        code: &code,
        numbering: &numbering,
        constants: &constants,
        exports: &needs.exports,
        imports: &imports,
        data: data.as_ref(),
        start,
        names,
    };
    let parts = Parts { component: &component, instances: &instances, choice: &choice, needs: &needs, module: &merge };
    let mut linked = assemble::assemble(&parts, bytes.len())?;
    let modules = program.members.len();
    CustomSection { name: MARK.into(), data: modules.to_string().into_bytes().into() }.append_to(&mut linked);
    Ok(Linked::Done { component: linked, modules, has_unknown_objects: lasting == Lasting::Unknown })
}

/// What is in the memory when an instance begins, and what came of the objects that last. Nothing of the first where it is
/// not all known.
fn data(program: &Program<'_, '_>, constants: &Constants, numbering: &Numbering) -> (Option<DataSection>, Lasting) {
    let Some(mut image) = image::image(program, constants) else { return (None, Lasting::NotListed) };
    let lasting = lasting::set(&mut image);
    (Some(image.section(numbering.index(image.memory))), lasting)
}
