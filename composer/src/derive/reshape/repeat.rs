//! Functions that one raw call does not finish: all is written, and all is read.
//!
//! Each has a line of the rules, since its signature says no more than that it counts.

use wit_parser::Type as RawType;

use super::Reshape;
use crate::derive::DeriveError;
use crate::derive::survey::Survey;
use crate::derive::world::item_name;
use crate::plan::{Arg, LIMIT, Paging, Param, Primitive, Rule, Type};

/// Which of the functions that a raw one becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// The one that goes by its name.
    Usual,
    /// Beside one that calls it until all is taken, the one of this name that calls it once.
    Once(String),
    /// Beside one that reads some bytes, the one of this name that reads to the end.
    ToEnd(String),
}

/// The places of the parameters that say how often a raw function is called, from 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Repeats {
    /// How large an answer may be.
    pub size: Option<usize>,
    /// Where a page starts.
    pub cursor: Option<usize>,
    /// Bytes that are to be taken to the last, and the friendly parameters that they are.
    pub rests: Vec<(usize, String)>,
    /// How many bytes to read at a time.
    pub chunks: Vec<usize>,
}

/// The forms that a raw function has beside the usual one.
pub(super) fn others(survey: &Survey<'_>, path: &str) -> Vec<Form> {
    let once = survey.world.usage.complete(path).cloned().map(Form::Once);
    let to_end = survey.world.usage.read_all(path).cloned().map(Form::ToEnd);
    once.into_iter().chain(to_end).collect()
}

impl Reshape<'_, '_> {
    /// Another form than the usual one goes by the name that the rules give it.
    pub(super) fn rename_form(&mut self) {
        match &self.form {
            Form::Usual => {}
            Form::Once(name) => {
                self.name.clone_from(name);
                self.rules.push(Rule::Complete);
            }
            Form::ToEnd(name) => {
                self.name.clone_from(name);
                self.rules.push(Rule::ReadAll);
            }
        }
    }

    /// How often the raw function is called, of what `check` has let through.
    pub(super) fn paging(&self) -> Paging {
        let Repeats { size, cursor, rests, chunks } = &self.repeats;
        let fails = self.survey.world.result_of(self.raw).err.is_some();
        match (rests.first(), chunks.first(), *size, *cursor) {
            (Some((rest, param)), _, _, _) => Paging::WriteAll { remaining: *rest, param: param.clone() },
            (None, Some(size), _, _) => Paging::ReadAll { size: *size },
            (None, None, Some(size), Some(cursor)) => Paging::Pages { size, cursor },
            (None, None, Some(size), None) if fails => Paging::Grow { size },
            // A function that cannot fail cannot say that the limit was too small: it gets the largest.
            (None, None, size, _) => Paging::Once { size },
        }
    }

    fn completes(&self) -> bool {
        self.form == Form::Usual && self.survey.world.usage.complete(&self.path).is_some()
    }

    /// Makes the argument that was added last what is left of it, if its bytes are to be taken to the last.
    pub(super) fn complete_param(&mut self, place: usize, ty: &RawType) {
        if self.completes()
            && self.survey.world.is_bytes(ty)
            && let Some(Arg::Param(name)) = self.args.last()
        {
            self.repeats.rests.push((place, name.clone()));
            self.args.pop();
            self.rules.push(Rule::Complete);
        }
    }

    /// Whether a parameter says how many bytes to read, of what is read to its end.
    pub(super) fn is_chunk_size(&self, ty: &RawType) -> bool {
        matches!(self.form, Form::ToEnd(_)) && matches!(self.survey.world.primitive_of(ty), RawType::U32 | RawType::U64)
    }

    /// The runtime says how many bytes to read at a time, and the app how many it takes in at all.
    pub(super) fn chunk_size(&mut self, place: usize) {
        self.repeats.chunks.push(place);
        self.params.push(Param { name: LIMIT.to_owned(), ty: Type::Primitive(Primitive::U64) });
    }

    /// What it returns, where that is not what the raw function does.
    pub(super) fn repeated_ok(&self) -> Option<Option<Type>> {
        match self.paging() {
            Paging::WriteAll { .. } => Some(None),
            Paging::Once { .. } | Paging::Grow { .. } | Paging::Pages { .. } | Paging::ReadAll { .. } => None,
        }
    }

