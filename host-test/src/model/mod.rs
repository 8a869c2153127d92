//! A careful client of the raw world, by the plan alone: what a friendly call must cause, and what it must give.
//!
//! The adapter is Rust that was generated from the plan and compiled. This is the plan read a second time,
//! value by value, without any of that code: it makes the raw calls that a friendly call stands for, of a host
//! that may answer whatever its types allow, and reshapes what comes. What it did is written down as a step of
//! a script, which the adapter is then held to: each raw call, each argument, and the answer.
//!
//! - [`values`] has the words for values;
//! - [`state`] knows which handle holds what;
//! - [`lower`] brings friendly values to the host, and [`options`] the records that options stand for;
//! - [`calls`] makes raw calls, as often as it takes, [`group`] those of several getters, and [`pairs`] those of
//!   names and their values, and [`held`] knows what came out of an object and stays;
//! - [`inner`] puts raw handles where friendly ones stand inside values;
//! - [`lift`] brings raw values to the app, and [`errors`] what went wrong;
//! - [`answers`] is the host, and [`random`] the values that it has;
//! - [`makers`] and [`case`] are the app, which makes up a script for whatever function it is to call.

pub mod answers;
mod calls;
pub mod case;
mod errors;
mod group;
mod held;
mod inner;
mod kept;
mod lift;
mod lower;
pub mod makers;
mod options;
mod pairs;
pub mod random;
pub mod state;
pub mod values;

use std::sync::Arc;

use composer::plan::{
    AdapterCase, Call as PlanCall, CaseFrom, ErrorType, Function, Interface, Kind, Operation, Plan, RawFunction, Type,
    TypePath,
};
use indexmap::IndexMap;

use crate::script::file::{Action, Answer, End, Expected, Section, Step};
use crate::script::wave::{Call, Value};
use crate::script::world::{Function as WorldFunction, World};

pub use answers::{Asked, Deed, Host, Manner, Reply};
pub use case::Case;
pub use makers::Makers;
pub use state::{Cell, Held, State};

/// A plan, and the component that was made from it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// The plan.
    pub plan: &'s Plan,
    /// What the component has.
    pub world: &'s World,
}

/// A call of a friendly function.
#[derive(Debug, Clone)]
pub struct Friendly<'p> {
    /// The interface of the function.
    pub interface: &'p Interface,
    /// The function.
    pub function: &'p Function,
    /// The handle that it is called on.
    pub receiver: Option<String>,
    /// What it is called with.
    pub arguments: IndexMap<String, Value>,
}

/// Why a friendly call did not come to a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Fails {
    /// The adapter says so.
    Adapter(AdapterCase),
    /// The host says so: the friendly error, if there is a value for it.
    Host(Option<Value>),
    /// The host trapped.
    Trap(String),
}

/// The client in the middle of a script.
pub struct Model<'s> {
    /// What it reads.
    pub subject: Subject<'s>,
    /// The handles.
    pub state: State,
    /// What answers.
    pub host: Host,
    made: Vec<Arc<Expected>>,
}

impl<'s> Model<'s> {
    /// At the start of a script.
    pub fn new(subject: Subject<'s>, host: Host) -> Self {
        Self { subject, state: State::default(), host, made: Vec::new() }
    }

    /// Makes a friendly call: the step of a script that has the raw calls, their answers and the result.
    pub fn call(&mut self, call: &Friendly<'s>) -> Step {
        let written = call.written();
        let outcome = self.outcome(call);
        let end = match (&call.function.kind, &call.function.result, outcome) {
            (_, _, Err(Fails::Trap(message))) => End::Trap(message),
            (Kind::Constructor(_), _, Ok(Some(value))) => End::Value(value),
            (_, Some(Type::Result { .. }), Ok(value)) => End::Value(values::ok(value)),
            (_, Some(Type::Result { err, .. }), Err(fails)) => {
                End::Value(values::err(self.error_of(err.as_deref(), fails)))
            }
            (_, _, Ok(Some(value))) => End::Value(value),
            (_, _, Ok(None)) => End::Any,
            // A function that cannot fail, and does: the adapter has no way to say it either.
            (_, _, Err(fails)) => End::Trap(format!("{fails:?}")),
        };
        let raw = Section { expected: std::mem::take(&mut self.made), unordered: false };
        Step { text: written.to_string(), action: Action::Call(written), end, within: None, raw }
    }

