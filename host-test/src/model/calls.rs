//! Raw calls: handles out of their cells, values lowered, and the call as often as it takes.

use composer::plan::{AdapterCase, Arg, Call, Paging, RawArg, Separator, Source, Type};

use super::errors::Fit;
use super::{Asking, Cell, Fails, Friendly, Model, lift, values};
use crate::script::wave::Value;

/// The most that is ever collected of one answer.
pub(super) const CAP: u64 = 64 << 20;

/// What is asked for after the largest limit was refused.
const FIRST: u64 = 64 << 10;

/// How often after that.
const TRIES: usize = 6;

/// The most items of a list that comes in pages.
pub(super) const MOST_ITEMS: usize = 1 << 20;

const INVALID: Fails = Fails::Adapter(AdapterCase::InvalidArgument);
const FAILED: Fails = Fails::Adapter(AdapterCase::Failed);
pub(super) const TOO_LARGE: Fails = Fails::Adapter(AdapterCase::ValueTooLarge);

impl<'s> Model<'s> {
    /// What a call of a raw function comes to.
    pub(super) fn answer(&mut self, friendly: &Friendly<'s>, call: &Call) -> Result<Option<Value>, Fails> {
        if let Some(came) = self.kept_answer(friendly, call) {
            return self.reshaped(call, came);
        }
        for check in call.checks.iter().filter(|check| check.at_least_one) {
            if friendly.arguments.get(&check.param).is_none_or(|list| values::items(list).is_empty()) {
                return Err(INVALID);
            }
        }
        let mut taken = Vec::new();
        let prepared = self.prepare(friendly, call, &mut taken);
        let arguments = match prepared {
            Ok(arguments) => arguments,
            Err(fails) => {
                // Nothing was called: what was taken goes back.
                taken.into_iter().for_each(|(cell, raw)| self.state.put(cell, Cell::Present(raw)));
                return Err(fails);
            }
        };
        if let Some(value) = self.held(friendly, call)? {
            return Ok(Some(value));
        }
        let came = self.paged(call, &arguments);
        self.forget(friendly, call);
        let value = self.reshaped(call, came.clone());
        self.keep(friendly, call, came, &value);
        let value = value?;
        self.hold(friendly, call, value.as_ref());
        Ok(value)
    }

    /// The raw arguments; none for those that differ from call to call. What is taken is told, to be put back.
    fn prepare(
        &mut self,
        friendly: &Friendly<'s>,
        call: &Call,
        taken: &mut Vec<(usize, String)>,
    ) -> Result<Vec<Prepared>, Fails> {
        let args = call.raw_args();
        let mut handles = vec![None; args.len()];
        for (slot, arg) in handles.iter_mut().zip(&args) {
            let RawArg::Given(Arg::Take(source) | Arg::TakeOk(source)) = arg else { continue };
            let mut raw = Vec::new();
            for cell in self.sources(friendly, source) {
                let lent = self.lend(cell)?;
                let name = values::handle(&lent).unwrap_or_default().to_owned();
                taken.push((cell, name));
                self.state.put(cell, Cell::Taken);
                raw.push(lent);
            }
            *slot = Some(raw);
        }
        let mut inner = self.take_inner(friendly, call, taken)?;
        for (slot, arg) in handles.iter_mut().zip(&args) {
            let RawArg::Given(Arg::Lend(source)) = arg else { continue };
            let mut raw = Vec::new();
            for cell in self.sources(friendly, source) {
                raw.push(self.lend(cell)?);
            }
            *slot = Some(raw);
        }
        self.lend_inner(friendly, call, &mut inner)?;
        for check in call.checks.iter().filter(|check| check.distinct) {
            let mut cells = friendly.arguments.get(&check.param).map(|list| self.cells(list)).unwrap_or_default();
            let count = cells.len();
            cells.sort_unstable();
            cells.dedup();
            if cells.len() < count {
                return Err(INVALID);
            }
        }
        let friendly = inner.put_into(friendly);
        let mut arguments = Vec::new();
        for (arg, handles) in args.iter().zip(handles) {
            arguments.push(self.argument(&friendly, arg, handles)?);
        }
        Ok(arguments)
    }

