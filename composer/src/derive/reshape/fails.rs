//! What a function can fail with: what the host says, and what only the adapter can.

use wit_parser::{Type as RawType, TypeId};

use super::Reshape;
use crate::derive::required::Requirement;
use crate::derive::{DeriveError, mapping, options, required};
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
        let error = match (raw, cases.first()) {
            (Some(ty), _) => *ty,
            (None, None) => return Ok((None, Vec::new())),
            (None, Some(need)) => required::default_error(self.survey, self.id, &self.path, *need)?,
        };
        if !self.paging().is_once() && self.takes_handle() {
            return Err(DeriveError::shape(
                &self.path,
                "it consumes a handle, but may have to be called again for a larger answer",
                "lend the handle instead, or leave the function out under [leave-out]",
            ));
        }
        // What the host does not say has a case, too.
        let unspoken = (raw.is_none() && raw_fallible).then_some(AdapterCase::Failed);
        let cases = cases.iter().chain(&unspoken);
        let required = cases.filter_map(|need| required::require(self.survey, &self.path, &error, *need).transpose());
        let required = required.collect::<Result<_, _>>()?;
        Ok((Some(mapping::map(self.survey, &self.path, &error)?), required))
    }
}