    /// What it says of itself: the raw docs, unless they are about one call of many.
    pub(super) fn docs(&self) -> Option<String> {
        let raw = self.raw.docs.contents.clone();
        if !self.repeats.chunks.is_empty() {
            let renamed = self.survey.world.usage.rename(&self.path).cloned();
            let once = renamed.unwrap_or_else(|| item_name(&self.raw_kind, self.raw));
            return Some(format!(
                "Reads all that is left, `{LIMIT}` bytes at most.\n\nIf there are more, or a read fails, what was read by then is gone; `{once}` gives it part by part."
            ));
        }
        let Some((_, rest)) = self.repeats.rests.first() else { return raw };
        // What comes after the first paragraph is about how much one call takes.
        let summary = raw.as_deref().and_then(|raw| raw.split("\n\n").next()).map(str::to_owned);
        let added = format!(
            "All of `{rest}` is taken, in as many calls as the host asks for. What it took before a call failed, it keeps."
        );
        Some(summary.into_iter().chain([added]).collect::<Vec<_>>().join("\n\n"))
    }

    /// Refuses what cannot be called again until all is done.
    pub(super) fn check_repeat(&self) -> Result<(), DeriveError> {
        if self.completes() {
            self.check_complete()?;
        }
        if let Form::ToEnd(_) = self.form {
            self.check_read_all()?;
        }
        self.check_name("complete", self.survey.world.usage.complete(&self.path))?;
        self.check_name("read-all", self.survey.world.usage.read_all(&self.path))
    }

    fn check_complete(&self) -> Result<(), DeriveError> {
        let refuse = |why: &str| {
            self.refuse(format!("a line under [complete] names it, but it {why}"), "delete its line under [complete]")
        };
        let result = self.survey.world.result_of(self.raw);
        let counts = result.ok.map(|ok| self.survey.world.primitive_of(&ok));
        if self.repeats.rests.len() != 1 {
            return refuse("does not take one `list<u8>`");
        }
        if !matches!(counts, Some(RawType::U32 | RawType::U64)) {
            return refuse("returns neither a `u32` nor a `u64` that says how many it took");
        }
        if result.err.is_none() {
            return refuse("has no error to say that the host takes no more");
        }
        self.check_called_again("complete")
    }

    fn check_read_all(&self) -> Result<(), DeriveError> {
        let refuse = |why: &str| {
            self.refuse(format!("a line under [read-all] names it, but it {why}"), "delete its line under [read-all]")
        };
        let result = self.survey.world.result_of(self.raw);
        if self.repeats.chunks.len() != 1 {
            return refuse("does not take one `u32` or `u64` that says how many bytes to read");
        }
        if !result.ok.is_some_and(|ok| self.survey.world.is_bytes(&ok)) {
            return refuse("does not return a `list<u8>`");
        }
        if result.err.is_none() {
            return refuse("has no error to say that there is too much");
        }
        if self.params.iter().filter(|param| param.name == LIMIT).count() > 1 {
            return refuse("takes a parameter that is called `limit`, as the most that is read will be");
        }
        self.check_called_again("read-all")
    }

    /// Refuses a form that is called as the usual one is.
    fn check_name(&self, table: &str, form: Option<&String>) -> Result<(), DeriveError> {
        if self.form == Form::Usual && !self.as_text && form == Some(&self.name) {
            return self.refuse(
                format!("it becomes two functions, but both would be called `{}`", self.name),
                format!("give another name in its line under [{table}]"),
            );
        }
        Ok(())
    }

    /// Refuses what is called in another way already, or cannot be called twice.
    fn check_called_again(&self, table: &str) -> Result<(), DeriveError> {
        let advice = format!("delete its line under [{table}]");
        let pages = self.repeats.size.is_some() || self.repeats.cursor.is_some();
        if pages || self.options.is_some() || self.split.is_some() {
            return self
                .refuse("its line repeats the call until all is done, but it also takes buffers or options", advice);
        }
        if self.takes_handle() {
            return self
                .refuse("its line repeats the call until all is done, but the first call consumes a handle", advice);
        }
        if self.survey.world.usage.remember(&self.path) {
            return self.refuse(
                "its line repeats the call until all is done, but a line under [remember] keeps its first answer",
                advice,
            );
        }
        Ok(())
    }
}
