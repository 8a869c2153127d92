//! What happened, as a script: the file that can be read, shown, and answered from.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use wit_parser::{SizeAlign, TypeId};

use super::error::RecordError;
use super::flat;
use super::hide::Hide;
use super::items::{Items, RawFunction};
use super::lift::Lift;
use super::lines::{Counts, Event, Passed, event};
use super::module::ABI;
use super::owned::Layout;
use super::worlds::Worlds;
use crate::script::wave::{Call, Value};
use crate::script::world::{item, short};

/// What a trap of the host says where its answer never came.
const ENDS: &str = "the recording ends here";

/// A recording under way: which handle has which name, and what is told so far.
struct Telling<'a> {
    layout: Layout<'a>,
    items: &'a Items<'a>,
    full: bool,
    names: HashMap<u32, String>,
    counts: BTreeMap<String, usize>,
    given: Vec<String>,
    /// What was asked for and is not answered yet.
    asked: Option<String>,
    raw: Vec<RawCall>,
    /// How many of the raw calls came before the host called the app.
    before: usize,
    ended: Option<bool>,
}

/// A raw call and its answer.
struct RawCall {
    call: String,
    answer: Answer,
}

enum Answer {
    Nothing,
    Value(String),
    Never,
}

/// Writes the lines of a recorder down as a script; `about` says what it is of.
pub fn script(worlds: &Worlds, lines: &[String], about: &str, full: bool) -> Result<String, RecordError> {
    let items = Items::of(worlds)?;
    let mut sizes = SizeAlign::default();
    sizes.fill(&worlds.resolve).map_err(RecordError::recorder)?;
    let layout = Layout { resolve: &worlds.resolve, sizes: &sizes };
    let counts: Vec<Counts> = items.functions.iter().map(|function| counts(&layout, function)).collect();
    let mut telling = Telling {
        layout,
        items: &items,
        full,
        names: HashMap::new(),
        counts: BTreeMap::new(),
        given: Vec::new(),
        asked: None,
        raw: Vec::new(),
        before: 0,
        ended: None,
    };
    for line in lines {
        let event = event(line, &counts)?;
        telling.take(worlds, event)?;
    }
    telling.written(worlds, about)
}

/// How many values a line of a function has.
fn counts(layout: &Layout<'_>, function: &RawFunction<'_>) -> Counts {
    let signature = layout.resolve.wasm_signature(ABI.export_variant(), function.counterpart);
    [signature.params.len(), if signature.retptr { 0 } else { signature.results.len() }]
}

