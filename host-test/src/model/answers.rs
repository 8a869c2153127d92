//! A host that answers whatever the types of the raw world allow, the same for the same seed.

use std::ops::Range;

use composer::plan::{Conversion, Type as PlanType};
use fastrand::Rng;
use wasmtime::component::Type;
use wasmtime::component::types::ComponentFunc;

use super::random::errors;
use super::{Asking, State, values};
use crate::script::wave::Value;

/// A raw call that came.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// What it takes and gives.
    pub ty: &'a ComponentFunc,
    /// Which of several calls it is.
    pub asking: Asking,
    /// What the app will see of a good answer, where that is known.
    pub friendly: Option<&'a PlanType>,
    /// The cases, outermost first, by which a host says that a buffer was too small.
    pub small: &'a [String],
    /// Those that mean this too, once the others were said.
    pub maybe: &'a [String],
    /// The numbers of an enum that stands for integers, by the enum's name.
    pub choices: &'a dyn Fn(&composer::plan::TypePath) -> Vec<u64>,
}

/// An answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A value, where the function returns one.
    Value(Option<Value>),
    /// A trap with this message.
    Trap(String),
}

/// The host.
#[derive(Debug)]
pub struct Host {
    /// How it answers.
    pub manner: Manner,
    /// How many calls it has answered since its manner changed.
    pub answered: usize,
    /// How many bytes of a body it has given out.
    given: usize,
    pub(super) rng: Rng,
}

/// How a host answers.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Well: with what was asked for.
    Good,
    /// With anything that the types allow.
    Wild,
    /// Well, but for one call, counted from 0.
    But(usize, Deed),
    /// Well, and with so many bytes where it is asked how many it may answer with.
    Sized(Sized),
}

/// What a host does once.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// Answers with this error, counted from 0.
    Error(usize),
    /// Traps.
    Trap,
}

/// A host with an answer of so many bytes.
#[derive(Debug, Clone, Copy)]
pub struct Sized {
    /// How many, in all.
    pub length: usize,
    /// How many of them are in a page at most.
    pub page: usize,
    /// How it refuses a limit.
    pub refuses: Refuses,
    /// How its cursor moves.
    pub cursor: Cursor,
    /// Whether its bytes are text.
    pub text: bool,
}

/// How a host refuses a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refuses {
    /// It never does.
    Never,
    /// It refuses one that is too small, and the largest there is, and says what it needs.
    Honestly,
    /// It refuses as well, and claims to need this.
    Claiming(u64),
    /// It refuses as well, first without saying what it needs, and then with a case that means other things too.
    Vaguely,
    /// It refuses every limit, and claims to need more than that.
    Always,
}

/// How a host's cursor moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// On, by one a page.
    On,
    /// Not at all.
    Stays,
    /// On, and then back.
    Back,
}

impl Host {
    /// A host that answers well.
    pub fn new(seed: u64) -> Self {
        Self { manner: Manner::Good, answered: 0, given: 0, rng: Rng::with_seed(seed) }
    }

    /// Changes its manner.
    pub fn turn(&mut self, manner: Manner) {
        self.manner = manner;
        self.answered = 0;
        self.given = 0;
    }

    /// Answers a call.
    pub fn answer(&mut self, asked: &Asked<'_>, state: &mut State) -> Reply {
        let count = self.answered;
        self.answered += 1;
        let Some(ty) = asked.ty.results().next() else {
            return match &self.manner {
                Manner::But(at, Deed::Trap) if *at == count => Reply::Trap(TRAP.to_owned()),
                Manner::But(..) | Manner::Good | Manner::Wild | Manner::Sized(_) => Reply::Value(None),
            };
        };
        let value = match self.manner.clone() {
            Manner::But(at, Deed::Trap) if at == count => return Reply::Trap(TRAP.to_owned()),
            Manner::But(at, Deed::Error(which)) if at == count => {
                let all = errors(&ty, state);
                all.into_iter().nth(which).unwrap_or(Value::Any)
            }
            Manner::Wild => self.wild(&ty, asked, state),
            Manner::Sized(sized) if asked.asking.limit.is_some() && !asked.small.is_empty() => {
                self.sized(&ty, sized, asked, state)
            }
            Manner::Sized(sized) if asked.asking.chunk.is_some() => self.chunk(&ty, sized, asked),
            Manner::Good | Manner::But(..) | Manner::Sized(_) => self.good(&ty, asked, state),
        };
        Reply::Value(Some(value))
    }

