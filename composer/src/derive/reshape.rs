//! Reshapes one function: handles are borrowed, buffers and cursors go, options get a variant, a
//! function on a handle becomes its method.

mod check;
mod fails;
mod handles;
mod held;
mod repeat;
mod several;

use repeat::{Form, Repeats};
use wit_parser::{Function as RawFunctionDef, InterfaceId, Type as RawType, TypeDefKind, TypeId};

use super::placement::Placement;
use super::required::Outcome;
use super::shapes::RawResult;
use super::survey::Survey;
use super::world::item_name;
use super::{DeriveError, absent, awaited, mapping, placement, values};
use crate::plan::{self, Arg, Call, Function, HandleCheck, Kind, Operation, Param, RawFunction, Rule, Source, Type};

/// One raw function, and what becomes of it.
struct Reshape<'r, 'a> {
    survey: &'r Survey<'a>,
    id: InterfaceId,
    path: String,
    raw: &'r RawFunctionDef,
    raw_kind: Kind,
    interface: String,
    /// The friendly interface that it is in.
    placed_in: String,
    kind: Kind,
    name: String,
    params: Vec<Param>,
    args: Vec<Arg>,
    repeats: Repeats,
    rules: Vec<Rule>,
    touches_consumable: bool,
    /// Whether it works on what is made when it is first needed.
    touches_later: bool,
    /// Whether a parameter gives away a handle that stands inside it.
    takes_inside: bool,
    /// Whether bringing a parameter to the host can fail.
    converts: bool,
    /// Whether this is the text variant.
    as_text: bool,
    form: Form,
    checks: Vec<HandleCheck>,
    options: Option<(String, TypeId)>,
    split: Option<(String, TypeId)>,
}

/// What becomes of a raw function: one friendly one, or several.
pub(super) fn reshape(survey: &Survey<'_>, id: InterfaceId, raw: &RawFunctionDef) -> Result<Vec<Outcome>, DeriveError> {
    awaited::adapted(survey, id, raw)?;
    let path = survey.world.function_path(id, raw);
    if survey.world.usage.is_lazy(&path) {
        return Ok(vec![made_later(survey, id, raw)?.into()]);
    }
    let mut functions = reshape_as(survey, id, raw, false, Form::Usual)?;
    if survey.world.usage.has_text_variant(&path) {
        functions.extend(reshape_as(survey, id, raw, true, Form::Usual)?);
    }
    for form in repeat::others(survey, &path) {
        functions.extend(reshape_as(survey, id, raw, false, form)?);
    }
    Ok(functions)
}

/// A constructor: what makes the raw resource is called when that is first needed.
fn made_later(survey: &Survey<'_>, id: InterfaceId, raw: &RawFunctionDef) -> Result<Function, DeriveError> {
    let placement = placement::of(survey, id, raw)?;
    let rules = [Rule::Wrap, Rule::Constructors].into_iter().chain(brought_by(survey, id, &placement)).collect();
    Ok(Function {
        name: String::new(),
        kind: placement.kind,
        docs: raw.docs.contents.clone(),
        params: Vec::new(),
        result: None,
        operation: Operation::Later,
        is_async: false,
        rules,
    })
}

/// The rule that brought a function to where it is, if one did.
fn brought_by(survey: &Survey<'_>, id: InterfaceId, placement: &Placement) -> Vec<Rule> {
    let moves = !placement.is_made_method && placement.interface != survey.world.interface_name(id);
    placement.is_made_method.then_some(Rule::Methods).into_iter().chain(moves.then_some(Rule::Move)).collect()
}

fn reshape_as(
    survey: &Survey<'_>,
    id: InterfaceId,
    raw: &RawFunctionDef,
    as_text: bool,
    form: Form,
) -> Result<Vec<Outcome>, DeriveError> {
    let raw_kind = survey.world.kind(id, raw)?;
    let path = survey.world.function_path(id, raw);
    let placement = placement::of(survey, id, raw)?;
    let mut reshape = Reshape {
        survey,
        id,
        rules: brought_by(survey, id, &placement),
        placed_in: placement.interface,
        kind: placement.kind,
        name: item_name(&raw_kind, raw),
        raw_kind,
        interface: survey.world.interface_name(id),
        path,
        raw,
        params: Vec::new(),
        args: Vec::new(),
        repeats: Repeats::default(),
        touches_consumable: false,
        touches_later: false,
        takes_inside: false,
        converts: false,
        as_text,
        form,
        checks: Vec::new(),
        options: None,
        split: None,
    };
    reshape.rename();
    for (index, param) in raw.params.iter().enumerate() {
        reshape.param(index, &param.name, &param.ty)?;
    }
    reshape.check()?;
    reshape.functions()
}