    /// Drops a handle that the script holds.
    pub fn drop(&mut self, name: &str) -> Step {
        self.state.held.shift_remove(name);
        let action = Action::Drop(name.to_owned());
        Step { text: format!("drop {name}"), action, end: End::Any, within: None, raw: Section::default() }
    }

    fn outcome(&mut self, call: &Friendly<'s>) -> Result<Option<Value>, Fails> {
        let resource = |name: &str| TypePath::friendly(&call.interface.name, name);
        match &call.function.operation {
            Operation::Direct => Ok(None),
            Operation::Call(body) => {
                let value = self.answer(call, body)?;
                match (&call.function.kind, value) {
                    (Kind::Constructor(name), Some(value)) if !matches!(body.ok, Some(Type::Own(_))) => {
                        Ok(Some(self.adopt(&resource(name), &value)))
                    }
                    (_, value) => Ok(value),
                }
            }
            Operation::NewOptions => {
                let Kind::Constructor(name) = &call.function.kind else { return Ok(None) };
                Ok(Some(self.new_options(&resource(name), call)))
            }
            Operation::SetOption(field) => {
                self.set_option(field, call);
                Ok(None)
            }
            Operation::Share(path) => {
                let Some(cell) = call.receiver.as_deref().and_then(|name| self.state.cell(name)) else {
                    return Ok(None);
                };
                self.lend(cell)?;
                Ok(Some(self.state.hold_wrapper(path, cell)))
            }
            Operation::Later => {
                let Kind::Constructor(name) = &call.function.kind else { return Ok(None) };
                let path = resource(name);
                let maker = self.subject.plan.wrapper(&path).and_then(|wrapper| wrapper.made_by.clone());
                let cell = self.state.add(maker.map_or(Cell::Taken, Cell::Pending));
                Ok(Some(self.state.hold_wrapper(&path, cell)))
            }
            Operation::Group(group) => self.group(call, group).map(Some),
            Operation::Pairs(pairs) => self.pairs(call, pairs).map(Some),
        }
    }

    /// A raw call, and its answer.
    fn raw(&mut self, function: &RawFunction, arguments: Vec<Value>, asking: Asking) -> Result<Option<Value>, Fails> {
        self.raw_for(function, arguments, asking, None)
    }

    /// A raw call of which the app will see an answer.
    fn raw_for(
        &mut self,
        function: &RawFunction,
        arguments: Vec<Value>,
        asking: Asking,
        of: Option<&PlanCall>,
    ) -> Result<Option<Value>, Fails> {
        let path = written(function);
        let world = self.subject.world;
        let Some(ty) = world.raw.by_name(&path).map(|raw| &raw.ty) else { return Ok(None) };
        let types = ty.params().map(|(_, ty)| ty);
        let arguments: Vec<_> = arguments.into_iter().zip(types).map(|(value, ty)| narrowed(value, &ty)).collect();
        let error = of.and_then(|of| of.error.as_ref());
        let small = self.cases(error, |error| error.too_small.keys().next());
        let maybe = self.cases(error, |error| error.maybe_too_small.first());
        let friendly = of.and_then(|of| of.ok.as_ref());
        let plan = self.subject.plan;
        let choices = |path: &TypePath| numbers(plan, path);
        let asked = Asked { ty, asking, friendly, small: &small, maybe: &maybe, choices: &choices };
        let reply = self.host.answer(&asked, &mut self.state);
        let (answer, value) = match reply {
            Reply::Value(Some(value)) => (Answer::Value(value.clone()), Ok(Some(value))),
            Reply::Value(None) => (Answer::Nothing, Ok(None)),
            Reply::Trap(message) => (Answer::Trap(message.clone()), Err(Fails::Trap(message))),
        };
        let call = Call { path, arguments };
        self.made.push(Arc::new(Expected { call, answer, times: Some(1), after: 0, reenter: None, line: None }));
        value
    }

