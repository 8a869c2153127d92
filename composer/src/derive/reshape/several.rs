//! One raw function, and the several that it becomes: with and without options, one for each case.

use wit_parser::{TypeDefKind, TypeId};

use super::Reshape;
use crate::derive::required::Outcome;
use crate::derive::{DeriveError, options};
use crate::plan::{Arg, Function, Kind, Param, Type, TypePath};

impl Reshape<'_, '_> {
    pub(super) fn functions(self) -> Result<Vec<Outcome>, DeriveError> {
        if let Some((param, variant)) = self.split.clone() {
            return self.split_functions(&param, variant);
        }
        let Some((param, record)) = self.options.clone() else {
            return Ok(vec![self.reshaped_function(
                self.name.clone(),
                self.params.clone(),
                self.args.clone(),
                None,
            )?]);
        };
        let type_path = self.survey.type_path(record);
        let given = self.with_options(&param, &type_path, Some(record))?;
        // There is one constructor, so it takes the options, required or not.
        if matches!(self.kind, Kind::Constructor(_)) || options::has_required(self.survey, record)? {
            return Ok(vec![given]);
        }
        let plain_args = self.replaced(&param, &Arg::Options { param: None, ty: type_path });
        let plain = self.reshaped_function(self.name.clone(), self.params.clone(), plain_args, None)?;
        let name = format!("{}-with", given.function.name);
        Ok(vec![plain, Outcome { function: Function { name, ..given.function }, ..given }])
    }

    fn with_options(&self, param: &str, type_path: &TypePath, record: Option<TypeId>) -> Result<Outcome, DeriveError> {
        let args = self.replaced(param, &Arg::Options { param: Some("options".to_owned()), ty: type_path.clone() });
        let mut params = self.params.clone();
        params.push(Param { name: "options".to_owned(), ty: Type::Borrow(type_path.clone()) });
        self.reshaped_function(self.name.clone(), params, args, record)
    }

    fn split_functions(self, param: &str, variant: TypeId) -> Result<Vec<Outcome>, DeriveError> {
        let names = self.survey.world.usage.split(&self.path).cloned().unwrap_or_default();
        let TypeDefKind::Variant(raw) = &self.survey.world.type_def(variant).kind else { return Ok(Vec::new()) };
        let type_path = self.survey.world.raw_type_path(variant);
        raw.cases
            .iter()
            .map(|case| {
                let name = names.get(&case.name).ok_or_else(|| {
                    DeriveError::shape(
                        &self.path,
                        format!(
                            "it is split by the cases of `{}`, but case `{}` has no name in the rules",
                            type_path.name, case.name
                        ),
                        format!("add `{} = \"...\"` to its line under [split]", case.name),
                    )
                })?;
                let options = match case.ty.as_ref().map(|ty| self.options_record(ty)) {
                    None => None,
                    Some(Some(record)) => Some(record),
                    Some(None) => {
                        return Err(DeriveError::shape(
                            &self.path,
                            format!(
                                "the payload of case `{}` of `{}` is not an options record that is used only here",
                                case.name, type_path.name
                            ),
                            "delete its line under [split]",
                        ));
                    }
                };
                let docs = case.docs.contents.clone();
                let mut params = self.params.clone();
                let payload = options.map(|record| ("options".to_owned(), self.survey.type_path(record)));
                if let Some((name, ty)) = &payload {
                    params.push(Param { name: name.clone(), ty: Type::Borrow(ty.clone()) });
                }
                let case = Arg::Case { variant: type_path.clone(), case: case.name.clone(), payload };
                let outcome = self.reshaped_function(name.clone(), params, self.replaced(param, &case), options)?;
                // What the case says is what this function does; what the whole did, the others do, too.
                let docs = docs.or(outcome.function.docs);
                Ok(Outcome { function: Function { docs, ..outcome.function }, ..outcome })
            })
            .collect()
    }

    fn replaced(&self, param: &str, with: &Arg) -> Vec<Arg> {
        let is_it = |arg: &Arg| matches!(arg, Arg::Param(name) if name == param);
        self.args.iter().map(|arg| if is_it(arg) { with.clone() } else { arg.clone() }).collect()
    }
}