impl Reshape<'_, '_> {
    fn rename(&mut self) {
        if let Some(name) = self.survey.world.usage.rename(&self.path) {
            self.name.clone_from(name);
            self.rules.push(Rule::Rename);
        } else if self.raw_kind == Kind::Freestanding
            && let Some(name) = self.survey.world.usage.stripped(&self.name)
        {
            self.name = name.to_owned();
            self.rules.push(Rule::Methods);
        } else if matches!(self.raw_kind, Kind::Constructor(_))
            && let Some(name) = self.survey.world.usage.constructor_function(&self.path)
        {
            self.name.clone_from(name);
            self.rules.push(Rule::Constructors);
        }
        self.rename_form();
    }

    fn param(&mut self, index: usize, name: &str, ty: &RawType) -> Result<(), DeriveError> {
        let buffers = &self.survey.world.usage.rules.buffers;
        if buffers.size_parameter.as_deref() == Some(name) {
            self.repeats.size = Some(index);
            self.rules.push(Rule::Buffers);
        } else if buffers.cursor_parameter.as_deref() == Some(name) && self.is_paged() {
            self.repeats.cursor = Some(index);
            self.rules.push(Rule::Cursors);
        } else if index == 0 && matches!(self.kind, Kind::Method(_)) {
            self.handle(Source::Receiver, ty);
        } else if self.survey.world.usage.split(&self.path).is_some() && self.is_variant(ty) {
            let RawType::Id(id) = ty else { return Ok(()) };
            self.split = Some((name.to_owned(), self.survey.world.definition(*id)));
            self.args.push(Arg::Param(name.to_owned()));
            self.rules.push(Rule::Split);
        } else if let Some(record) = self.options_record(ty) {
            self.options = Some((name.to_owned(), record));
            self.args.push(Arg::Param(name.to_owned()));
            self.rules.push(Rule::Options);
        } else if self.is_chunk_size(ty) {
            self.chunk_size(index);
        } else if self.survey.world.usage.is_always_ok(&format!("{}.{name}", self.path)) {
            self.always_ok(name, ty)?;
        } else {
            self.plain_param(name, ty)?;
            self.complete_param(index, ty);
        }
        Ok(())
    }

    fn plain_param(&mut self, name: &str, ty: &RawType) -> Result<(), DeriveError> {
        let handle = self.survey.world.handle_inside(ty);
        self.check_handles(name, ty)?;
        let holds_handles = handle.is_none() && self.survey.has_handle(ty);
        if holds_handles {
            self.inner_handles(name, ty)?;
        }
        let path = format!("{}.{name}", self.path);
        let friendly = match handle {
            // A name of its own would hide that the handle is lent.
            Some(_) => borrowed(mapping::unnamed(self.survey, &path, ty)?),
            None if holds_handles => mapping::given(self.survey, &path, ty)?,
            None => self.map(&path, ty)?,
        };
        self.converts |= friendly.lowers_fallibly();
        let renamed = self.survey.world.usage.rename(&path).cloned();
        let friendly_name = renamed.clone().unwrap_or_else(|| values::without_unit(name, friendly.is_time()));
        self.rules.extend(renamed.map(|_| Rule::Rename));
        values::rules(&friendly, &mut self.rules);
        match handle {
            Some(_) => self.handle(Source::Param(friendly_name.clone()), ty),
            None => self.args.push(Arg::Param(friendly_name.clone())),
        }
        if self.survey.lends_list(ty) {
            return Err(mapping::lent_list(
                &self.path,
                name,
                "lend them one by one, or leave the function out under [leave-out]",
            ));
        }
        self.params.push(Param { name: friendly_name, ty: friendly });
        Ok(())
    }

    /// A type of the signature; bytes are text in a text variant.
    fn map(&self, path: &str, ty: &RawType) -> Result<Type, DeriveError> {
        let ty = mapping::map(self.survey, path, ty)?;
        Ok(if self.as_text { values::textual(ty) } else { ty })
    }

    fn handle(&mut self, source: Source, ty: &RawType) {
        let Some(resource) = self.survey.world.handle_inside(ty) else { return };
        let adapted = self.survey.type_path(resource).side == plan::Side::Friendly;
        if !adapted {
            let Source::Param(name) = source else { return };
            self.args.push(Arg::Param(name));
            return;
        }
        self.touches_consumable |= self.survey.is_consumable(resource);
        self.touches_later |= self.survey.is_made_later(ty);
        if self.gives_away(ty) {
            self.rules.push(Rule::Borrow);
            self.args.push(Arg::Take(source));
        } else {
            self.args.push(Arg::Lend(source));
        }
    }

    fn gives_away(&self, ty: &RawType) -> bool {
        self.survey.world.is_own(self.survey.world.item_of(ty).unwrap_or(ty))
    }