    /// The cases, outermost first, by which a host says what `pick` finds in an error.
    fn cases(&self, error: Option<&Type>, pick: fn(&ErrorType) -> Option<&String>) -> Vec<String> {
        let Some(Type::Named(path)) = error else { return Vec::new() };
        if let Some(ty) = self.subject.plan.alias(path) {
            return self.cases(Some(ty), pick);
        }
        let Some(error) = self.subject.plan.error(path) else { return Vec::new() };
        if let Some(case) = pick(error) {
            return vec![case.clone()];
        }
        let inner = |base: &TypePath| self.cases(Some(&Type::Named(base.clone())), pick);
        let nested = error.nested.iter().map(|(case, base)| (case, inner(base)));
        let found = nested.into_iter().find(|(_, inner)| !inner.is_empty());
        found.map(|(case, inner)| [case.clone()].into_iter().chain(inner).collect()).unwrap_or_default()
    }
}

/// The largest number that a narrower parameter can say, where it is to be given a larger one.
fn narrowed(value: Value, ty: &wasmtime::component::Type) -> Value {
    match (ty, values::integer(&value)) {
        (wasmtime::component::Type::U32, Some(number)) => values::number(number.min(u64::from(u32::MAX))),
        (_, _) => value,
    }
}

/// The integers that an enum stands for.
fn numbers(plan: &Plan, path: &TypePath) -> Vec<u64> {
    let numbers = plan.enum_cases(path).iter().map(|case| &case.from);
    numbers.filter_map(|from| if let CaseFrom::Number(number) = from { Some(*number) } else { None }).collect()
}

/// What a raw call asks for, where it is one of several.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking {
    /// How large the answer may be.
    pub limit: Option<u64>,
    /// Where the page starts.
    pub cursor: Option<u32>,
    /// How many bytes are read.
    pub chunk: Option<u64>,
    /// How many bytes are offered.
    pub offered: Option<u64>,
}

impl Friendly<'_> {
    /// As scripts write it.
    pub fn written(&self) -> Call {
        let path = spelled(&self.interface.name, &self.function.kind, &self.function.name);
        let receiver = self.receiver.iter().map(|name| Value::Handle(name.clone()));
        Call { path, arguments: receiver.chain(self.arguments.values().cloned()).collect() }
    }
}

/// How scripts name a raw function.
pub fn written(function: &RawFunction) -> String {
    spelled(&function.interface, &function.kind, &function.name)
}

fn spelled(interface: &str, kind: &Kind, name: &str) -> String {
    match kind {
        Kind::Freestanding => format!("{interface}.{name}"),
        Kind::Method(resource) | Kind::Static(resource) => format!("{interface}.{resource}.{name}"),
        Kind::Constructor(resource) => format!("{interface}.{resource}"),
    }
}

impl<'s> Subject<'s> {
    /// The friendly functions that the component has, each with its interface.
    pub fn functions(&self) -> impl Iterator<Item = (&'s Interface, &'s Function)> + use<'s> {
        let world = self.world;
        let all =
            self.plan.interfaces.iter().flat_map(|interface| interface.functions.iter().map(move |of| (interface, of)));
        all.filter(move |(interface, function)| {
            let path = spelled(&interface.name, &function.kind, &function.name);
            world.exports.by_name(&path).is_some()
        })
    }

    /// What the component says of an exported function.
    pub fn export(&self, interface: &Interface, function: &Function) -> Option<&'s WorldFunction> {
        let path = spelled(&interface.name, &function.kind, &function.name);
        self.world.exports.by_name(&path)
    }
}
