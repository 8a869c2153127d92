//! What the observer asks of the host, by functions that the rules name: a log endpoint for its lines, and a store that says
//! whether observing is switched on.

use indexmap::IndexSet;
use wasm_encoder::ValType;
use wit_parser::{Int, Resolve, SizeAlign, Type, TypeDefKind};

use super::options::{Output, Switch, What};
use super::platform::Import;
use super::select::{RAW, Subject};
use super::sites::Site;
use super::{ObserveError, ground};
use crate::bundle::World;
use crate::bypass::imports::Known;
use crate::wit::qualified;

/// What the observer imports of the host, and a component that imports it.
pub(super) struct Host {
    pub donor: Vec<u8>,
    pub imports: Vec<Import>,
    /// Where the value of the switch is in what the host answers.
    pub layout: Option<Layout>,
}

/// Where in the result of a store the option is that holds a text, and where the text is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub option: u32,
    pub text: u32,
}

/// A function of the host: its raw path, and the one of `FUNCTIONS` that it is to be.
type Wanted<'a> = (&'a str, (&'static str, &'static [ValType]));

/// Finds what is asked of the host; nothing if nothing is. A component imports an interface once, so that the donor also
/// imports what of the host the app calls past the adapter (`sites`).
pub(super) fn host(
    world: &World,
    subjects: &[Subject],
    sites: &[Site],
    what: &What,
) -> Result<Option<Host>, ObserveError> {
    let (log, switch) = (log(world, what)?, switch(world, what)?);
    let wanted: Vec<Wanted<'_>> = log.into_iter().chain(switch).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let mut known = Known::new(&world.friendly).ok_or_else(|| failed("there is no world of the adapter"))?;
    let mut all = IndexSet::new();
    let (mut imports, mut layout) = (Vec::new(), None);
    for (path, (given, takes)) in wanted {
        let why = |what: &str| ObserveError::Host { path: path.to_owned(), why: what.to_owned() };
        let subject = subjects.iter().find(|subject| subject.path == format!("{RAW}{path}"));
        let subject = subject.ok_or_else(|| why("is not a function of this host"))?;
        let import = (subject.interface.clone(), subject.name.clone());
        let signature = known.signature(&import).ok_or_else(|| why("cannot be imported"))?;
        if signature != (takes.to_vec(), Vec::new()) {
            return Err(why("does not take what the observer gives it"));
        }
        if given == GET {
            let found = known.function(&import).and_then(|function| text(&known.resolve, function.result?));
            layout = Some(found.ok_or_else(|| why("does not answer a text or nothing"))?);
        }
        imports.push(Import { answers_lists: given == GET, ..Import::new(import.0.clone(), &import.1, given, true) });
        all.insert(import);
    }
    let package =
        |interface: &str| world.plan.interfaces.iter().any(|of| qualified(&world.plan.raw, &of.name) == interface);
    all.extend(sites.iter().map(|site| site.import.clone()).filter(|(interface, _)| package(interface)));
    let donor = known.encode(&all).map_err(|error| failed(&error.to_string()))?;
    Ok(Some(Host { donor, imports, layout }))
}

/// What reads the switch.
const GET: &str = "switch_get";

/// What the observer gives these functions: a text, and where the answer goes; a line; a key and the most bytes to answer.
pub(super) const FUNCTIONS: [(&str, &[ValType]); 4] = [
    ("log_open", &[ValType::I32; 3]),
    ("log_write", &[ValType::I32; 3]),
    ("switch_open", &[ValType::I32; 3]),
    (GET, &[ValType::I32, ValType::I32, ValType::I32, ValType::I64, ValType::I32]),
];

fn log<'w>(world: &'w World, what: &What) -> Result<Vec<Wanted<'w>>, ObserveError> {
    let Output::Log(_) = what.output else { return Ok(Vec::new()) };
    let rules = world.rules.observe.log.as_ref();
    let rules = rules.ok_or(ObserveError::NoRule { option: "--lines-to", rule: "log" })?;
    let [open, write, ..] = FUNCTIONS;
    Ok(vec![(&rules.open, open), (&rules.write, write)])
}

fn switch<'w>(world: &'w World, what: &What) -> Result<Vec<Wanted<'w>>, ObserveError> {
    let Some(Switch { interface, .. }) = &what.switch else { return Ok(Vec::new()) };
    let rules = world.rules.observe.switch.as_ref();
    let rules = rules.ok_or(ObserveError::NoRule { option: "--switch", rule: "switch" })?;
    let known = rules.open.split('.').next().unwrap_or(&rules.open);
    if interface != known {
        return Err(ObserveError::Switch { asked: interface.clone(), known: known.to_owned() });
    }
    let [.., open, get] = FUNCTIONS;
    Ok(vec![(&rules.open, open), (&rules.get, get)])
}

/// Where a text is that may be missing, in a result.
fn text(resolve: &Resolve, ty: Type) -> Option<Layout> {
    let kind = |ty: Type| if let Type::Id(id) = ty { Some(&resolve.types[id].kind) } else { None };
    let Some(TypeDefKind::Result(result)) = kind(ty) else { return None };
    let Some(TypeDefKind::Option(Type::String)) = kind(result.ok?) else { return None };
    let mut sizes = SizeAlign::default();
    sizes.fill(resolve).ok()?;
    let option = sizes.payload_offset(Int::U8, [result.ok.as_ref(), result.err.as_ref()]).size_wasm32() as u32;
    let text = option + sizes.payload_offset(Int::U8, [None, Some(&Type::String)]).size_wasm32() as u32;
    // The observer has so much room for an answer.
    (text + 8 <= ground::ROOM).then_some(Layout { option, text })
}

fn failed(message: &str) -> ObserveError {
    ObserveError::Imports { message: message.to_owned() }
}