    fn sources(&self, friendly: &Friendly<'s>, source: &Source) -> Vec<usize> {
        match source {
            Source::Receiver => friendly.receiver.iter().filter_map(|name| self.state.cell(name)).collect(),
            Source::Param(name) => friendly.arguments.get(name).map(|value| self.cells(value)).unwrap_or_default(),
        }
    }

    fn argument(
        &mut self,
        friendly: &Friendly<'s>,
        arg: &RawArg<'_>,
        handles: Option<Vec<Value>>,
    ) -> Result<Prepared, Fails> {
        Ok(match arg {
            RawArg::Given(arg) => Prepared::Fixed(self.given(friendly, arg, handles)?),
            RawArg::Remaining(name) => Prepared::Rest(self.lowered(friendly, name)?),
            RawArg::MaxLen => Prepared::MaxLen,
            RawArg::Cursor => Prepared::Cursor,
            RawArg::ChunkSize => {
                let limit = friendly.arguments.get(composer::plan::LIMIT).and_then(values::integer);
                Prepared::Chunk(limit.unwrap_or(u64::MAX))
            }
        })
    }

    fn given(&mut self, friendly: &Friendly<'s>, arg: &Arg, handles: Option<Vec<Value>>) -> Result<Value, Fails> {
        let options = |name: &String| friendly.arguments.get(name).and_then(values::handle).map(str::to_owned);
        Ok(match arg {
            Arg::Lend(source) | Arg::Take(source) => {
                let ty = match source {
                    Source::Receiver => None,
                    Source::Param(name) => friendly.function.param(name).map(|param| &param.ty),
                };
                let mut raw = handles.unwrap_or_default();
                match ty {
                    Some(Type::List(_)) => Value::List(raw),
                    Some(Type::Option(_)) => raw.pop().map_or_else(values::none, values::some),
                    Some(
                        Type::Primitive(_)
                        | Type::Tuple(_)
                        | Type::Result { .. }
                        | Type::Named(_)
                        | Type::Own(_)
                        | Type::Borrow(_)
                        | Type::Stream(_)
                        | Type::Future(_)
                        | Type::Converted(_),
                    )
                    | None => raw.pop().unwrap_or(Value::Any),
                }
            }
            Arg::TakeOk(_) => values::case("ok", handles.unwrap_or_default().pop()),
            Arg::Param(name) => self.lowered(friendly, name)?,
            Arg::Options { param, ty } => {
                let name = param.as_ref().and_then(options);
                self.record(name.as_deref(), ty)?
            }
            Arg::Case { case, payload, .. } => {
                let payload = match payload {
                    Some((name, ty)) => Some(self.record(options(name).as_deref(), ty)?),
                    None => None,
                };
                values::case(case, payload)
            }
        })
    }

