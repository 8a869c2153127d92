//! What came out of an object and is held as long as that: it is given again until it is over.

use composer::plan::{Arg, Call, Source, Type, TypePath};

use super::state::Held;
use super::{Asking, Cell, Fails, Friendly, Model, values};
use crate::script::wave::Value;

impl<'s> Model<'s> {
    /// What came out of the receiver before, where that is not over.
    pub(super) fn held(&mut self, friendly: &Friendly<'s>, call: &Call) -> Result<Option<Value>, Fails> {
        let Some(over) = &call.holds else { return Ok(None) };
        let receiver = friendly.receiver.as_deref().and_then(|name| self.state.held.get(name));
        let Some(Held::Wrapper { out, .. }) = receiver else { return Ok(None) };
        let Some(cell) = out.get(&friendly.function.name).copied() else { return Ok(None) };
        let Cell::Present(raw) = self.state.at(cell) else { return Ok(None) };
        let is_over = self.raw(over, vec![Value::Handle(raw)], Asking::default())?;
        let Some(path) = given(call).filter(|_| is_over == Some(values::word("false"))) else { return Ok(None) };
        let handle = self.state.hold_wrapper(path, cell);
        Ok(Some(if matches!(call.ok, Some(Type::Option(_))) { values::some(handle) } else { handle }))
    }

    /// What came out of what was given away went with it.
    pub(super) fn forget(&mut self, friendly: &Friendly<'s>, call: &Call) {
        for source in call
            .args
            .iter()
            .filter_map(|arg| if let Arg::Take(source) | Arg::TakeOk(source) = arg { Some(source) } else { None })
        {
            let name = match source {
                Source::Receiver => friendly.receiver.as_deref(),
                Source::Param(name) => friendly.arguments.get(name).and_then(values::handle),
            };
            let Some(Held::Wrapper { out, .. }) = name.and_then(|name| self.state.held.get(name)) else { continue };
            let cells: Vec<_> = out.values().copied().collect();
            cells.into_iter().for_each(|cell| self.state.put(cell, Cell::Taken));
        }
    }

    /// Keeps where the handle is that came out of the receiver.
    pub(super) fn hold(&mut self, friendly: &Friendly<'s>, call: &Call, value: Option<&Value>) {
        let Some(value) = value.filter(|_| call.holds.is_some()) else { return };
        let handle = values::handle(value).or_else(|| values::parts(value).1.and_then(values::handle));
        let Some(cell) = handle.and_then(|name| self.state.cell(name)) else { return };
        let receiver = friendly.receiver.as_deref().and_then(|name| self.state.held.get_mut(name));
        if let Some(Held::Wrapper { out, .. }) = receiver {
            out.insert(friendly.function.name.clone(), cell);
        }
    }
}

/// The friendly resource that a call gives a handle of, or an option of one.
fn given(call: &Call) -> Option<&TypePath> {
    match call.ok.as_ref()? {
        Type::Own(path) => Some(path),
        Type::Option(inner) => match &**inner {
            Type::Own(path) => Some(path),
            Type::Primitive(_)
            | Type::List(_)
            | Type::Option(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Named(_)
            | Type::Borrow(_)
            | Type::Stream(_)
            | Type::Future(_)
            | Type::Converted(_) => None,
        },
        Type::Primitive(_)
        | Type::List(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Named(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Converted(_) => None,
    }
}
