//! What a function can fail with: what the host says, and what only the adapter can.

use wit_parser::{Type as RawType, TypeId};

use super::Reshape;
use crate::derive::required::{At, Requirement};
use crate::derive::{DeriveError, options, required};
use crate::plan::{AdapterCase, Type};

impl Reshape<'_, '_> {
    /// What the adapter itself must be able to say of this function.
    pub(super) fn required_cases(
        &self,
        ok: Option<&Type>,
        options: Option<TypeId>,
    ) -> Result<Vec<AdapterCase>, DeriveError> {
        let given = options.map(|record| options::definition(self.survey, record)).transpose()?;
        let holds_consumable = options.is_some_and(|record| options::touches_consumable(self.survey, record));
        let holds_converted = given.is_some_and(|given| given.lowers_fallibly());
        let holds_later = options.is_some_and(|record| options::touches_later(self.survey, record));
        let lifts_with = ok.map(Type::lifts_with).unwrap_or_default();
        let cases = [
            (AdapterCase::ValueTooLarge, !self.paging().is_once() || lifts_with.contains(&AdapterCase::ValueTooLarge)),
            (AdapterCase::AlreadyConsumed, self.touches_consumable || holds_consumable),
            (AdapterCase::InvalidArgument, self.converts || holds_converted || !self.checks.is_empty()),
            (AdapterCase::NotText, lifts_with.contains(&AdapterCase::NotText)),
            (AdapterCase::UnknownValue, lifts_with.contains(&AdapterCase::UnknownValue)),
            (AdapterCase::CannotRead, lifts_with.contains(&AdapterCase::CannotRead)),
            (AdapterCase::LimitExceeded, self.touches_later || holds_later),
        ];
        Ok(cases.into_iter().filter(|(_, needed)| *needed).map(|(case, _)| case).collect())
    }

    /// The friendly error, which is the raw one, or the default where only the adapter can fail; and what it must have.
    pub(super) fn error(
        &self,
        raw: Option<&RawType>,
        raw_fallible: bool,
        cases: &[AdapterCase],
    ) -> Result<(Option<Type>, Vec<Requirement>), DeriveError> {
        if raw.is_none() && cases.is_empty() {
            return Ok((None, Vec::new()));
        }
        if !self.paging().is_once() && self.takes_handle() {
            return Err(DeriveError::shape(
                &self.path,
                "it consumes a handle, but may have to be called again for a larger answer",
                "lend the handle instead, or leave the function out under [leave-out]",
            ));
        }
        // What the host does not say has a case, too.
        let unspoken = (raw.is_none() && raw_fallible).then_some(AdapterCase::Failed);
        let cases: Vec<_> = cases.iter().copied().chain(unspoken).collect();
        let at = At { id: self.id, path: &self.path, interface: &self.placed_in };
        let (error, required) = required::fails(self.survey, at, raw, &cases)?;
        let is_carried = raw.is_some() && required.iter().any(|requirement| requirement.made.is_some());
        if is_carried && self.as_text && self.survey.world.usage.remember(&self.path) {
            return self.refuse(
                "its text variant has more to report than its error can say, but asks the method that is remembered",
                "delete its line in `variants` under [text]",
            );
        }
        Ok((Some(error), required))
    }
}
