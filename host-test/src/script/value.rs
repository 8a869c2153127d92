//! Values of a type from what was written, and whether one that came is like what was written.

use std::str::FromStr;

use wasmtime::component::types::{Flags, Record, Variant};
use wasmtime::component::{ResourceAny, ResourceType, Type, Val};

use super::error::Misfit;
use super::wave::Value;

/// Makes the resource that a value names; `None` names one that has no name of its own.
pub type Make<'a> = dyn FnMut(Option<&str>, &ResourceType, bool) -> Result<ResourceAny, Misfit> + 'a;

/// Whether a resource is the one with this name.
pub type Same<'a> = dyn FnMut(&str, &ResourceAny) -> bool + 'a;

const RESOURCE: &str = "resource such as `request#1`";

/// Says that a value is none of what its place wants.
pub fn misfit(value: &Value, wanted: impl Into<String>) -> Misfit {
    Misfit { value: value.to_string(), wanted: wanted.into() }
}

fn build_record(value: &Value, record: &Record, make: &mut Make) -> Result<Val, Misfit> {
    let (fields, rest) = record_of(value).ok_or_else(|| misfit(value, "record"))?;
    if rest {
        return Err(misfit(value, "whole record"));
    }
    known(value, fields, &record.fields().map(|field| field.name).collect::<Vec<_>>())?;
    let mut field = |name: &str, ty: &Type| match (fields.iter().find(|(of, _)| of == name), ty) {
        (Some((_, value)), ty) => Ok((name.to_owned(), build(value, ty, make)?)),
        (None, Type::Option(_)) => Ok((name.to_owned(), Val::Option(None))),
        (None, _) => Err(misfit(value, format!("record with a `{name}`"))),
    };
    record.fields().map(|of| field(of.name, &of.ty)).collect::<Result<_, _>>().map(Val::Record)
}

fn build_flags(value: &Value, flags: &Flags) -> Result<Val, Misfit> {
    let wrong = || misfit(value, names("set of flags", flags.names()));
    let Value::Flags(set) = value else { return Err(wrong()) };
    if !set.iter().all(|flag| flags.names().any(|name| name == flag)) {
        return Err(wrong());
    }
    // In the order of the type, as they come.
    let set = flags.names().filter(|name| set.iter().any(|flag| flag == name));
    Ok(Val::Flags(set.map(str::to_owned).collect()))
}

fn build_variant(value: &Value, variant: &Variant, make: &mut Make) -> Result<Val, Misfit> {
    let (name, inner) = case_of(value).ok_or_else(|| misfit(value, "variant"))?;
    let case = variant.cases().find(|case| case.name == name);
    let case = case.ok_or_else(|| misfit(value, names("case", variant.cases().map(|case| case.name))))?;
    let inner = payload(value, inner, case.ty.as_ref(), make)?;
    Ok(Val::Variant(name.to_owned(), inner))
}

/// Makes a value of a type.
pub fn build(value: &Value, ty: &Type, make: &mut Make) -> Result<Val, Misfit> {
    match ty {
        Type::Bool => number(value, "truth").map(Val::Bool),
        Type::S8 => number(value, "s8").map(Val::S8),
        Type::U8 => number(value, "u8").map(Val::U8),
        Type::S16 => number(value, "s16").map(Val::S16),
        Type::U16 => number(value, "u16").map(Val::U16),
        Type::S32 => number(value, "s32").map(Val::S32),
        Type::U32 => number(value, "u32").map(Val::U32),
        Type::S64 => number(value, "s64").map(Val::S64),
        Type::U64 => number(value, "u64").map(Val::U64),
        Type::Float32 => number(value, "f32").map(Val::Float32),
        Type::Float64 => number(value, "f64").map(Val::Float64),
        Type::Char => {
            let Value::Char(letter) = value else { return Err(misfit(value, "character")) };
            Ok(Val::Char(*letter))
        }
        Type::String => string(value).map(Val::String).ok_or_else(|| misfit(value, "string")),
        Type::List(list) => items(value, &list.ty(), make).map(Val::List),
        Type::Record(record) => build_record(value, record, make),
        Type::Tuple(tuple) => {
            let types: Vec<_> = tuple.types().collect();
            let Some(values) = tuple_of(value).filter(|values| values.len() == types.len()) else {
                return Err(misfit(value, format!("tuple of {}", types.len())));
            };
            let pairs = values.iter().zip(&types);
            pairs.map(|(value, ty)| build(value, ty, make)).collect::<Result<_, _>>().map(Val::Tuple)
        }
        Type::Variant(variant) => build_variant(value, variant, make),
        Type::Enum(cases) => match case_of(value) {
            Some((name, None)) if cases.names().any(|case| case == name) => Ok(Val::Enum(name.to_owned())),
            Some(_) | None => Err(misfit(value, names("case", cases.names()))),
        },
        Type::Option(option) => match case_of(value) {
            Some(("none", None)) => Ok(Val::Option(None)),
            Some(("some", Some(inner))) => Ok(Val::Option(Some(Box::new(build(inner, &option.ty(), make)?)))),
            Some(_) | None => Err(misfit(value, "option: `none` or `some(…)`")),
        },
        Type::Result(result) => match case_of(value) {
            Some(("ok", inner)) => Ok(Val::Result(Ok(payload(value, inner, result.ok().as_ref(), make)?))),
            Some(("err", inner)) => Ok(Val::Result(Err(payload(value, inner, result.err().as_ref(), make)?))),
            Some(_) | None => Err(misfit(value, "result: `ok(…)` or `err(…)`")),
        },
        Type::Flags(flags) => build_flags(value, flags),
        Type::Own(of) => match handle_of(value) {
            None if !matches!(value, Value::Any) => Err(misfit(value, RESOURCE)),
            name => make(name, of, true).map(Val::Resource),
        },
        Type::Borrow(of) => {
            let name = handle_of(value).ok_or_else(|| misfit(value, RESOURCE))?;
            make(Some(name), of, false).map(Val::Resource)
        }
        Type::Map(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
            Err(misfit(value, "type that a script can write"))
        }
    }
}

