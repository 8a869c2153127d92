//! Friendly values as the host has them.

use std::net::IpAddr;

use composer::plan::{AdapterCase, Case, CaseFrom, Conversion, Primitive, Separator, Side, Type, TypeKind, TypePath};

use super::{Fails, Friendly, Model, values};
use crate::script::wave::Value;

const INVALID: Fails = Fails::Adapter(AdapterCase::InvalidArgument);

impl Model<'_> {
    /// A parameter as the host is given it.
    pub(super) fn lowered(&self, friendly: &Friendly<'_>, name: &str) -> Result<Value, Fails> {
        let param = friendly.function.param(name);
        let given = friendly.arguments.get(name).cloned().unwrap_or_else(values::none);
        param.map_or(Ok(Value::Any), |param| self.lower(&given, &param.ty))
    }

    /// A friendly value of a type as the raw one.
    pub(super) fn lower(&self, value: &Value, ty: &Type) -> Result<Value, Fails> {
        match ty {
            Type::Primitive(_) | Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) => {
                Ok(value.clone())
            }
            Type::List(item) => {
                let Value::List(values) = value else { return Ok(value.clone()) };
                Ok(Value::List(self.all(values, |value| self.lower(value, item))?))
            }
            Type::Option(some) => match values::parts(value).1 {
                Some(inner) => Ok(values::some(self.lower(inner, some)?)),
                None => Ok(values::none()),
            },
            Type::Tuple(types) => {
                let pairs: Vec<_> = values::items(value).iter().zip(types).collect();
                Ok(Value::Tuple(self.all(&pairs, |(value, ty)| self.lower(value, ty))?))
            }
            Type::Result { ok, err } => {
                let (word, inner) = values::parts(value);
                let ty = if word == "ok" { ok } else { err };
                let inner = inner.zip(ty.as_deref()).map(|(inner, ty)| self.lower(inner, ty)).transpose()?;
                Ok(values::case(word, inner))
            }
            Type::Named(path) => self.lower_named(value, path),
            Type::Converted(conversion) => self.lower_converted(value, conversion),
        }
    }

    pub(super) fn all<T>(&self, of: &[T], one: impl Fn(&T) -> Result<Value, Fails>) -> Result<Vec<Value>, Fails> {
        of.iter().map(one).collect()
    }

    fn lower_named(&self, value: &Value, path: &TypePath) -> Result<Value, Fails> {
        let Some(def) = self.subject.plan.type_def(path).filter(|_| path.side == Side::Friendly) else {
            return Ok(value.clone());
        };
        match &def.kind {
            TypeKind::Alias(ty) => self.lower(value, ty),
            TypeKind::Record(fields) => {
                let lowered = fields.iter().map(|field| {
                    let value = self.lower(&values::field(value, &field.name), &field.ty)?;
                    Ok((field.raw_name.clone(), value))
                });
                Ok(Value::Record(lowered.collect::<Result<_, Fails>>()?, false))
            }
            TypeKind::Flags(cases) => {
                let Value::Flags(set) = value else { return Ok(value.clone()) };
                Ok(Value::Flags(set.iter().filter_map(|flag| raw_case(cases, flag)).collect()))
            }
            TypeKind::Enum(cases) | TypeKind::Variant(cases) => {
                let (word, inner) = values::parts(value);
                let ty = cases.iter().find(|case| case.name == word).and_then(|case| case.payload.as_ref());
                let inner = inner.zip(ty).map(|(inner, ty)| self.lower(inner, ty)).transpose()?;
                Ok(values::case(&raw_case(cases, word).unwrap_or_default(), inner))
            }
            // Neither an error nor a resource goes to the host as a value.
            TypeKind::Error(_) | TypeKind::DetailError(_) | TypeKind::Wrapper(_) | TypeKind::Options(_) => {
                Ok(value.clone())
            }
        }
    }

    fn lower_converted(&self, value: &Value, conversion: &Conversion) -> Result<Value, Fails> {
        match conversion {
            Conversion::Text => Ok(Value::Bytes(values::octets(value).to_vec())),
            Conversion::Address(_) => address(value),
            Conversion::Seconds { per_second, count, step } => seconds(value, *per_second, *count, *step),
            Conversion::Joined { separator, raw_text, .. } => joined(value, *separator, *raw_text),
            Conversion::Record { fields, parts, .. } => {
                let pairs: Vec<_> = fields.iter().zip(parts).collect();
                let part = |(name, ty): &(&String, &Type)| self.lower(&values::field(value, name), ty);
                Ok(Value::Tuple(self.all(&pairs, part)?))
            }
            Conversion::Choice { choice, .. } => Ok(values::number(self.choice(choice, values::parts(value).0))),
            Conversion::Flag { .. } => Ok(values::number(u8::from(values::parts(value).0 == "true"))),
            // No app has either to give.
            Conversion::Packed { .. } | Conversion::Body(_) => Ok(value.clone()),
            // The raw handle is there already.
            Conversion::Take(_) => Ok(value.clone()),
        }
    }

    fn choice(&self, path: &TypePath, name: &str) -> u64 {
        let number = |case: &Case| if let CaseFrom::Number(number) = case.from { Some(number) } else { None };
        self.subject.plan.enum_cases(path).iter().find(|case| case.name == name).and_then(number).unwrap_or_default()
    }
}

