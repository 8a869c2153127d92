//! The answer to a raw call, or in words why there is none.

use std::fmt::{self, Write};
use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{Instance, ResourceAny, ResourceType, Val};

use super::drive;
use super::error::ScriptError;
use super::file::{Answer, Expected, Section};
use super::handles;
use super::ledger::Ledger;
use super::memory::Memory;
use super::names::Names;
use super::print;
use super::value::{self, misfit};
use super::wave::Value;
use super::world::World;

/// How far a script has come: what a store holds.
#[derive(Debug)]
pub struct Play {
    /// What the component has.
    pub world: Arc<World>,
    /// Its handles.
    pub names: Names,
    /// What became of those of the host.
    pub ledger: Ledger,
    /// How much memory the component has.
    pub memory: Memory,
    /// What happened.
    pub transcript: String,
    /// Whether nobody reads that, nor what became of handles: a script is played very often.
    pub quiet: bool,
    /// The component, once it is there.
    pub instance: Option<Instance>,
    /// The script's clock, in milliseconds: it goes on only where the script says so.
    pub clock: u64,
    /// What went otherwise than the script says.
    pub failed: Option<ScriptError>,
    /// Where the script is.
    pub at: String,
    now: Running,
    always: Running,
}

#[derive(Debug, Default)]
struct Running {
    lines: Vec<Line>,
    unordered: bool,
}

#[derive(Debug)]
struct Line {
    function: usize,
    expected: Arc<Expected>,
    /// How often it is still to come; without a number, any number of times.
    left: Option<u64>,
}

/// A raw call that came.
struct Came<'a> {
    function: usize,
    ty: &'a ComponentFunc,
    arguments: &'a [Val],
    seen: &'a [(ResourceAny, u32)],
}

impl Play {
    /// Before any script.
    pub fn new(world: Arc<World>, memory: Memory) -> Self {
        Self {
            world,
            names: Names::default(),
            ledger: Ledger::default(),
            memory,
            transcript: String::new(),
            quiet: false,
            instance: None,
            clock: 0,
            failed: None,
            at: String::new(),
            now: Running::default(),
            always: Running::default(),
        }
    }

    /// At the start of a script.
    pub fn begin(&mut self, always: &Section) -> Result<(), ScriptError> {
        self.always = running(&self.world, always)?;
        Ok(())
    }

    /// Goes on to the raw calls of a step.
    pub fn enter(&mut self, section: &Section) -> Result<(), ScriptError> {
        self.now = running(&self.world, section)?;
        Ok(())
    }

    /// Whether the raw calls of the step have come.
    pub fn leave(&mut self) -> Result<(), ScriptError> {
        self.missing(&self.now)
    }

    /// Whether those of the whole script have.
    pub fn finish(&self) -> Result<(), ScriptError> {
        self.missing(&self.always)
    }

    fn missing(&self, running: &Running) -> Result<(), ScriptError> {
        match running.lines.iter().find_map(|line| Some((line, line.left.filter(|left| *left > 0)?))) {
            Some((line, left)) => {
                let expected = line.expected.call.to_string();
                Err(ScriptError::Missing { at: self.at.clone(), expected, left, line: line.expected.line })
            }
            None => Ok(()),
        }
    }

    /// Writes a line of the transcript.
    pub fn tell(&mut self, line: fmt::Arguments<'_>) {
        if !self.quiet {
            // A string takes all that is written to it.
            let _ = writeln!(self.transcript, "{line}");
        }
    }

    /// A handle of the host was opened by a call to which those were lent.
    pub(super) fn opened(&mut self, name: &str, lent: &[u32]) {
        if let Some(rep) = self.names.find(name).filter(|_| !self.quiet) {
            self.ledger.opened(name, rep, lent.to_vec());
        }
    }

    /// One was dropped, or given to the host.
    pub(super) fn closed(&mut self, rep: u32, given: bool) {
        self.names.close(rep);
        match (self.quiet, given) {
            (true, _) => {}
            (false, true) => self.ledger.given(rep),
            (false, false) => self.ledger.dropped(rep),
        }
    }

