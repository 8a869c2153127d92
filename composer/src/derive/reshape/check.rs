//! What a function cannot be: refused, with what to do about it.

use wit_parser::{Type as RawType, TypeDefKind};

use super::Reshape;
use crate::derive::{DeriveError, Remedy};
use crate::plan::{Kind, Param};

/// What can be done about most of it.
const LEAVE_OUT: &str = "leave the function out under [leave-out]";

impl Reshape<'_, '_> {
    /// Refuses parameters that do not go together.
    pub(super) fn check(&self) -> Result<(), DeriveError> {
        self.check_buffers()?;
        self.check_pages()?;
        self.check_split()?;
        self.check_repeat()?;
        let is_duplicate = |param: &&Param| self.params.iter().filter(|other| other.name == param.name).count() > 1;
        if let Some(param) = self.params.iter().find(is_duplicate) {
            return self.refuse(
                format!("two of its parameters would be called `{}`", param.name),
                "give one of them another name with a line under [rename]",
            );
        }
        let options = self.raw.params.iter().filter(|param| self.options_record(&param.ty).is_some()).count();
        if options > 1 || (options > 0 && self.split.is_some()) {
            return self.refuse("it takes options twice", LEAVE_OUT);
        }
        if self.params.iter().any(|param| param.name == "options") && (options > 0 || self.split.is_some()) {
            return self.refuse("it takes options, but another parameter is called `options`", LEAVE_OUT);
        }
        Ok(())
    }

    /// Refuses an answer that the bindings cannot give, or that cannot be kept.
    pub(super) fn check_answer(&self, params: &[Param], remember: bool, fails: bool) -> Result<(), DeriveError> {
        if matches!(self.kind, Kind::Constructor(_)) && fails {
            return self.refuse(
                "it is a constructor that can fail or takes a handle that can be consumed, but the Python bindings cannot make a constructor fail",
                Remedy::ConstructorFunction(self.path.clone()),
            );
        }
        if !remember {
            return Ok(());
        }
        let advice = "delete its line under [remember]";
        if !matches!(self.raw_kind, Kind::Method(_)) {
            return self.refuse(
                "a line under [remember] names it, but it is not a method of a resource that could keep the answer",
                advice,
            );
        }
        if !params.is_empty() {
            return self.refuse("a line under [remember] names it, but its answer depends on its parameters", advice);
        }
        let ok = self.survey.world.result_of(self.raw).ok;
        if ok.is_none_or(|ok| !self.survey.world.handles_in(&ok).is_empty()) {
            return self.refuse("a line under [remember] names it, but its answer cannot be returned twice", advice);
        }
        Ok(())
    }

    fn check_buffers(&self) -> Result<(), DeriveError> {
        let Some(name) = &self.survey.world.usage.rules.buffers.size_parameter else { return Ok(()) };
        let size = self.raw.params.iter().find(|param| param.name == *name);
        match size.map(|param| self.survey.world.primitive_of(&param.ty)) {
            None | Some(RawType::U32 | RawType::U64) => Ok(()),
            Some(_) => self.refuse(format!("its `{name}` is neither a `u32` nor a `u64`"), LEAVE_OUT),
        }
    }

    /// Pages are text or bytes, and where the next one starts is a `u32`.
    fn check_pages(&self) -> Result<(), DeriveError> {
        let Some(name) = &self.survey.world.usage.rules.buffers.cursor_parameter else { return Ok(()) };
        let Some(cursor) = self.raw.params.iter().find(|param| param.name == *name) else { return Ok(()) };
        if self.repeats.cursor.is_none() {
            if self.looks_like_a_page() {
                return self.refuse(
                    "it returns pages that are neither `tuple<string, option<u32>>` nor `tuple<list<u8>, option<u32>>`",
                    LEAVE_OUT,
                );
            }
            return Ok(());
        }
        if self.survey.world.primitive_of(&cursor.ty) != RawType::U32 {
            return self.refuse(format!("it returns pages, but its `{name}` is not a `u32`"), LEAVE_OUT);
        }
        if self.repeats.size.is_none() {
            return self.refuse("it returns pages, but has no parameter for the size of a page", LEAVE_OUT);
        }
        if self.survey.world.result_of(self.raw).err.is_none() {
            return self.refuse("it returns pages, but has no error type to report that there are too many", LEAVE_OUT);
        }
        Ok(())
    }

    fn looks_like_a_page(&self) -> bool {
        let Some(RawType::Id(id)) = self.survey.world.result_of(self.raw).ok else { return false };
        let TypeDefKind::Tuple(tuple) = &self.survey.world.type_def(id).kind else { return false };
        let [_, next] = tuple.types.as_slice() else { return false };
        self.survey.world.option_of(next).is_some() && self.survey.world.page_item(self.raw).is_none()
    }

    fn check_split(&self) -> Result<(), DeriveError> {
        let Some(names) = self.survey.world.usage.split(&self.path) else { return Ok(()) };
        let variants = self.raw.params.iter().filter(|param| self.is_variant(&param.ty)).count();
        let Some((_, variant)) = self.split.as_ref().filter(|_| variants == 1) else {
            return self.refuse(
                "a line under [split] names it, but it does not take exactly one variant",
                "delete its line under [split]",
            );
        };
        let cases = self.survey.world.case_names(*variant);
        match names.keys().find(|name| !cases.contains(&name.as_str())) {
            Some(name) => self.refuse(
                format!("a line under [split] names it, but its variant has no case `{name}`"),
                format!("name one of {} in its line under [split]", cases.join(", ")),
            ),
            None => Ok(()),
        }
    }

    pub(super) fn refuse<T>(&self, reason: impl Into<String>, remedy: impl Into<Remedy>) -> Result<T, DeriveError> {
        Err(DeriveError::shape(&self.path, reason, remedy))
    }
}