/// The raw case behind a friendly one.
fn raw_case(cases: &[Case], name: &str) -> Option<String> {
    match &cases.iter().find(|case| case.name == name)?.from {
        CaseFrom::Raw(case) | CaseFrom::RawDropped(case) | CaseFrom::RawGetter { case, .. } => Some(case.clone()),
        CaseFrom::Number(_) | CaseFrom::Nested | CaseFrom::Carried | CaseFrom::Adapter(_) => None,
    }
}

fn address(value: &Value) -> Result<Value, Fails> {
    let text = std::str::from_utf8(values::octets(value)).map_err(|_| INVALID)?;
    let numbers = |parts: Vec<u16>| Value::Tuple(parts.into_iter().map(values::number).collect());
    Ok(match text.parse::<IpAddr>().map_err(|_| INVALID)? {
        IpAddr::V4(address) => {
            values::case("ipv4", Some(numbers(address.octets().iter().map(|octet| u16::from(*octet)).collect())))
        }
        IpAddr::V6(address) => values::case("ipv6", Some(numbers(address.segments().to_vec()))),
    })
}

/// Counts as arithmetic on decimals has them: a product of floats is near enough for those that are called with,
/// which are less than 2^50 and whole, or plainly not.
fn seconds(value: &Value, per_second: u64, count: Primitive, step: u64) -> Result<Value, Fails> {
    let seconds = values::real(value).filter(|seconds| seconds.is_finite() && *seconds >= 0.0).ok_or(INVALID)?;
    #[allow(clippy::cast_precision_loss, reason = "a second has few units")]
    let exact = seconds * per_second as f64;
    let nearest = exact.round();
    let is_whole = (exact - nearest).abs() <= f64::max(1e-6, exact * 1e-15);
    if per_second == 1 && !is_whole {
        return Err(INVALID);
    }
    let nearest = if nearest == 0.0 && !is_whole { 1.0 } else { nearest };
    if nearest > most(count) {
        return Err(INVALID);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is in the type's range")]
    let whole = nearest as u64;
    if !whole.is_multiple_of(step.max(1)) { Err(INVALID) } else { Ok(values::number(whole)) }
}

/// The largest value of an unsigned integer.
#[allow(clippy::cast_precision_loss, reason = "what is compared is far below")]
fn most(count: Primitive) -> f64 {
    match count {
        Primitive::U8 => f64::from(u8::MAX),
        Primitive::U16 => f64::from(u16::MAX),
        Primitive::U32 => f64::from(u32::MAX),
        Primitive::U64 => u64::MAX as f64,
        Primitive::Bool
        | Primitive::S8
        | Primitive::S16
        | Primitive::S32
        | Primitive::S64
        | Primitive::F32
        | Primitive::F64
        | Primitive::Char
        | Primitive::String => 0.0,
    }
}

fn joined(value: &Value, separator: Separator, raw_text: bool) -> Result<Value, Fails> {
    let items: Vec<_> = values::items(value).iter().map(values::octets).collect();
    let bytes = match separator {
        Separator::Space => {
            if items.iter().any(|item| item.is_empty() || item.contains(&b' ')) {
                return Err(INVALID);
            }
            items.join(&b' ')
        }
        Separator::Nul => {
            if items.iter().any(|item| item.contains(&0)) {
                return Err(INVALID);
            }
            items.iter().flat_map(|item| item.iter().copied().chain([0])).collect()
        }
    };
    if !raw_text {
        return Ok(Value::Bytes(bytes));
    }
    String::from_utf8(bytes).map(Value::Text).map_err(|_| INVALID)
}