    fn options_record(&self, ty: &RawType) -> Option<TypeId> {
        let RawType::Id(id) = ty else { return None };
        let id = self.survey.world.definition(*id);
        self.survey.is_options(id).then_some(id)
    }

    fn is_variant(&self, ty: &RawType) -> bool {
        let RawType::Id(id) = ty else { return false };
        matches!(self.survey.world.type_def(self.survey.world.definition(*id)).kind, TypeDefKind::Variant(_))
    }

    /// `tuple<string or list<u8>, option<u32>>`: a page, and where the next one starts.
    fn is_paged(&self) -> bool {
        self.survey.world.page_item(self.raw).is_some()
    }

    fn reshaped_function(
        &self,
        name: String,
        params: Vec<Param>,
        args: Vec<Arg>,
        options: Option<TypeId>,
    ) -> Result<Outcome, DeriveError> {
        let survey = self.survey;
        let raw = survey.world.result_of(self.raw);
        let RawResult { ok, err: raw_error, fallible: raw_fallible } = raw;
        let (ok, absent) = absent::of(survey, &self.path, &raw, self.ok(ok.as_ref())?)?;
        let cases = self.required_cases(ok.as_ref(), options)?;
        let (error, required) = self.error(raw_error.as_ref(), raw_fallible, &cases)?;
        let is_time = ok.iter().chain(params.iter().map(|param| &param.ty)).any(Type::is_time);
        let name = values::without_unit(&name, is_time);
        let name = if self.as_text { format!("{name}-text") } else { name };
        let remember = survey.world.usage.remember(&self.path);
        self.check_answer(&params, remember, raw_fallible || error.is_some())?;
        let holds = self.held(&params)?;
        let result = if raw_fallible && error.is_none() {
            Some(Type::Result { ok: ok.clone().map(Box::new), err: None })
        } else {
            fallible(ok.clone(), error.clone())
        };
        let raw = RawFunction {
            interface: self.interface.clone(),
            name: item_name(&self.raw_kind, self.raw),
            kind: self.raw_kind.clone(),
        };
        let call = Call {
            raw,
            args,
            paging: self.paging(),
            raw_fallible,
            raw_error: raw_error.is_some(),
            error,
            ok,
            absent,
            remember,
            checks: self.checks.clone(),
            holds,
        };
        let (kind, docs, rules) = (self.kind.clone(), self.docs(), self.rules_of(&call));
        let function = Function {
            name,
            kind,
            docs,
            params,
            result,
            operation: Operation::Call(Box::new(call)),
            is_async: false,
            rules,
        };
        Ok(Outcome { function, required })
    }

    /// The friendly value, before anything of it is none.
    fn ok(&self, raw: Option<&RawType>) -> Result<Option<Type>, DeriveError> {
        match (self.repeated_ok(), self.survey.world.page_item(self.raw)) {
            (Some(ok), _) => Ok(ok),
            (None, Some(item)) if self.repeats.cursor.is_some() => {
                let list = Type::List(Box::new(item));
                Ok(Some(if self.as_text { values::textual(list) } else { list }))
            }
            (None, Some(_) | None) => raw.map(|ty| self.map(&self.path, ty)).transpose(),
        }
    }

    /// The rules that made a call what it is, each once.
    fn rules_of(&self, call: &Call) -> Vec<Rule> {
        let mut rules = self.rules.clone();
        let applied = [
            (call.error.is_some(), Rule::Errors),
            (call.remember, Rule::Remember),
            (call.holds.is_some(), Rule::Hold),
            (call.absent.is_some(), Rule::Absent),
            (self.as_text, Rule::Text),
            (true, Rule::Wrap),
        ];
        rules.extend(applied.into_iter().filter(|(is_applied, _)| *is_applied).map(|(_, rule)| rule));
        call.ok.iter().for_each(|ok| values::rules(ok, &mut rules));
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// Handles are lent in the friendly world, given away or not.
fn borrowed(ty: Type) -> Type {
    match ty {
        Type::Own(path) if path.side == plan::Side::Friendly => Type::Borrow(path),
        Type::Option(inner) => Type::Option(Box::new(borrowed(*inner))),
        Type::List(inner) => Type::List(Box::new(borrowed(*inner))),
        Type::Primitive(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Named(_)
        | Type::Converted(_)
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_) => ty,
    }
}

/// `T`, or `result<T, E>` where there is an error.
pub(super) fn fallible(ok: Option<Type>, error: Option<Type>) -> Option<Type> {
    match error {
        Some(error) => Some(Type::Result { ok: ok.map(Box::new), err: Some(Box::new(error)) }),
        None => ok,
    }
}
