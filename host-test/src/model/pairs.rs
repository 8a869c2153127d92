//! Names with their values, name by name.

use composer::plan::{Arg, Call, Kind, Pairs, RawArg, Type};

use super::calls::{CAP, MOST_ITEMS, Prepared, TOO_LARGE};
use super::{Fails, Friendly, Model, values};
use crate::script::wave::Value;

impl<'s> Model<'s> {
    /// A pair for each value of each name.
    pub(super) fn pairs(&mut self, friendly: &Friendly<'s>, of: &Pairs) -> Result<Value, Fails> {
        let names = self.part(friendly, &of.names, None)?;
        let (mut pairs, mut total) = (Vec::new(), 0_u64);
        for name in names.as_ref().map(values::items).unwrap_or_default() {
            let answer = self.part(friendly, &of.values, Some(name))?;
            let answer = match &of.values.ok {
                Some(Type::Option(_)) => answer.as_ref().and_then(|answer| values::parts(answer).1.cloned()),
                Some(_) | None => answer,
            };
            let there = match &answer {
                Some(list) if of.several => values::items(list),
                Some(one) => std::slice::from_ref(one),
                None => &[],
            };
            for value in there {
                let size = values::octets(name).len() + values::octets(value).len();
                total = total.saturating_add(size as u64);
                if total > CAP || pairs.len() >= MOST_ITEMS {
                    return Err(TOO_LARGE);
                }
                pairs.push(Value::Tuple(vec![name.clone(), value.clone()]));
            }
        }
        Ok(Value::List(pairs))
    }

    /// One of the two calls, on the receiver, with this name where it takes one.
    fn part(&mut self, friendly: &Friendly<'s>, call: &Call, name: Option<&Value>) -> Result<Option<Value>, Fails> {
        let receiver = match &friendly.function.kind {
            Kind::Method(_) => {
                let cell = friendly.receiver.as_deref().and_then(|name| self.state.cell(name));
                cell.map(|cell| self.lend(cell)).transpose()?
            }
            Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_) => None,
        };
        let prepared = |arg: &RawArg<'_>| match arg {
            RawArg::Given(Arg::Lend(_)) => Prepared::Fixed(receiver.clone().unwrap_or(Value::Any)),
            RawArg::Given(Arg::Param(_)) => Prepared::Fixed(name.cloned().unwrap_or(Value::Any)),
            RawArg::MaxLen => Prepared::MaxLen,
            RawArg::Cursor => Prepared::Cursor,
            RawArg::Given(Arg::Take(_) | Arg::TakeOk(_) | Arg::Options { .. } | Arg::Case { .. })
            | RawArg::Remaining(_)
            | RawArg::ChunkSize => Prepared::Fixed(Value::Any),
        };
        let arguments: Vec<_> = call.raw_args().iter().map(prepared).collect();
        let came = self.paged(call, &arguments);
        self.reshaped(call, came)
    }
}
