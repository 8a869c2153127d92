//! Raw values as the app has them.

use std::net::{Ipv4Addr, Ipv6Addr};

use composer::plan::{AdapterCase, Case, CaseFrom, Conversion, RawFunction, Separator, Side, Type, TypeKind, TypePath};

use super::calls::CAP;
use super::makers::is_made;
use super::{Asking, Cell, Fails, Model, values};
use crate::script::wave::Value;

/// How many bytes of a body are asked for at first, and how many at most of a host that gives all it is asked for.
pub(super) const CHUNK: u64 = 64 << 10;
pub(super) const LARGEST: u64 = 1 << 20;

const UNKNOWN: Fails = Fails::Adapter(AdapterCase::UnknownValue);

impl Model<'_> {
    /// A raw value of a type as the friendly one.
    pub(super) fn lift(&mut self, value: &Value, ty: &Type) -> Result<Value, Fails> {
        match ty {
            Type::Primitive(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) => Ok(value.clone()),
            Type::Own(path) if is_made(self.subject.plan, path) => Ok(self.adopt(path, value)),
            Type::Own(_) => Ok(value.clone()),
            Type::List(item) => {
                let Value::List(items) = value else { return Ok(value.clone()) };
                let lifted = items.iter().map(|value| self.lift(value, item));
                Ok(Value::List(lifted.collect::<Result<_, _>>()?))
            }
            Type::Option(some) => match values::parts(value).1 {
                Some(inner) => Ok(values::some(self.lift(inner, some)?)),
                None => Ok(values::none()),
            },
            Type::Tuple(types) => {
                let pairs = values::items(value).iter().zip(types);
                Ok(Value::Tuple(pairs.map(|(value, ty)| self.lift(value, ty)).collect::<Result<_, _>>()?))
            }
            Type::Result { ok, err } => {
                let (word, inner) = values::parts(value);
                let ty = if word == "ok" { ok } else { err };
                let inner = inner.zip(ty.as_deref()).map(|(inner, ty)| self.lift(inner, ty)).transpose()?;
                Ok(values::case(word, inner))
            }
            Type::Named(path) => self.lift_named(value, path),
            Type::Converted(conversion) => self.lift_converted(value, conversion),
        }
    }

    /// A raw handle as the friendly resource that holds it.
    pub(super) fn adopt(&mut self, path: &TypePath, raw: &Value) -> Value {
        let name = values::handle(raw).unwrap_or_default();
        let cell = self.state.add(Cell::Present(name.to_owned()));
        self.state.hold_wrapper(path, cell)
    }

    fn lift_named(&mut self, value: &Value, path: &TypePath) -> Result<Value, Fails> {
        let Some(def) = self.subject.plan.type_def(path).filter(|_| path.side == Side::Friendly) else {
            return Ok(value.clone());
        };
        match &def.kind {
            TypeKind::Alias(ty) => self.lift(value, ty),
            TypeKind::Record(fields) => {
                let lifted = fields.iter().map(|field| {
                    let value = self.lift(&values::field(value, &field.raw_name), &field.ty)?;
                    Ok((field.name.clone(), value))
                });
                Ok(Value::Record(lifted.collect::<Result<_, Fails>>()?, false))
            }
            TypeKind::Flags(cases) => {
                let Value::Flags(set) = value else { return Ok(value.clone()) };
                let of = |flag: &String| cases.iter().find(|case| raw(case) == Some(flag));
                Ok(Value::Flags(set.iter().filter_map(of).map(|case| case.name.clone()).collect()))
            }
            TypeKind::Enum(cases) | TypeKind::Variant(cases) => self.lift_case(value, cases)?.ok_or(UNKNOWN),
            TypeKind::Error(error) => Ok(self.lift_error(value, error)?.unwrap_or_else(|| value.clone())),
            TypeKind::DetailError(error) => self.lift_detail(value, error),
            TypeKind::Wrapper(_) | TypeKind::Options(_) => Ok(value.clone()),
        }
    }

    /// A case of a variant, if one of these stands for it.
    pub(super) fn lift_case(&mut self, value: &Value, cases: &[Case]) -> Result<Option<Value>, Fails> {
        let (word, inner) = values::parts(value);
        let Some(case) = cases.iter().find(|case| raw(case) == Some(word)) else { return Ok(None) };
        let payload = match (&case.from, &case.payload, inner) {
            (CaseFrom::RawGetter { getter, .. }, Some(ty), Some(held)) => {
                let path = match self.getter(getter) {
                    Some(path) => path,
                    None => return Ok(None),
                };
                let got = self.raw(&path, vec![held.clone()], Asking::default())?.unwrap_or(Value::Any);
                Some(self.lift(&got, ty)?)
            }
            (_, Some(ty), Some(inner)) => Some(self.lift(inner, ty)?),
            (_, None, _) | (_, Some(_), None) => None,
        };
        Ok(Some(values::case(&case.name, payload)))
    }

    /// The getter of an extensibility resource: the plan has its name alone, which only one such resource has.
    fn getter(&self, name: &str) -> Option<RawFunction> {
        let ending = format!(".{name}");
        let found = self
            .subject
            .world
            .raw
            .iter()
            .find(|raw| raw.name.starts_with("[method]") && raw.name.ends_with(&ending))?;
        let resource = found.name.strip_prefix("[method]")?.strip_suffix(&ending)?;
        let kind = composer::plan::Kind::Method(resource.to_owned());
        Some(RawFunction { interface: found.interface.clone(), name: name.to_owned(), kind })
    }

    fn lift_converted(&mut self, value: &Value, conversion: &Conversion) -> Result<Value, Fails> {
        match conversion {
            Conversion::Text => text(values::octets(value)),
            Conversion::Address(_) => Ok(address(value)),
            Conversion::Seconds { per_second, .. } => {
                Ok(values::float(decimal(values::integer(value).unwrap_or_default(), *per_second)))
            }
            Conversion::Joined { separator, raw_text, text } => {
                let items = split(value, *separator);
                // In a text variant each item of bytes is text.
                let of_bytes = *text && !*raw_text;
                let item = |item: Value| if of_bytes { self::text(values::octets(&item)) } else { Ok(item) };
                Ok(Value::List(items.into_iter().map(item).collect::<Result<_, _>>()?))
            }
            Conversion::Record { fields, parts, .. } => {
                let mut lifted = Vec::new();
                for ((name, ty), value) in fields.iter().zip(parts).zip(values::items(value)) {
                    lifted.push((name.clone(), self.lift(value, ty)?));
                }
                Ok(Value::Record(lifted, false))
            }
            Conversion::Packed { fields, .. } => unpacked(value, fields),
            Conversion::Choice { choice, .. } => {
                let number = values::integer(value);
                let is = |case: &&Case| matches!(case.from, CaseFrom::Number(of) if Some(of) == number);
                let case = self.subject.plan.enum_cases(choice).iter().find(is).ok_or(UNKNOWN)?;
                Ok(values::word(&case.name))
            }
            Conversion::Flag { .. } => {
                Ok(values::word(if values::integer(value) == Some(0) { "false" } else { "true" }))
            }
            Conversion::Body(read) => self.whole(value, read),
            // No host gives one.
            Conversion::Take(_) => Ok(value.clone()),
        }
    }

    /// What a body holds, read to its end.
    fn whole(&mut self, body: &Value, read: &RawFunction) -> Result<Value, Fails> {
        match self.read_all(CAP, |model, size| {
            let asking = Asking { chunk: Some(size), ..Asking::default() };
            model.raw(read, vec![body.clone(), values::number(size)], asking)
        }) {
            Ok(Some(all)) => text(&all),
            Ok(None) => Err(Fails::Adapter(AdapterCase::ValueTooLarge)),
            Err(Fails::Host(_)) => Err(Fails::Adapter(AdapterCase::CannotRead)),
            Err(other) => Err(other),
        }
    }
}

