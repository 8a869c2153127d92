//! What a method gives and the adapter holds, because the host has one thing behind it and its object.

use wit_parser::{Type as RawType, TypeId};

use super::Reshape;
use crate::derive::DeriveError;
use crate::plan::{Kind, Param, RawFunction};

const ADVICE: &str = "delete its line under [hold]";

impl Reshape<'_, '_> {
    /// The raw function that says when what is held is over, where the rules have something held.
    pub(super) fn held(&self, params: &[Param]) -> Result<Option<RawFunction>, DeriveError> {
        let Some(over) = self.survey.world.usage.hold(&self.path) else { return Ok(None) };
        if !matches!(self.raw_kind, Kind::Method(_)) {
            return self
                .refuse("a line under [hold] names it, but it is not a method of a resource that is wrapped", ADVICE);
        }
        if !params.is_empty() || !self.paging().is_once() {
            return self.refuse("a line under [hold] names it, but its result depends on its parameters", ADVICE);
        }
        let given = self.survey.world.result_of(self.raw).ok.and_then(|ok| given(self, &ok));
        let Some(given) = given.filter(|given| self.survey.is_consumable(*given)) else {
            return self.refuse(
                "a line under [hold] names it, but its result is not a handle, or an option of one, that some function consumes",
                ADVICE,
            );
        };
        let Some((id, function)) = self.survey.world.imported_function(over) else {
            return self.refuse(
                format!(
                    "a line under [hold] says that its result is over when `{over}` says so, but there is no such function"
                ),
                "name a method of what it gives in its line under [hold]",
            );
        };
        let is_of = |ty: &RawType| {
            self.survey
                .world
                .handle_of(ty)
                .is_some_and(|of| self.survey.world.root(of) == self.survey.world.root(given))
        };
        let takes_it = matches!(function.params.as_slice(), [receiver] if is_of(&receiver.ty));
        if !takes_it || function.result != Some(RawType::Bool) {
            return self.refuse(
                format!("a line under [hold] says that its result is over when `{over}` says so, but that function cannot say so"),
                "name a method of what it gives that takes nothing and returns a `bool` in its line under [hold]",
            );
        }
        self.survey.world.raw_function(id, function).map(Some)
    }
}

/// The resource of a handle that is given away, or of an option of one.
fn given(reshape: &Reshape<'_, '_>, ty: &RawType) -> Option<TypeId> {
    let ty = reshape.survey.world.option_of(ty).unwrap_or(ty);
    reshape.survey.world.handle_of(ty).filter(|_| reshape.survey.world.is_own(ty))
}