    fn choose(&mut self, came: &Came<'_>) -> Result<Arc<Expected>, ScriptError> {
        let mut refused = None;
        for always in [false, true] {
            let running = if always { &self.always } else { &self.now };
            match self.search(running, came)? {
                Ok(place) => {
                    let running = if always { &mut self.always } else { &mut self.now };
                    return running.take(place).ok_or_else(|| self.surplus(came));
                }
                Err(why) => refused = refused.or(why),
            }
        }
        Err(refused.unwrap_or_else(|| self.surplus(came)))
    }

    fn surplus(&self, came: &Came<'_>) -> ScriptError {
        ScriptError::Surplus { at: self.at.clone(), call: self.called(came) }
    }

    /// Which line answers a call, or why the one that should does not.
    fn search(&self, running: &Running, came: &Came<'_>) -> Result<Result<usize, Option<ScriptError>>, ScriptError> {
        let mut refused: Option<(bool, ScriptError)> = None;
        for (place, line) in running.lines.iter().enumerate().filter(|(_, line)| line.left != Some(0)) {
            let Some(why) = self.differs(line, came)? else { return Ok(Ok(place)) };
            let near = line.function == came.function;
            let must_come = line.left.is_some() && !running.unordered;
            // The nearest says most: one of the same function, or the one that is next. What only may come is no reason.
            let says = near || line.left.is_some();
            if says && refused.as_ref().is_none_or(|(was_near, _)| must_come || (near && !was_near)) {
                refused = Some((near, why));
            }
            if must_come {
                break;
            }
        }
        Ok(Err(refused.map(|(_, why)| why)))
    }

    /// How a call is not the one of a line.
    fn differs(&self, line: &Line, came: &Came<'_>) -> Result<Option<ScriptError>, ScriptError> {
        let expected = &line.expected.call;
        if line.function != came.function {
            let (at, call) = (self.at.clone(), self.called(came));
            let line = line.expected.line;
            return Ok(Some(ScriptError::Other { at, call, expected: expected.to_string(), line }));
        }
        let (written, open) = match expected.arguments.as_slice() {
            [written @ .., Value::Any] => (written, true),
            written => (written, false),
        };
        let count = came.arguments.len();
        if written.len() > count || (!open && written.len() < count) {
            let (at, path) = (self.at.clone(), expected.path.clone());
            return Err(ScriptError::Count { at, path, takes: count, written: written.len() });
        }
        let mut same = |name: &str, resource: &ResourceAny| self.named(came.seen, resource) == name;
        for ((written, val), (parameter, ty)) in written.iter().zip(came.arguments).zip(came.ty.params()) {
            let fits = value::fits(written, val, &ty, &mut same);
            let fits =
                fits.map_err(|misfit| ScriptError::Value { at: format!("{}, `{expected}`", self.at), misfit })?;
            if !fits {
                return Ok(Some(ScriptError::Argument {
                    at: self.at.clone(),
                    parameter: parameter.into(),
                    got: self.show(val, came.seen).into(),
                    expected: written.to_string(),
                    call: self.called(came),
                    line: line.expected.line,
                }));
            }
        }
        Ok(None)
    }

    fn named(&self, seen: &[(ResourceAny, u32)], resource: &ResourceAny) -> String {
        match seen.iter().find(|(of, _)| of == resource) {
            Some((_, rep)) => self.names.of(*rep),
            None => self.names.name_of(resource).unwrap_or("resource").to_owned(),
        }
    }

    /// A value as text, whosever its resources are; nothing where nobody reads it.
    pub fn show(&self, val: &Val, seen: &[(ResourceAny, u32)]) -> String {
        if self.quiet {
            return String::new();
        }
        print::value(val, &|resource| self.named(seen, resource))
    }

    fn called(&self, came: &Came<'_>) -> String {
        if self.quiet {
            return String::new();
        }
        let function = self.world.raw.get(came.function).map_or("", |function| &function.told);
        let arguments: Vec<_> = came.arguments.iter().map(|val| self.show(val, came.seen)).collect();
        format!("{function}({})", arguments.join(", "))
    }
}

impl Running {
    /// Uses a line, and leaves behind those before it that may come any number of times.
    fn take(&mut self, place: usize) -> Option<Arc<Expected>> {
        let exact = self.lines.get(place)?.left.is_some();
        if exact && !self.unordered {
            self.lines.iter_mut().take(place).for_each(|line| line.left = Some(0));
        }
        let line = self.lines.get_mut(place)?;
        line.left = line.left.map(|left| left.saturating_sub(1));
        Some(Arc::clone(&line.expected))
    }
}

