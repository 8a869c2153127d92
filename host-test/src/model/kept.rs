//! First answers that a resource keeps, because the host gives them once.

use composer::plan::{AdapterCase, Call};

use super::calls::Came;
use super::state::Held;
use super::{Fails, Friendly, Model};
use crate::script::wave::Value;

impl<'s> Model<'s> {
    /// What the host answered before, where it is not asked again.
    pub(super) fn kept_answer(&self, friendly: &Friendly<'s>, call: &Call) -> Option<Result<Option<Value>, Came>> {
        let receiver = friendly.receiver.as_deref().filter(|_| call.remember)?;
        let Held::Wrapper { kept, .. } = self.state.held.get(receiver)? else { return None };
        kept.get(&call.raw.name).cloned()
    }

    /// Keeps what the host answered, if the friendly call came to a value.
    pub(super) fn keep(
        &mut self,
        friendly: &Friendly<'s>,
        call: &Call,
        came: Result<Option<Value>, Came>,
        value: &Result<Option<Value>, Fails>,
    ) {
        let Some(receiver) = friendly.receiver.as_deref().filter(|_| call.remember) else { return };
        let Some(Held::Wrapper { path, kept, .. }) = self.state.held.get_mut(receiver) else { return };
        let remembers = self.subject.plan.wrapper(path).map(|wrapper| wrapper.remembers.as_slice());
        let is_variant = remembers.is_some_and(|all| all.iter().all(|(name, _)| *name != friendly.function.name));
        // A text variant asks the method for bytes, which has kept them by then.
        let is_kept = match value {
            Ok(_) => true,
            Err(Fails::Adapter(AdapterCase::NotText)) => is_variant,
            Err(_) => false,
        };
        if is_kept {
            kept.insert(call.raw.name.clone(), came);
        }
    }
}
