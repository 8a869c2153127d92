//! What went wrong, as the app is told.

use composer::plan::{AdapterCase, DetailError, ErrorType, Type};

use super::{Fails, Model, values};
use crate::script::wave::Value;

impl Model<'_> {
    /// The friendly error of a function, for what went wrong.
    pub(super) fn error_of(&self, ty: Option<&Type>, fails: Fails) -> Option<Value> {
        match (fails, ty) {
            (Fails::Host(value), _) => value,
            (Fails::Adapter(case), Some(ty)) => Some(self.own_case(ty, case)),
            (Fails::Adapter(_) | Fails::Trap(_), _) => None,
        }
    }

    /// What the adapter itself says, in a friendly error type.
    pub(super) fn own_case(&self, ty: &Type, case: AdapterCase) -> Value {
        let Type::Named(path) = ty else { return Value::Text(case.name().replace('-', " ")) };
        if let Some(ty) = self.subject.plan.alias(path) {
            return self.own_case(ty, case);
        }
        match self.subject.plan.type_def(path).and_then(|def| def.kind.detail_error()) {
            Some(error) => {
                let kind = ("kind".to_owned(), values::word(case.name()));
                let base = ("base".to_owned(), self.own_case(&Type::Named(error.base.clone()), case));
                Value::Record(vec![kind, base], false)
            }
            None => values::word(case.name()),
        }
    }

    /// An error of the host; none if no case of the friendly one stands for it.
    pub(super) fn lift_error(&mut self, value: &Value, error: &ErrorType) -> Result<Option<Value>, Fails> {
        if let Some(carried) = error.carried() {
            return Ok(Some(values::case("reported", Some(self.lift(value, carried)?))));
        }
        if let Some(lifted) = self.lift_case(value, &error.cases)? {
            return Ok(Some(lifted));
        }
        let (word, inner) = values::parts(value);
        if error.too_small.contains_key(word) {
            return Ok(Some(values::word(AdapterCase::ValueTooLarge.name())));
        }
        match (error.nested.get(word), inner) {
            (Some(base), Some(inner)) => self.lift(&inner.clone(), &Type::Named(base.clone())).map(Some),
            (Some(_), None) | (None, _) => Ok(None),
        }
    }

    /// An error with details, as one flat record.
    pub(super) fn lift_detail(&mut self, value: &Value, error: &DetailError) -> Result<Value, Fails> {
        let base = self.lift(&values::field(value, &error.base_field), &Type::Named(error.base.clone()))?;
        let detail = values::field(value, &error.detail_field);
        let mut fields = Vec::new();
        let kind = match values::parts(&detail).1 {
            None => base.clone(),
            Some(detail) => {
                let (case, payload) = values::parts(detail);
                for field in error.fields.iter().filter(|field| field.case == case) {
                    let given = values::field(payload.unwrap_or(&Value::Any), &field.field);
                    let given = if field.optional { given } else { values::some(given) };
                    fields.push((field.name.clone(), self.lift(&given, &field.ty)?));
                }
                let cases = self.subject.plan.enum_cases(&error.kind);
                let lifted = self.lift_case(&values::word(case), cases)?;
                lifted.unwrap_or_else(|| base.clone())
            }
        };
        fields.extend([("kind".to_owned(), kind), ("base".to_owned(), base)]);
        Ok(Value::Record(fields, false))
    }

    /// What an error says of the size of a buffer.
    pub(super) fn fit(&self, error: &Value, ty: Option<&Type>) -> Fit {
        let Some(Type::Named(path)) = ty else { return Fit::Unrelated };
        let (word, inner) = values::parts(error);
        if let Some(ty) = self.subject.plan.alias(path) {
            return self.fit(error, Some(ty));
        }
        if let Some(detail) = self.subject.plan.type_def(path).and_then(|def| def.kind.detail_error()) {
            let base = values::field(error, &detail.base_field);
            return self.fit(&base, Some(&Type::Named(detail.base.clone())));
        }
        let Some(of) = self.subject.plan.error(path) else { return Fit::Unrelated };
        if of.too_small.contains_key(word) {
            Fit::TooSmall(inner.and_then(values::integer).unwrap_or_default())
        } else if of.maybe_too_small.iter().any(|case| case == word) {
            Fit::MaybeTooSmall
        } else if let (Some(base), Some(inner)) = (of.nested.get(word), inner) {
            self.fit(inner, Some(&Type::Named(base.clone())))
        } else {
            Fit::Unrelated
        }
    }
}

/// What an error says of the size of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It was too small, and should be this.
    TooSmall(u64),
    /// It may have been too small.
    MaybeTooSmall,
    /// Nothing.
    Unrelated,
}