    /// The call, as often as it takes: the raw answer, or the raw error.
    pub(super) fn paged(&mut self, call: &Call, arguments: &[Prepared]) -> Result<Option<Value>, Came> {
        match &call.paging {
            Paging::Once { size } => {
                let asking = Asking { limit: size.map(|_| u64::MAX), ..Asking::default() };
                self.once(call, arguments, asking)
            }
            Paging::Grow { .. } => self.grow(call, arguments, None).map(Some),
            Paging::Pages { .. } => {
                let (mut items, mut total, mut cursor) = (Vec::new(), 0_u64, 0);
                loop {
                    let page = self.grow(call, arguments, Some(cursor))?;
                    let [text, next] = values::items(&page) else { return Err(Came::Own(TOO_LARGE)) };
                    items.extend(lift::split(text, Separator::Nul));
                    total = total.saturating_add(values::octets(text).len() as u64);
                    let next =
                        values::parts(next).1.and_then(values::integer).and_then(|next| u32::try_from(next).ok());
                    match next {
                        None => return Ok(Some(Value::List(items))),
                        Some(next) if next > cursor && total <= CAP && items.len() <= MOST_ITEMS => cursor = next,
                        Some(_) => return Err(Came::Own(TOO_LARGE)),
                    }
                }
            }
            Paging::WriteAll { .. } => {
                let whole =
                    arguments.iter().find_map(|part| if let Prepared::Rest(rest) = part { Some(rest) } else { None });
                let whole = whole.map(values::octets).unwrap_or_default().to_vec();
                let mut rest = whole.as_slice();
                loop {
                    let offered = Asking { offered: Some(rest.len() as u64), ..Asking::default() };
                    let with_rest: Vec<_> = arguments.iter().map(|part| part.with_rest(rest)).collect();
                    let took = self.once(call, &with_rest, offered)?;
                    let took = took.as_ref().and_then(values::integer).unwrap_or_default();
                    rest = usize::try_from(took).ok().and_then(|took| rest.get(took..)).unwrap_or_default();
                    if rest.is_empty() {
                        return Ok(None);
                    }
                    if took == 0 {
                        return Err(Came::Own(TOO_LARGE));
                    }
                }
            }
            Paging::ReadAll { .. } => {
                let limit = arguments
                    .iter()
                    .find_map(|part| if let Prepared::Chunk(limit) = part { Some(*limit) } else { None });
                let read = self.read_all(limit.unwrap_or(u64::MAX), |model, size| {
                    let asking = Asking { chunk: Some(size), ..Asking::default() };
                    let raw = arguments.iter().map(|part| part.value(asking)).collect();
                    model.raw(&call.raw, raw, asking)
                });
                match read {
                    Ok(Some(all)) => Ok(Some(Value::Bytes(all))),
                    Ok(None) => Err(Came::Own(TOO_LARGE)),
                    Err(Fails::Host(error)) => Err(Came::Raw(error)),
                    Err(own) => Err(Came::Own(own)),
                }
            }
        }
    }

    /// Reads until a chunk is empty; nothing if there are more bytes than the limit.
    pub(super) fn read_all(
        &mut self,
        limit: u64,
        mut read: impl FnMut(&mut Self, u64) -> Result<Option<Value>, Fails>,
    ) -> Result<Option<Vec<u8>>, Fails> {
        let (mut all, mut size) = (Vec::new(), lift::CHUNK);
        loop {
            let left = limit - all.len() as u64;
            let came = read(self, left.saturating_add(1).min(size))?.unwrap_or(Value::Any);
            let chunk = match values::parts(&came) {
                ("err", error) => return Err(Fails::Host(error.cloned())),
                ("ok", Some(chunk)) => values::octets(chunk),
                _ => values::octets(&came),
            };
            if chunk.is_empty() {
                return Ok(Some(all));
            }
            if chunk.len() as u64 > left {
                return Ok(None);
            }
            all.extend_from_slice(chunk);
            if chunk.len() as u64 >= size && size < lift::LARGEST {
                size *= 2;
            }
        }
    }

    fn once(&mut self, call: &Call, arguments: &[Prepared], asking: Asking) -> Result<Option<Value>, Came> {
        let arguments = arguments.iter().map(|part| part.value(asking)).collect();
        let came = self.raw_for(&call.raw, arguments, asking, Some(call)).map_err(Came::Own)?;
        match (call.raw_fallible, came) {
            (true, Some(came)) => match values::parts(&came) {
                ("ok", value) => Ok(value.cloned()),
                (_, error) => Err(Came::Raw(error.cloned())),
            },
            (_, came) => Ok(came),
        }
    }

    /// The largest limit first, then a bounded growth.
    fn grow(&mut self, call: &Call, arguments: &[Prepared], cursor: Option<u32>) -> Result<Value, Came> {
        let (mut limit, mut left) = (u64::MAX, TRIES + 1);
        loop {
            let asking = Asking { limit: Some(limit), cursor, ..Asking::default() };
            let error = match self.once(call, arguments, asking) {
                Ok(value) => return Ok(value.unwrap_or(Value::Any)),
                Err(own @ Came::Own(_)) => return Err(own),
                Err(Came::Raw(error)) => error,
            };
            let fit = error.as_ref().map_or(Fit::Unrelated, |error| self.fit(error, call.error.as_ref()));
            left -= 1;
            let claim = match (fit, limit) {
                (Fit::Unrelated, _) | (Fit::MaybeTooSmall, u64::MAX) => return Err(Came::Raw(error)),
                (Fit::TooSmall(claim), _) => claim,
                (Fit::MaybeTooSmall, _) => 0,
            };
            if limit == CAP || left == 0 {
                return Err(Came::Own(TOO_LARGE));
            }
            let next = if limit == u64::MAX { FIRST } else { limit.saturating_mul(4) };
            limit = next.max(claim).min(CAP);
        }
    }