    fn good(&mut self, ty: &Type, asked: &Asked<'_>, state: &mut State) -> Value {
        if let Some(offered) = asked.asking.offered {
            let took = if offered > 1 && self.rng.bool() { self.rng.u64(1..=offered) } else { offered };
            return in_result(ty, values::number(took));
        }
        if asked.asking.chunk.is_some() {
            let length = if self.rng.bool() { 0 } else { self.rng.usize(1..20) };
            return in_result(ty, Value::Bytes(self.letters(length).into_bytes()));
        }
        if let Some(cursor) = asked.asking.cursor {
            let next =
                if cursor < 2 && self.rng.bool() { values::some(values::number(cursor + 1)) } else { values::none() };
            let count = self.rng.usize(0..3);
            let page: String = (0..count).map(|_| self.letters(4) + "\0").collect();
            return in_result(ty, Value::Tuple(vec![self.bytes_as(ty, page.into_bytes()), next]));
        }
        self.plausible(ty, asked.friendly, asked, state)
    }

    /// A value that the app can take in.
    fn plausible(&mut self, ty: &Type, friendly: Option<&PlanType>, asked: &Asked<'_>, state: &mut State) -> Value {
        match (ty, friendly) {
            (Type::Result(result), friendly) => {
                values::ok(result.ok().map(|ok| self.plausible(&ok, friendly, asked, state)))
            }
            (Type::Option(option), Some(PlanType::Option(inner))) => {
                values::some(self.plausible(&option.ty(), Some(inner), asked, state))
            }
            (Type::List(list), Some(PlanType::List(inner))) if !matches!(list.ty(), Type::U8) => {
                let count = self.rng.usize(1..4);
                Value::List((0..count).map(|_| self.plausible(&list.ty(), Some(inner), asked, state)).collect())
            }
            (
                Type::Tuple(tuple),
                Some(PlanType::Converted(Conversion::Record { parts, .. }) | PlanType::Tuple(parts)),
            ) => {
                let pairs: Vec<_> = tuple.types().zip(parts).collect();
                Value::Tuple(pairs.iter().map(|(ty, part)| self.plausible(ty, Some(part), asked, state)).collect())
            }
            (_, Some(PlanType::Converted(Conversion::Choice { choice, .. }))) => {
                let numbers = (asked.choices)(choice);
                values::number(self.rng.choice(numbers).unwrap_or_default())
            }
            (_, Some(PlanType::Converted(Conversion::Packed { fields, .. }))) => {
                let flags = fields.iter().filter(|(_, flag)| *flag).map(|_| "\u{1}");
                let items = fields.iter().filter(|(_, flag)| !*flag).map(|_| "item\0");
                Value::Text(flags.chain(items).collect())
            }
            // An answer that may be absent, as an option that the raw one is not.
            (ty, Some(PlanType::Option(inner))) => self.plausible(ty, Some(inner), asked, state),
            (ty, _) => self.any(ty, false, state),
        }
    }

    fn wild(&mut self, ty: &Type, asked: &Asked<'_>, state: &mut State) -> Value {
        // What is read or paged would go on for long; it ends sooner or later.
        let repeated = asked.asking.chunk.is_some() || asked.asking.cursor.is_some() || asked.asking.offered.is_some();
        if repeated && self.answered > 40 {
            return errors(ty, state).into_iter().next().unwrap_or_else(|| self.any(ty, false, state));
        }
        self.any(ty, true, state)
    }

    fn sized(&mut self, ty: &Type, sized: Sized, asked: &Asked<'_>, state: &mut State) -> Value {
        let limit = asked.asking.limit.unwrap_or(u64::MAX);
        let Some(cursor) = asked.asking.cursor else {
            if let Some(refusal) = refusal(sized.refuses, limit, sized.length as u64, asked) {
                return refusal;
            }
            return self.with_bytes(ty, pattern(0..sized.length, sized.text), state);
        };
        // Items of a hundred bytes, each with its end, and never in two pages.
        let size = (sized.page / ITEM).max(1) * ITEM;
        let pages = sized.length.div_ceil(size).max(1);
        let at = usize::try_from(cursor).unwrap_or(usize::MAX).min(pages - 1);
        let mut whole = pattern(0..sized.length, sized.text);
        whole.iter_mut().skip(ITEM - 1).step_by(ITEM).for_each(|byte| *byte = 0);
        whole.last_mut().into_iter().for_each(|last| *last = 0);
        let page: Vec<u8> = whole.into_iter().skip(at * size).take(size).collect();
        if let Some(refusal) = refusal(sized.refuses, limit, page.len() as u64, asked) {
            return refusal;
        }
        let next = match sized.cursor {
            Cursor::On if at + 1 < pages => Some(cursor + 1),
            Cursor::On => None,
            Cursor::Stays => Some(cursor),
            Cursor::Back => Some(if cursor < 2 { cursor + 1 } else { 1 }),
        };
        let next = next.map_or_else(values::none, |next| values::some(values::number(next)));
        in_result(ty, Value::Tuple(vec![self.bytes_as(ty, page), next]))
    }

