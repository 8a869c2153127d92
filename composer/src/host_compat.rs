//! What a host lacks of the raw world that the guests were built for, and the world as it is there.
//!
//! A raw package grows under a version number that stays. A component that imports a function the
//! host has not, or has with other types, is refused when it is instantiated. So what is called on
//! such a host is dropped here, from the raw world up to the friendly one, and `encode` drops it
//! from the guests.
//!
//! ```text
//! World ┐                 ┌─► Missing: what is lost, and why
//!       ├─compare─reduce──┤
//! host ─┘                 └─► World: what is left
//! ```

mod compare;
mod reduce;
mod survey;

use std::fmt;

use serde::Serialize;
use thiserror::Error;
use wit_component::DecodedWasm;
use wit_parser::WorldItem;

use crate::app::{App, compatible};
use crate::bundle::{Guests, World};
use crate::encode::{self, EncodeError};
use crate::plan::{Function, Kind, core_name};
use crate::prose::python;
use crate::read::RawWorld;
use crate::wit::{WitError, qualified};

/// What is lost on a host.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Missing {
    /// The raw functions that cannot be called there.
    pub raw: Vec<MissingRaw>,
    /// The friendly functions that are not there, in the order of the plan.
    pub functions: Vec<MissingFunction>,
    /// The friendly types that no function has to do with any more.
    pub types: Vec<MissingType>,
    /// The interfaces of which nothing is left.
    pub interfaces: Vec<String>,
}

/// A raw function that cannot be called on the host.
#[derive(Debug, Clone, Serialize)]
pub struct MissingRaw {
    /// Its path below the raw package.
    pub path: String,
    /// Why.
    pub why: Why,
}

/// Why a raw function cannot be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The host has not even the interface.
    NoInterface,
    /// The host's interface has no such function.
    NoFunction,
    /// The host has a function of this name and of another type: how it differs.
    Differs(String),
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInterface => formatter.write_str("the host lacks its interface"),
            Self::NoFunction => formatter.write_str("the host lacks it"),
            Self::Differs(how) => write!(formatter, "the host has another one: {how}"),
        }
    }
}

/// A friendly function that is not there.
#[derive(Debug, Clone, Serialize)]
pub struct MissingFunction {
    /// The friendly interface.
    pub interface: String,
    /// Its path below the friendly package.
    pub path: String,
    /// How Python spells it: `module.function` or `module.Class.method`.
    pub python: String,
    /// How it is reached.
    pub kind: Kind,
    /// The raw item that it cannot do without; none where no function takes its options any more.
    pub raw: Option<String>,
    /// Why, as a clause.
    pub why: String,
}

impl fmt::Display for MissingFunction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.raw {
            Some(raw) => write!(formatter, "{}: needs the raw `{raw}`, and {}", self.path, self.why),
            None => write!(formatter, "{}: {}", self.path, self.why),
        }
    }
}

/// A friendly type that is not there.
#[derive(Debug, Clone, Serialize)]
pub struct MissingType {
    /// Its path below the friendly package.
    pub path: String,
    /// How Python spells it: `module.Class`.
    pub python: String,
}

/// A world on a host.
#[derive(Debug, Clone)]
pub struct OnHost {
    /// What is left of it.
    pub world: World,
    /// What is not.
    pub missing: Missing,
    /// Raw functions that the guests mention and that nothing leads to any more: module and name of the core import.
    uncalled: Vec<(String, String)>,
}

/// Why there is no world on this host, or no app.
#[derive(Debug, Error)]
pub enum HostCompatError {
    /// The host's WIT is another package.
    #[error("the host's WIT is `{host}`, and the guests were built for `{raw}`; give the WIT of a host that has it")]
    Package {
        /// The host's package.
        host: String,
        /// The package that is reshaped.
        raw: String,
    },
    /// What every app needs is not there.
    #[error("no app can run on this host, which calls an app otherwise: {}; build the guests for its WIT with `composer guests --wit DIR`", .lost.join("; "))]
    Needed {
        /// Raw paths, each with the reason.
        lost: Vec<String>,
    },
    /// What this app needs is not there.
    #[error(
        "the app imports what this host lacks; build it against the friendly world of this host, which `composer wit --host-wit DIR` prints, and do without\n{}",
        .lost.iter().map(|loss| format!("  {loss}")).collect::<Vec<_>>().join("\n")
    )]
    App {
        /// What it imports.
        lost: Vec<MissingFunction>,
    },
    /// What is left is not WIT.
    #[error(transparent)]
    Wit(#[from] WitError),
}

