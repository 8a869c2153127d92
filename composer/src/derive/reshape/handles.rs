//! Lists of handles that end the sandbox, or the host, where they are empty or hold a handle twice.

use wit_parser::Type as RawType;

use super::Reshape;
use crate::derive::{DeriveError, Remedy, mapping};
use crate::plan::{Arg, HandleCheck, Param, Rule, Source};

impl Reshape<'_, '_> {
    /// Notes what the rules want checked of a parameter, and refuses what cannot be.
    pub(super) fn check_handles(&mut self, name: &str, ty: &RawType) -> Result<(), DeriveError> {
        let path = format!("{}.{name}", self.path);
        let Some(rules) = self.survey.world.usage.handles(&path) else { return Ok(()) };
        let refuse = |why: String, advice: &str| Err(DeriveError::shape(&path, why, advice));
        let delete = "delete its line under [handles]";
        let is_list = self.survey.world.option_of(ty).is_none() && self.survey.world.handle_of(ty).is_none();
        if !is_list || self.survey.world.handle_inside(ty).is_none() {
            return refuse("a line under [handles] names it, but it is not a list of handles".to_owned(), delete);
        }
        if !rules.at_least_one && !rules.distinct {
            return refuse(
                "its line has no condition".to_owned(),
                "write `at-least-one = true` or `distinct = true`, or delete the line under [handles]",
            );
        }
        if rules.distinct && self.gives_away(ty) {
            return refuse(
                "its handles must be distinct, but they are given away, so none can be given twice".to_owned(),
                "delete `distinct` from its line under [handles]",
            );
        }
        if rules.distinct && !self.survey.has_handle(ty) {
            return refuse(
                "its handles must be distinct, but the app gets their resource without a change".to_owned(),
                "delete `distinct` from its line under [handles]",
            );
        }
        self.rules.push(Rule::Handles);
        self.checks.push(HandleCheck {
            param: name.to_owned(),
            at_least_one: rules.at_least_one,
            distinct: rules.distinct,
        });
        Ok(())
    }

    /// Notes the handles that a parameter of another type than a handle, an option or a list of them holds, and refuses those
    /// that cannot be brought to the host.
    pub(super) fn inner_handles(&mut self, name: &str, ty: &RawType) -> Result<(), DeriveError> {
        let world = &self.survey.world;
        let refuse = |why: String| Err(DeriveError::shape(&self.path, why, Remedy::LeaveOut(self.path.clone())));
        let handles = world.handles_in(ty);
        if handles.iter().any(|resource| world.is_extra(*resource)) {
            return refuse(format!(
                "parameter `{name}` holds a placeholder for a later version, which only options can"
            ));
        }
        if let Some(giver) = self.survey.returned_giver(ty) {
            return refuse(format!(
                "parameter `{name}` gives a handle away inside `{}`, but a function returns that type, too",
                world.raw_path(giver)
            ));
        }
        self.touches_consumable |= handles.iter().any(|resource| self.survey.is_consumable(*resource));
        self.touches_later |= handles.iter().any(|resource| self.survey.maker(*resource).is_some());
        self.takes_inside |= self.survey.gives_away(ty);
        Ok(())
    }

    /// Whether the call uses up a handle.
    pub(super) fn takes_handle(&self) -> bool {
        self.takes_inside || self.args.iter().any(|arg| matches!(arg, Arg::Take(_) | Arg::TakeOk(_)))
    }

    /// A result that the app only ever says `ok` with: the parameter is the handle that this carries.
    pub(super) fn always_ok(&mut self, name: &str, ty: &RawType) -> Result<(), DeriveError> {
        let path = format!("{}.{name}", self.path);
        let ok = self.survey.world.result_type(ty).and_then(|result| result.ok);
        let Some(ok) = ok.filter(|ok| self.survey.world.is_own(ok) && self.survey.has_handle(ok)) else {
            return Err(DeriveError::shape(
                &path,
                "the rules say that it is always `ok`, but it is not a result whose `ok` is a resource of this world",
                "delete its line in `ok` under [results]",
            ));
        };
        let friendly = super::borrowed(mapping::unnamed(self.survey, &path, &ok)?);
        self.handle(Source::Param(name.to_owned()), &ok);
        if let Some(Arg::Take(source)) = self.args.pop() {
            self.args.push(Arg::TakeOk(source));
        }
        self.rules.push(Rule::Results);
        self.params.push(Param { name: name.to_owned(), ty: friendly });
        Ok(())
    }
}