    /// The next bytes of a body: as many as were asked for, as long as there are any.
    fn chunk(&mut self, ty: &Type, sized: Sized, asked: &Asked<'_>) -> Value {
        let asked = usize::try_from(asked.asking.chunk.unwrap_or_default()).unwrap_or(usize::MAX);
        let size = asked.min(sized.page).min(sized.length - self.given);
        let chunk = pattern(self.given..self.given + size, sized.text);
        // Whoever reads on after the end reads the next body.
        self.given = if size == 0 { 0 } else { self.given + size };
        in_result(ty, Value::Bytes(chunk))
    }

    /// These bytes, where the type has its text or its bytes.
    fn with_bytes(&mut self, ty: &Type, bytes: Vec<u8>, state: &mut State) -> Value {
        if let Type::Result(result) = ty {
            return values::ok(result.ok().map(|ok| self.with_bytes(&ok, bytes, state)));
        }
        if let Type::Option(option) = ty {
            return values::some(self.with_bytes(&option.ty(), bytes, state));
        }
        if matches!(ty, Type::List(list) if matches!(list.ty(), Type::U8)) {
            return Value::Bytes(bytes);
        }
        if matches!(ty, Type::String) {
            return Value::Text(String::from_utf8_lossy(&bytes).into_owned());
        }
        self.any(ty, false, state)
    }

    /// Bytes as the page that a type has: its text, or its bytes.
    fn bytes_as(&self, ty: &Type, bytes: Vec<u8>) -> Value {
        fn is_text(ty: &Type) -> bool {
            if let Type::Result(result) = ty {
                return result.ok().is_some_and(|ok| is_text(&ok));
            }
            let first = if let Type::Tuple(tuple) = ty { tuple.types().next() } else { None };
            first.map_or(matches!(ty, Type::String), |first| is_text(&first))
        }
        if is_text(ty) { Value::Text(String::from_utf8_lossy(&bytes).into_owned()) } else { Value::Bytes(bytes) }
    }
}

/// What a host says that traps.
pub const TRAP: &str = "the harbour is closed";

/// How long an item of a list in pages is, with its end.
const ITEM: usize = 100;

/// What a host says that refuses a limit.
fn refusal(refuses: Refuses, limit: u64, needs: u64, asked: &Asked<'_>) -> Option<Value> {
    let refused = limit == u64::MAX || limit >= u64::from(u32::MAX) || limit < needs;
    let small = |claim| Some(in_error(asked.small, Some(claim)));
    match refuses {
        Refuses::Never => None,
        Refuses::Honestly if refused => small(needs),
        Refuses::Claiming(claim) if refused => small(claim),
        Refuses::Vaguely if refused && limit >= u64::from(u32::MAX) => small(0),
        // Where there is no such case, with the first one again.
        Refuses::Vaguely if refused && asked.maybe.is_empty() => small(0),
        Refuses::Vaguely if refused => Some(in_error(asked.maybe, None)),
        Refuses::Honestly | Refuses::Claiming(_) | Refuses::Vaguely => None,
        Refuses::Always => small(limit.saturating_add(1)),
    }
}

/// A part of many bytes that are not all alike, so that one that is lost or out of place shows.
fn pattern(part: Range<usize>, text: bool) -> Vec<u8> {
    let byte = |at: usize| match at % 251 {
        0 if at == 0 && !text => 0xff,
        250 => b'-',
        _ => b'a' + (at % 26) as u8,
    };
    part.map(byte).collect()
}

/// A value where a function may fail or not.
fn in_result(ty: &Type, value: Value) -> Value {
    if matches!(ty, Type::Result(_)) { values::ok(Some(value)) } else { value }
}

/// An error by its cases, outermost first; the innermost carries what the host claims to need, if it does.
fn in_error(cases: &[String], claim: Option<u64>) -> Value {
    let innermost = claim.map(values::number);
    values::err(cases.iter().rev().fold(innermost, |inner, case| Some(values::case(case, inner))))
}