fn raw(case: &Case) -> Option<&str> {
    match &case.from {
        CaseFrom::Raw(case) | CaseFrom::RawDropped(case) | CaseFrom::RawGetter { case, .. } => Some(case),
        CaseFrom::Number(_) | CaseFrom::Nested | CaseFrom::Carried | CaseFrom::Adapter(_) => None,
    }
}

/// Bytes as text.
pub(super) fn text(bytes: &[u8]) -> Result<Value, Fails> {
    let text = String::from_utf8(bytes.to_vec());
    text.map(Value::Text).map_err(|_| Fails::Adapter(AdapterCase::NotText))
}

fn address(value: &Value) -> Value {
    let (family, parts) = values::parts(value);
    let parts = parts.map(values::items).unwrap_or_default();
    let parts: Vec<u16> = parts.iter().filter_map(values::integer).filter_map(|part| part.try_into().ok()).collect();
    let text = match (family, <[u16; 8]>::try_from(parts.as_slice())) {
        ("ipv6", Ok(segments)) => Ipv6Addr::from(segments).to_string(),
        _ => {
            let octets: Vec<u8> = parts.iter().filter_map(|part| (*part).try_into().ok()).collect();
            <[u8; 4]>::try_from(octets)
                .map(Ipv4Addr::from)
                .map_or_else(|_| String::new(), |address| address.to_string())
        }
    };
    Value::Text(text)
}

/// A count of units as seconds: read from its digits, which rounds once.
fn decimal(count: u64, per_second: u64) -> f64 {
    let places = usize::try_from(per_second.max(1).ilog10()).unwrap_or_default();
    let digits = format!("{count:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    format!("{whole}.{part}0").parse().unwrap_or(f64::NAN)
}

/// The items of a list in one piece, each as what the whole was.
pub(super) fn split(value: &Value, separator: Separator) -> Vec<Value> {
    let bytes = values::octets(value);
    let is_text = matches!(value, Value::Text(_));
    let item = |bytes: &[u8]| {
        if is_text { Value::Text(String::from_utf8_lossy(bytes).into_owned()) } else { Value::Bytes(bytes.to_vec()) }
    };
    match separator {
        Separator::Space => bytes.split(|byte| *byte == b' ').filter(|part| !part.is_empty()).map(item).collect(),
        Separator::Nul if bytes.is_empty() => Vec::new(),
        Separator::Nul => {
            let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
            bytes.split(|byte| *byte == 0).map(item).collect()
        }
    }
}

fn unpacked(value: &Value, fields: &[(String, bool)]) -> Result<Value, Fails> {
    let mut rest = std::str::from_utf8(values::octets(value)).map_err(|_| UNKNOWN)?;
    let mut found = Vec::new();
    for (name, _) in fields.iter().filter(|(_, flag)| *flag) {
        let (flag, after) = match rest.as_bytes().first() {
            Some(1) => ("true", &rest[1..]),
            Some(0) => ("false", &rest[1..]),
            Some(_) | None => return Err(UNKNOWN),
        };
        found.push((name.clone(), values::word(flag)));
        rest = after;
    }
    for (name, _) in fields.iter().filter(|(_, flag)| !*flag) {
        let (item, after) = rest.split_once('\0').ok_or(UNKNOWN)?;
        found.push((name.clone(), Value::Text(item.to_owned())));
        rest = after;
    }
    if !rest.is_empty() {
        return Err(UNKNOWN);
    }
    Ok(Value::Record(found, false))
}
