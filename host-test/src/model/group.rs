//! Getters in one record.

use composer::plan::{Arg, Group, Kind, RawArg, Type};

use super::calls::Prepared;
use super::{Asking, Fails, Friendly, Model, values};
use crate::script::wave::Value;

impl<'s> Model<'s> {
    /// Getters in one record.
    pub(super) fn group(&mut self, friendly: &Friendly<'s>, group: &Group) -> Result<Value, Fails> {
        let receiver = match (&group.of, &friendly.function.kind) {
            (Some(maker), _) => self.raw(maker, Vec::new(), Asking::default())?,
            (None, Kind::Method(_)) => {
                let cell = friendly.receiver.as_deref().and_then(|name| self.state.cell(name));
                cell.map(|cell| self.lend(cell)).transpose()?
            }
            (None, Kind::Freestanding | Kind::Static(_) | Kind::Constructor(_)) => None,
        };
        let mut fields = Vec::new();
        for member in &group.members {
            let lent = |arg: &RawArg<'_>| match arg {
                RawArg::Given(Arg::Lend(_)) => Prepared::Fixed(receiver.clone().unwrap_or(Value::Any)),
                RawArg::MaxLen => Prepared::MaxLen,
                RawArg::Given(
                    Arg::Take(_) | Arg::TakeOk(_) | Arg::Param(_) | Arg::Options { .. } | Arg::Case { .. },
                )
                | RawArg::Cursor
                | RawArg::Remaining(_)
                | RawArg::ChunkSize => Prepared::Fixed(Value::Any),
            };
            let arguments: Vec<_> = member.call.raw_args().iter().map(lent).collect();
            let came = self.paged(&member.call, &arguments);
            let value = match self.reshaped(&member.call, came) {
                Ok(value) => {
                    let value = value.unwrap_or(Value::Any);
                    let is_option = matches!(member.call.ok, Some(Type::Option(_)));
                    if member.missing.is_empty() || is_option { value } else { values::some(value) }
                }
                Err(fails @ Fails::Trap(_)) => return Err(fails),
                Err(fails) => {
                    let error = self.error_of(group.error.as_ref(), fails.clone());
                    let case = error.as_ref().map(|error| values::parts(error).0.to_owned()).unwrap_or_default();
                    if !member.missing.contains(&case) {
                        return Err(fails);
                    }
                    values::none()
                }
            };
            fields.push((member.field.clone(), value));
        }
        Ok(Value::Record(fields, false))
    }
}