fn running(world: &World, section: &Section) -> Result<Running, ScriptError> {
    let line = |expected: &Arc<Expected>| {
        let function = world.raw.find(&expected.call.path, "raw function")?;
        Ok(Line { function, expected: Arc::clone(expected), left: expected.times })
    };
    let lines = section.expected.iter().map(line).collect::<Result<_, ScriptError>>()?;
    Ok(Running { lines, unordered: section.unordered })
}

/// Answers a raw call.
pub fn answer(
    mut store: StoreContextMut<'_, Play>,
    function: usize,
    ty: &ComponentFunc,
    arguments: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    let lifted = handles::lift(&mut store, arguments)?;
    let seen: Vec<_> = lifted.iter().map(|(resource, rep, _)| (*resource, *rep)).collect();
    let (came, play) = (Came { function, ty, arguments, seen: &seen }, store.data_mut());
    let call = play.called(&came);
    let expected = match play.choose(&came) {
        Ok(expected) => expected,
        Err(error) => return Err(fail(play, &call, error)),
    };
    if let Some(again) = &expected.reenter {
        drive::reenter(&mut store, again)?;
    }
    let play = store.data_mut();
    play.clock = play.clock.saturating_add(expected.after);
    let waited = if expected.after == 0 { String::new() } else { format!(" after {} ms", expected.after) };
    let those = |are_owned| lifted.iter().filter(move |(_, _, owned)| *owned == are_owned).map(|(_, rep, _)| *rep);
    let (given, lent): (Vec<u32>, Vec<u32>) = (those(true).collect(), those(false).collect());
    given.iter().for_each(|rep| play.closed(*rep, true));
    let mut opened = Vec::new();
    let result = match (&expected.answer, ty.results().next()) {
        (Answer::Trap(message), _) => {
            play.tell(format_args!("  {call} -> trap \"{message}\"{waited}"));
            return Err(wasmtime::Error::msg(message.clone()));
        }
        (Answer::Nothing, None) => Ok(None),
        (Answer::Value(value), Some(ty)) => {
            let mut make =
                |name: Option<&str>, ty: &ResourceType, own| handles::make(&mut store, name, ty, own, &mut opened);
            value::build(value, &ty, &mut make).map(Some)
        }
        (Answer::Nothing, Some(_)) => Err(misfit(&Value::Any, "answer: say what it `gives`")),
        (Answer::Value(value), None) => Err(misfit(value, "answer: the function returns nothing")),
    };
    let play = store.data_mut();
    let at = format!("{}, answer of `{}`", play.at, expected.call);
    let result = result.map_err(|misfit| fail(play, &call, ScriptError::Value { at, misfit }))?;
    let shown = result.as_ref().map_or_else(String::new, |val| {
        let mut all = Vec::new();
        handles::resources(val, &mut all);
        // They were made in the order in which they are in the value.
        let seen: Vec<_> = all.into_iter().zip(opened.iter().filter_map(|name| play.names.find(name))).collect();
        format!(" -> {}", play.show(val, &seen))
    });
    play.tell(format_args!("  {call}{shown}{waited}"));
    for name in given.into_iter().map(|rep| play.names.of(rep)).collect::<Vec<_>>() {
        play.tell(format_args!("  - {name} given"));
    }
    for name in opened {
        play.tell(format_args!("  + {name}"));
        play.opened(&name, &lent);
    }
    results.iter_mut().zip(result).for_each(|(slot, result)| *slot = result);
    Ok(())
}

fn fail(play: &mut Play, call: &str, error: ScriptError) -> wasmtime::Error {
    let message = error.to_string();
    play.tell(format_args!("  {call} -> no answer"));
    play.failed.get_or_insert(error);
    wasmtime::Error::msg(message)
}

/// The component has dropped a resource of the host.
pub fn dropped(mut store: StoreContextMut<'_, Play>, rep: u32) {
    let play = store.data_mut();
    play.closed(rep, false);
    let name = play.names.of(rep);
    play.tell(format_args!("  - {name}"));
}
