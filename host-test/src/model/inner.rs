//! Handles that stand inside the values of parameters: out of their cells, and raw ones in their places.

use std::collections::HashMap;

use composer::plan::{Arg, Call, CaseFrom, Conversion, Type, TypeKind};

use super::{Cell, Fails, Friendly, Model, values};
use crate::script::wave::Value;

/// The raw handles of one call, by the names of the friendly ones that they are put in the place of.
#[derive(Debug, Default)]
pub(super) struct Inner(HashMap<String, Value>);

impl Inner {
    /// The call with the raw handles in its arguments.
    pub(super) fn put_into<'s>(&self, friendly: &Friendly<'s>) -> Friendly<'s> {
        let mut friendly = friendly.clone();
        let mut replace = |value: &mut Value| {
            if let Some(raw) = values::handle(value).and_then(|name| self.0.get(name)) {
                *value = raw.clone();
            }
        };
        friendly.arguments.values_mut().for_each(|value| values::each_handle(value, &mut replace));
        friendly
    }
}

impl<'s> Model<'s> {
    /// Takes the handles away that parameters hold and the host is given. What is taken is told, to be put back.
    pub(super) fn take_inner(
        &mut self,
        friendly: &Friendly<'s>,
        call: &Call,
        taken: &mut Vec<(usize, String)>,
    ) -> Result<Inner, Fails> {
        let mut inner = Inner::default();
        for (name, cell) in self.inner(friendly, call, true) {
            let raw = self.lend(cell)?;
            taken.push((cell, values::handle(&raw).unwrap_or_default().to_owned()));
            self.state.put(cell, Cell::Taken);
            inner.0.insert(name, raw);
        }
        Ok(inner)
    }

    /// Lends the handles that parameters hold and the host is lent.
    pub(super) fn lend_inner(&mut self, friendly: &Friendly<'s>, call: &Call, inner: &mut Inner) -> Result<(), Fails> {
        for (name, cell) in self.inner(friendly, call, false) {
            let raw = self.lend(cell)?;
            inner.0.insert(name, raw);
        }
        Ok(())
    }

    /// The handles inside the parameters of a call that are taken, or that are lent, and their cells.
    fn inner(&self, friendly: &Friendly<'s>, call: &Call, is_taken: bool) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        for arg in &call.args {
            let Arg::Param(name) = arg else { continue };
            if let (Some(value), Some(param)) = (friendly.arguments.get(name), friendly.function.param(name)) {
                self.inside(value, &param.ty, is_taken, &mut found);
            }
        }
        let with_cell = |name: String| self.state.cell(&name).map(|cell| (name, cell));
        found.into_iter().filter_map(with_cell).collect()
    }

    fn inside(&self, value: &Value, ty: &Type, is_taken: bool, found: &mut Vec<String>) {
        let mut inner = |value: &Value, ty: &Type| self.inside(value, ty, is_taken, found);
        match ty {
            Type::Borrow(_) | Type::Converted(Conversion::Take(_)) => {
                let is_one = matches!(ty, Type::Converted(_)) == is_taken;
                found.extend(values::handle(value).filter(|_| is_one).map(str::to_owned));
            }
            Type::List(item) => values::items(value).iter().for_each(|value| inner(value, item)),
            Type::Option(some) => values::parts(value).1.iter().for_each(|value| inner(value, some)),
            Type::Tuple(parts) => values::items(value).iter().zip(parts).for_each(|(value, ty)| inner(value, ty)),
            Type::Result { ok, err } => {
                let (word, payload) = values::parts(value);
                let ty = if word == "ok" { ok } else { err };
                payload.zip(ty.as_deref()).into_iter().for_each(|(value, ty)| inner(value, ty));
            }
            Type::Converted(Conversion::Record { fields, parts, .. }) => {
                fields.iter().zip(parts).for_each(|(name, ty)| inner(&values::field(value, name), ty));
            }
            Type::Named(path) => match self.subject.plan.type_def(path).map(|def| &def.kind) {
                Some(TypeKind::Alias(ty)) => inner(value, ty),
                Some(TypeKind::Record(fields)) => {
                    fields.iter().for_each(|field| inner(&values::field(value, &field.name), &field.ty));
                }
                Some(TypeKind::Variant(cases)) => {
                    let (word, payload) = values::parts(value);
                    let is_there =
                        |case: &&composer::plan::Case| case.name == word && matches!(case.from, CaseFrom::Raw(_));
                    let ty = cases.iter().find(is_there).and_then(|case| case.payload.as_ref());
                    payload.zip(ty).into_iter().for_each(|(value, ty)| inner(value, ty));
                }
                Some(
                    TypeKind::Flags(_)
                    | TypeKind::Enum(_)
                    | TypeKind::Error(_)
                    | TypeKind::DetailError(_)
                    | TypeKind::Wrapper(_)
                    | TypeKind::Options(_),
                )
                | None => {}
            },
            Type::Primitive(_) | Type::Own(_) | Type::Stream(_) | Type::Future(_) | Type::Converted(_) => {}
        }
    }
}