/// Whether a value is like what was written.
pub fn fits(written: &Value, val: &Val, ty: &Type, same: &mut Same) -> Result<bool, Misfit> {
    if matches!(written, Value::Any) {
        return Ok(true);
    }
    match (ty, val) {
        (Type::Own(_) | Type::Borrow(_), Val::Resource(resource)) => {
            let name = handle_of(written).ok_or_else(|| misfit(written, RESOURCE))?;
            Ok(same(name, resource))
        }
        (Type::List(list), Val::List(vals)) => {
            let Value::List(written) = written else { return plain(written, val, ty) };
            all(written, vals, &mut |written, val| fits(written, val, &list.ty(), same))
        }
        (Type::Tuple(tuple), Val::Tuple(vals)) => {
            let written = tuple_of(written).ok_or_else(|| misfit(written, "tuple"))?;
            let mut types = tuple.types();
            all(written, vals, &mut |written, val| match types.next() {
                Some(ty) => fits(written, val, &ty, same),
                None => Ok(false),
            })
        }
        (Type::Record(record), Val::Record(vals)) => {
            let (fields, rest) = record_of(written).ok_or_else(|| misfit(written, "record"))?;
            known(written, fields, &record.fields().map(|field| field.name).collect::<Vec<_>>())?;
            for (field, (_, val)) in record.fields().zip(vals) {
                let fits = match fields.iter().find(|(name, _)| name == field.name) {
                    Some((_, written)) => fits(written, val, &field.ty, same)?,
                    None => rest || matches!(val, Val::Option(None)),
                };
                if !fits {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Type::Variant(variant), Val::Variant(name, val)) => {
            let (case, inner) = case_of(written).ok_or_else(|| misfit(written, "variant"))?;
            let known = variant.cases().find(|of| of.name == case);
            let known = known.ok_or_else(|| misfit(written, names("case", variant.cases().map(|of| of.name))))?;
            Ok(case == name && inside(written, inner, val.as_deref(), known.ty.as_ref(), same)?)
        }
        (Type::Option(option), Val::Option(val)) => match case_of(written) {
            Some(("none", None)) => Ok(val.is_none()),
            Some(("some", Some(inner))) => match val {
                Some(val) => fits(inner, val, &option.ty(), same),
                None => Ok(false),
            },
            Some(_) | None => Err(misfit(written, "option: `none` or `some(…)`")),
        },
        (Type::Result(result), Val::Result(val)) => match (case_of(written), val) {
            (Some(("ok", inner)), Ok(val)) => inside(written, inner, val.as_deref(), result.ok().as_ref(), same),
            (Some(("err", inner)), Err(val)) => inside(written, inner, val.as_deref(), result.err().as_ref(), same),
            (Some(("ok" | "err", _)), Ok(_) | Err(_)) => Ok(false),
            (Some(_) | None, Ok(_) | Err(_)) => Err(misfit(written, "result: `ok(…)` or `err(…)`")),
        },
        (ty, val) => plain(written, val, ty),
    }
}

/// Whether things are alike one by one; a last `_` is all the rest.
pub fn all<T>(
    written: &[Value],
    found: &[T],
    fits: &mut dyn FnMut(&Value, &T) -> Result<bool, Misfit>,
) -> Result<bool, Misfit> {
    let (written, open) = match written {
        [written @ .., Value::Any] => (written, true),
        written => (written, false),
    };
    if written.len() > found.len() || (!open && written.len() < found.len()) {
        return Ok(false);
    }
    for (written, found) in written.iter().zip(found) {
        if !fits(written, found)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What has no wildcards in it is made and compared.
fn plain(written: &Value, val: &Val, ty: &Type) -> Result<bool, Misfit> {
    Ok(build(written, ty, &mut |_, _, _| Err(misfit(written, "value without resources")))? == *val)
}

fn inside(
    written: &Value,
    inner: Option<&Value>,
    val: Option<&Val>,
    ty: Option<&Type>,
    same: &mut Same,
) -> Result<bool, Misfit> {
    match (inner, val, ty) {
        (None, None, None) => Ok(true),
        (Some(inner), Some(val), Some(ty)) => fits(inner, val, ty, same),
        (Some(Value::Any), None, None) => Ok(true),
        (_, _, Some(_)) => Err(misfit(written, "case without what is in it")),
        (_, _, None) => Err(misfit(written, "case: there is nothing in this one")),
    }
}

fn payload(
    value: &Value,
    inner: Option<&Value>,
    ty: Option<&Type>,
    make: &mut Make,
) -> Result<Option<Box<Val>>, Misfit> {
    match (inner, ty) {
        (Some(inner), Some(ty)) => Ok(Some(Box::new(build(inner, ty, make)?))),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(misfit(value, "case without what is in it")),
        (Some(_), None) => Err(misfit(value, "case: there is nothing in this one")),
    }
}

fn number<T: FromStr>(value: &Value, wanted: &str) -> Result<T, Misfit> {
    let text = match case_of(value) {
        Some((word, None)) => Some(word),
        Some((_, Some(_))) => None,
        None => {
            if let Value::Number(number) = value {
                Some(number.as_str())
            } else {
                None
            }
        }
    };
    text.and_then(|text| text.parse().ok()).ok_or_else(|| misfit(value, wanted))
}

fn string(value: &Value) -> Option<String> {
    if let Value::Text(text) = value {
        return Some(text.clone());
    }
    if let Value::Bytes(bytes) = value {
        return String::from_utf8(bytes.clone()).ok();
    }
    let (inner, times) = repeated(value)?;
    Some(string(inner)?.repeat(times))
}

fn items(value: &Value, ty: &Type, make: &mut Make) -> Result<Vec<Val>, Misfit> {
    if let Value::List(values) = value {
        return values.iter().map(|value| build(value, ty, make)).collect();
    }
    if let (Value::Bytes(bytes), Type::U8) = (value, ty) {
        return Ok(bytes.iter().map(|byte| Val::U8(*byte)).collect());
    }
    let (inner, times) = repeated(value).ok_or_else(|| misfit(value, "list"))?;
    let whole = matches!(inner, Value::List(_) | Value::Bytes(_));
    let one = if whole { items(inner, ty, make)? } else { vec![build(inner, ty, make)?] };
    Ok(one.iter().cycle().take(one.len() * times).cloned().collect())
}

/// What `repeat(value, times)` repeats.
fn repeated(value: &Value) -> Option<(&Value, usize)> {
    let Value::Word(word, values) = value else { return None };
    let [inner, Value::Number(times)] = values.as_slice() else { return None };
    Some((inner, times.parse().ok().filter(|_| word == "repeat")?))
}

fn handle_of(value: &Value) -> Option<&str> {
    if let Value::Handle(name) = value { Some(name) } else { None }
}

fn tuple_of(value: &Value) -> Option<&[Value]> {
    if let Value::Tuple(values) = value { Some(values) } else { None }
}

fn record_of(value: &Value) -> Option<(&[(String, Value)], bool)> {
    if let Value::Record(fields, rest) = value { Some((fields, *rest)) } else { None }
}

fn case_of(value: &Value) -> Option<(&str, Option<&Value>)> {
    let Value::Word(word, inner) = value else { return None };
    match inner.as_slice() {
        [] => Some((word, None)),
        [inner] => Some((word, Some(inner))),
        [..] => None,
    }
}

fn known(value: &Value, fields: &[(String, Value)], of: &[&str]) -> Result<(), Misfit> {
    match fields.iter().find(|(field, _)| !of.contains(&field.as_str())) {
        Some((field, _)) => {
            let has = names("record", of.iter().copied());
            Err(misfit(value, format!("{has}, and `{field}` is none of these")))
        }
        None => Ok(()),
    }
}

fn names<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> String {
    format!("{what} of {}", names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
}