    /// A raw answer or error as the friendly one.
    pub(super) fn reshaped(&mut self, call: &Call, came: Result<Option<Value>, Came>) -> Result<Option<Value>, Fails> {
        let nothing = Ok(Some(values::none()));
        let answer = match came {
            Ok(answer) => answer,
            Err(Came::Own(fails)) => return self.unless_absent(call, fails),
            Err(Came::Raw(error)) => {
                let error = match (&error, call.error.as_ref().filter(|_| call.raw_error)) {
                    (Some(error), Some(ty)) => Some(self.lift(&error.clone(), ty)?),
                    (None, None) if call.error.is_some() => return self.unless_absent(call, FAILED),
                    (error, _) => error.clone(),
                };
                return self.unless_absent(call, Fails::Host(error));
            }
        };
        let Some(answer) = answer.filter(|_| call.ok.is_some()) else { return Ok(None) };
        if let Some(absent) = &call.absent {
            let inner = if absent.raw_optional { values::parts(&answer).1 } else { Some(&answer) };
            if absent.empty && inner.is_some_and(is_empty) {
                return nothing;
            }
        }
        let value = match (&call.ok, &call.absent) {
            (Some(Type::Option(ok)), Some(absent)) if !absent.raw_optional => values::some(self.lift(&answer, ok)?),
            (Some(ok), _) => self.lift(&answer, ok)?,
            (None, _) => return Ok(None),
        };
        Ok(Some(value))
    }

    /// What went wrong, unless it means that there is nothing.
    fn unless_absent(&self, call: &Call, fails: Fails) -> Result<Option<Value>, Fails> {
        let error = match &fails {
            Fails::Host(error) => error.clone(),
            Fails::Adapter(case) => call.error.as_ref().map(|ty| self.own_case(ty, *case)),
            Fails::Trap(_) => None,
        };
        let absent = call.absent.as_ref().map(|absent| absent.errors.as_slice()).unwrap_or_default();
        match error.as_ref().map(values::parts) {
            Some((case, _)) if absent.iter().any(|of| of == case) => Ok(Some(values::none())),
            Some(_) | None => Err(fails),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Any
        | Value::Number(_)
        | Value::Char(_)
        | Value::Tuple(_)
        | Value::Record(..)
        | Value::Flags(_)
        | Value::Word(..)
        | Value::Handle(_) => false,
    }
}

/// Why there is no raw answer.
#[derive(Debug, Clone)]
pub enum Came {
    /// The host says so.
    Raw(Option<Value>),
    /// It was given up, or trapped.
    Own(Fails),
}

/// An argument of a raw call, before it is known which of several calls that is.
#[derive(Debug, Clone)]
pub(super) enum Prepared {
    Fixed(Value),
    Rest(Value),
    MaxLen,
    Cursor,
    /// The most that is to be read in all.
    Chunk(u64),
}

impl Prepared {
    fn with_rest(&self, rest: &[u8]) -> Self {
        match self {
            Self::Rest(_) => Self::Rest(Value::Bytes(rest.to_vec())),
            Self::Fixed(_) | Self::MaxLen | Self::Cursor | Self::Chunk(_) => self.clone(),
        }
    }

    fn value(&self, asking: Asking) -> Value {
        match self {
            Self::Fixed(value) | Self::Rest(value) => value.clone(),
            // A parameter may be narrower than the limit: what it is then, its type says when it is compared.
            Self::MaxLen => values::number(asking.limit.unwrap_or(u64::MAX)),
            Self::Cursor => values::number(asking.cursor.unwrap_or_default()),
            Self::Chunk(_) => values::number(asking.chunk.unwrap_or_default()),
        }
    }
}