impl Telling<'_> {
    fn take(&mut self, worlds: &Worlds, event: Event) -> Result<(), RecordError> {
        match event {
            Event::Given(place, handle) => {
                let wrong = || RecordError::Line { reason: "there is no such resource".to_owned() };
                let given = worlds.given.get(place).ok_or_else(wrong)?;
                self.before = if place == 0 { self.raw.len() } else { self.before };
                let name = self.open(&given.name.clone(), handle);
                self.given.push(name);
            }
            Event::Call(passed) => {
                self.never();
                self.asked = Some(self.call(&passed)?);
            }
            Event::Answer(passed) => {
                let answer = match self.answer(&passed)? {
                    Some(value) => Answer::Value(format!("{value:#}")),
                    None => Answer::Nothing,
                };
                let call = self.asked.take();
                let wrong = || RecordError::Line { reason: "an answer has no call".to_owned() };
                self.raw.push(RawCall { call: call.ok_or_else(wrong)?, answer });
            }
            Event::Drop(_, handle) => {
                self.names.remove(&handle);
            }
            Event::Ended(ok) => self.ended = Some(ok),
        }
        Ok(())
    }

    /// What was asked for last was never answered.
    fn never(&mut self) {
        if let Some(call) = self.asked.take() {
            self.raw.push(RawCall { call, answer: Answer::Never });
        }
    }

    fn open(&mut self, resource: &str, handle: u32) -> String {
        let count = self.counts.entry(resource.to_owned()).or_default();
        *count += 1;
        let name = format!("{resource}#{count}");
        self.names.insert(handle, name.clone());
        name
    }

    fn function(&self, passed: &Passed) -> Result<RawFunction<'_>, RecordError> {
        let function = self.items.functions.get(passed.function);
        function.cloned().ok_or_else(|| RecordError::Line { reason: "there is no such function".to_owned() })
    }

    fn call(&mut self, passed: &Passed) -> Result<String, RecordError> {
        let (layout, function) = (self.layout, self.function(passed)?);
        let hide = Hide::of(&function.interface, self.full);
        let path = path(self.items, &function);
        let signature = layout.resolve.wasm_signature(ABI.export_variant(), function.counterpart);
        let types: Vec<_> = function.counterpart.params.iter().map(|param| param.ty).collect();
        let names = &mut self.names;
        // What is given away is the host's from here on.
        let mut name = |_: TypeId, handle: u32, own: bool| {
            let name = if own { names.remove(&handle) } else { names.get(&handle).cloned() };
            name.unwrap_or_else(|| format!("unknown#{handle}"))
        };
        let mut lift = Lift { layout, memory: &passed.memory, name: &mut name };
        let mut values = passed.values.as_slice();
        let arguments: Result<Vec<Value>, RecordError> = if signature.indirect_params {
            let at = u32::try_from(values.first().copied().unwrap_or_default()).unwrap_or_default();
            layout.parts(&types).iter().map(|(offset, ty)| lift.load(ty, at + offset)).collect()
        } else {
            types.iter().map(|ty| lift.flat(ty, &mut values)).collect()
        };
        let arguments = arguments?.into_iter().map(|value| hide.argument(value)).collect();
        Ok(format!("{:#}", Call { path, arguments }))
    }

    fn answer(&mut self, passed: &Passed) -> Result<Option<Value>, RecordError> {
        let (layout, function) = (self.layout, self.function(passed)?);
        let hide = Hide::of(&function.interface, self.full);
        let Some(ty) = function.counterpart.result else { return Ok(None) };
        let mut opened = Vec::new();
        let (names, counts) = (&mut self.names, &mut self.counts);
        let mut name = |id: TypeId, handle: u32, _: bool| {
            let kind = layout.resolve.types[id].name.as_deref().unwrap_or("resource");
            let count = counts.entry(kind.to_owned()).or_default();
            *count += 1;
            let name = format!("{kind}#{count}");
            opened.push((handle, name.clone()));
            name
        };
        let mut lift = Lift { layout, memory: &passed.memory, name: &mut name };
        let value = if passed.values.is_empty() && flat::count(layout.resolve, &ty) > 0 {
            lift.load(&ty, passed.memory.start)?
        } else {
            lift.flat(&ty, &mut passed.values.as_slice())?
        };
        names.extend(opened);
        Ok(Some(hide.answer(value)))
    }

    fn written(mut self, worlds: &Worlds, about: &str) -> Result<String, RecordError> {
        self.never();
        if self.given.is_empty() {
            return Err(RecordError::Nothing);
        }
        let ends = self.raw.last().is_some_and(|call| matches!(call.answer, Answer::Never));
        let mut text = format!("about = {}\n", quoted(about));
        let handler = self.handler(worlds);
        let calls = self.raw.split_off(self.before.min(self.raw.len()));
        self.raw.iter().for_each(|call| call.write("raw", &mut text));
        // A string takes all that is written to it.
        let _ = writeln!(text, "\n[[call]]\ndo = {}", quoted(&handler));
        let _ = match (self.ended, ends) {
            (Some(true), _) => writeln!(text, "expect = \"ok\""),
            (Some(false), _) => writeln!(text, "expect = \"err\""),
            (None, true) => writeln!(text, "trap = {}", quoted(ENDS)),
            // Whatever it said, it was the app's own.
            (None, false) => writeln!(text, "trap = \"\""),
        };
        calls.iter().for_each(|call| call.write("call.raw", &mut text));
        Ok(text)
    }

    /// The call of the host's, with the names of what it gave.
    fn handler(&self, worlds: &Worlds) -> String {
        let exports = worlds.resolve.worlds[worlds.entry].exports.iter();
        let interfaces = exports.filter_map(|(key, item)| match item {
            wit_parser::WorldItem::Interface { id, .. } => Some((worlds.resolve.name_world_key(key), *id)),
            wit_parser::WorldItem::Function(_) | wit_parser::WorldItem::Type { .. } => None,
        });
        let mut functions = interfaces.flat_map(|(name, id)| {
            worlds.resolve.interfaces[id].functions.keys().map(move |function| format!("{}.{function}", short(&name)))
        });
        format!("{}({})", functions.next().unwrap_or_default(), self.given.join(", "))
    }
}

impl RawCall {
    fn write(&self, table: &str, text: &mut String) {
        let _ = write!(text, "\n[[{table}]]\ncall = {}\n", quoted(&self.call));
        let _ = match &self.answer {
            Answer::Nothing => Ok(()),
            Answer::Value(value) => writeln!(text, "gives = {}", quoted(value)),
            Answer::Never => writeln!(text, "trap = {}", quoted(ENDS)),
        };
    }
}

/// How a script names a function: short, unless another interface has the name as well.
fn path(items: &Items<'_>, function: &RawFunction<'_>) -> String {
    let item = item(&function.function.name);
    let ours = format!("{}.{item}", short(&function.interface));
    let same =
        |other: &RawFunction<'_>| format!("{}.{}", short(&other.interface), self::item(&other.function.name)) == ours;
    if items.functions.iter().filter(|other| same(other)).count() > 1 {
        return format!("{}.{item}", function.interface);
    }
    ours
}

/// As TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
