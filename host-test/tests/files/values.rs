//! Values of the component model, made and taken apart.

#![expect(clippy::wildcard_enum_match_arm, reason = "a value of another kind is a mistake, whichever it is")]

use wasmtime::component::{ResourceAny, Val};

use crate::steps::{Time, Value};

/// The resource in a value.
pub fn resource(value: Val) -> ResourceAny {
    match value {
        Val::Resource(resource) => resource,
        other => panic!("{other:?} is no resource"),
    }
}

/// A list of bytes.
pub fn bytes(bytes: &[u8]) -> Val {
    Val::List(bytes.iter().map(|byte| Val::U8(*byte)).collect())
}

/// The bytes of a list.
pub fn list(value: Val) -> Vec<u8> {
    let byte = |value| match value {
        Val::U8(byte) => byte,
        other => panic!("{other:?} is no byte"),
    };
    match value {
        Val::List(list) => list.into_iter().map(byte).collect(),
        other => panic!("{other:?} is no list"),
    }
}

/// A string.
pub fn string(text: &str) -> Val {
    Val::String(text.to_owned())
}

/// Flags by their names.
pub fn flags(names: &[&str]) -> Val {
    Val::Flags(names.iter().map(|name| (*name).to_owned()).collect())
}

/// The path flags of a caller that follows links.
pub fn follow() -> Val {
    flags(&["symlink-follow"])
}

/// A field of a record.
pub fn field<'v>(record: &'v Val, name: &str) -> &'v Val {
    match record {
        Val::Record(fields) => &fields.iter().find(|(field, _)| field == name).expect("it has the field").1,
        other => panic!("{other:?} is no record"),
    }
}

/// The text of a string, or the case of an enum.
pub fn text(value: &Val) -> String {
    match value {
        Val::String(text) | Val::Enum(text) => text.clone(),
        other => panic!("{other:?} is no text"),
    }
}

fn number(value: &Val) -> u64 {
    match value {
        Val::U64(number) => *number,
        Val::U32(number) => u64::from(*number),
        other => panic!("{other:?} is no number"),
    }
}

/// The time in an `option<datetime>`.
pub fn time(value: &Val) -> Option<Time> {
    match value {
        Val::Option(time) => time.as_ref().map(|time| {
            (number(field(time, "seconds")), u32::try_from(number(field(time, "nanoseconds"))).expect("it fits"))
        }),
        other => panic!("{other:?} is no time"),
    }
}

/// What is compared of a `descriptor-stat`.
pub fn stat(stat: Option<Val>) -> Value {
    let stat = stat.expect("a record");
    let kind = text(field(&stat, "type"));
    let file = (kind == "regular-file").then(|| (number(field(&stat, "size")), number(field(&stat, "link-count"))));
    Value::Stat { kind, file }
}