/// The world as it is on a host, given the host's own WIT.
pub fn on_host(world: &World, host: &RawWorld) -> Result<OnHost, HostCompatError> {
    let package = host.resolve.packages[host.package].name.to_string();
    // Versions are compared as a linker does it.
    if !compatible(&qualified(&package, "x"), &qualified(&world.plan.raw, "x")) {
        return Err(HostCompatError::Package { host: package, raw: world.plan.raw.clone() });
    }
    let compare = compare::Compare { ours: &world.raw, host };
    let lost = survey::exports(&world.plan, compare);
    if !lost.is_empty() {
        return Err(HostCompatError::Needed { lost });
    }
    let missing = survey::missing(&world.plan, compare);
    reduce::reduce(world, compare, missing)
}

impl Missing {
    /// Whether nothing is lost.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty() && self.functions.is_empty() && self.types.is_empty() && self.interfaces.is_empty()
    }

    /// The losses whose friendly, raw or Python name contains `pattern`.
    pub fn matching(&self, pattern: &str) -> Self {
        let mut found = self.clone();
        let has = |name: &str| name.contains(pattern);
        found.raw.retain(|loss| has(&loss.path));
        found.functions.retain(|loss| has(&loss.path) || has(&loss.python) || loss.raw.as_deref().is_some_and(has));
        found.types.retain(|lost| has(&lost.path) || has(&lost.python));
        found.interfaces.retain(|name| has(name));
        found
    }

    /// As text, a loss a line.
    pub fn text(&self) -> String {
        let raw = self.raw.iter().map(|loss| format!("{}: {}", loss.path, loss.why)).collect();
        let functions = self.functions.iter().map(MissingFunction::to_string).collect();
        let types = self.types.iter().map(|lost| lost.path.clone()).collect();
        let sections: [(&str, Vec<String>); 4] = [
            ("raw functions that cannot be called", raw),
            ("friendly functions lost", functions),
            ("friendly types lost, since no function has to do with them", types),
            ("interfaces lost as a whole", self.interfaces.clone()),
        ];
        let sections = sections.iter().filter(|(_, lines)| !lines.is_empty());
        let sections = sections.map(|(title, lines)| format!("{title}\n  {}\n", lines.join("\n  ")));
        sections.collect::<Vec<_>>().join("\n")
    }
}

impl OnHost {
    /// The world as it is, on the host that the guests were built for.
    pub fn same(world: World) -> Self {
        Self { world, missing: Missing::default(), uncalled: Vec::new() }
    }

    /// The guests without what they mention and never call on this host.
    pub fn guests(&self, guests: &Guests) -> Result<Guests, EncodeError> {
        let adapter = encode::without_imports("adapter", &guests.adapter, &self.uncalled)?;
        Ok(Guests { adapter, ..guests.clone() })
    }

    /// Refuses an app that imports something lost.
    pub fn check(&self, app: &App<'_>) -> Result<(), HostCompatError> {
        let DecodedWasm::Component(resolve, world) = &app.decoded else { return Ok(()) };
        let plan = &self.world.plan;
        let mut lost = Vec::new();
        for (key, item) in &resolve.worlds[*world].imports {
            let name = resolve.name_world_key(key);
            let id = match item {
                WorldItem::Interface { id, .. } => id,
                WorldItem::Function(_) => {
                    let in_world = |loss: &&MissingFunction| loss.interface.is_empty() && loss.path == name;
                    lost.extend(self.missing.functions.iter().filter(in_world).cloned());
                    continue;
                }
                WorldItem::Type { .. } => continue,
            };
            let of_it = self.missing.functions.iter().filter(|loss| {
                let friendly = qualified(&plan.friendly, &loss.interface);
                name == friendly || name == qualified(&plan.raw, &loss.interface)
            });
            let functions = &resolve.interfaces[*id].functions;
            lost.extend(of_it.filter(|loss| functions.contains_key(&loss.core_name())).cloned());
        }
        if lost.is_empty() { Ok(()) } else { Err(HostCompatError::App { lost }) }
    }
}

impl MissingFunction {
    fn new(interface: &str, function: &Function, raw: Option<String>, why: String) -> Self {
        Self {
            interface: interface.to_owned(),
            path: function.path(interface),
            python: python_name(interface, function),
            kind: function.kind.clone(),
            raw,
            why,
        }
    }

    /// One that stands in the world itself, and is the raw one.
    fn in_world(name: &str, why: &Why) -> Self {
        Self {
            interface: String::new(),
            path: name.to_owned(),
            python: python::snake(name),
            kind: Kind::Freestanding,
            raw: Some(name.to_owned()),
            why: why.to_string(),
        }
    }

    fn core_name(&self) -> String {
        let name = self.path.rsplit('.').next().unwrap_or_default();
        core_name(&self.kind, name)
    }
}

/// How Python spells a friendly function: `module.function` or `module.Class.method`.
pub fn python_name(interface: &str, function: &Function) -> String {
    format!("{}.{}", python::module(interface), python::function_name(&function.kind, &function.name))
}
