//! Words for values.

use crate::script::wave::Value;

/// `some(…)`
pub fn some(value: Value) -> Value {
    Value::Word("some".to_owned(), vec![value])
}

/// `none`
pub fn none() -> Value {
    word("none")
}

/// `ok` or `ok(…)`
pub fn ok(value: Option<Value>) -> Value {
    Value::Word("ok".to_owned(), value.into_iter().collect())
}

/// `err` or `err(…)`
pub fn err(value: Option<Value>) -> Value {
    Value::Word("err".to_owned(), value.into_iter().collect())
}

/// A case, a truth.
pub fn word(word: &str) -> Value {
    Value::Word(word.to_owned(), Vec::new())
}

/// A case with something in it, or with nothing.
pub fn case(name: &str, payload: Option<Value>) -> Value {
    Value::Word(name.to_owned(), payload.into_iter().collect())
}

/// A number.
pub fn number(number: impl ToString) -> Value {
    Value::Number(number.to_string())
}

/// A float, so that it is read as the very same.
pub fn float(number: f64) -> Value {
    if number.is_finite() { Value::Number(format!("{number:?}")) } else { word(&number.to_string()) }
}

/// The word and what is in it.
pub fn parts(value: &Value) -> (&str, Option<&Value>) {
    if let Value::Word(word, inner) = value { (word, inner.first()) } else { ("", None) }
}

/// A number as an integer.
pub fn integer(value: &Value) -> Option<u64> {
    if let Value::Number(number) = value { number.parse().ok() } else { None }
}

/// A number as a float.
pub fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.parse().ok(),
        Value::Word(word, _) => word.parse().ok(),
        Value::Any
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Char(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Record(..)
        | Value::Flags(_)
        | Value::Handle(_) => None,
    }
}

/// The bytes of a text, or of bytes.
pub fn octets(value: &Value) -> &[u8] {
    match value {
        Value::Text(text) => text.as_bytes(),
        Value::Bytes(bytes) => bytes,
        Value::Any
        | Value::Number(_)
        | Value::Char(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Record(..)
        | Value::Flags(_)
        | Value::Word(..)
        | Value::Handle(_) => &[],
    }
}

/// The values of a list or a tuple.
pub fn items(value: &Value) -> &[Value] {
    if let Value::List(values) | Value::Tuple(values) = value { values } else { &[] }
}

/// A field of a record; none where it is not written.
pub fn field(value: &Value, name: &str) -> Value {
    let fields = if let Value::Record(fields, _) = value { fields.as_slice() } else { &[] };
    fields.iter().find(|(of, _)| of == name).map_or_else(none, |(_, value)| value.clone())
}

/// The handle that a value is.
pub fn handle(value: &Value) -> Option<&str> {
    if let Value::Handle(name) = value { Some(name) } else { None }
}

/// The handles in a value.
pub fn handles<'v>(value: &'v Value, to: &mut Vec<&'v str>) {
    match value {
        Value::Handle(name) => to.push(name),
        Value::List(values) | Value::Tuple(values) | Value::Word(_, values) => {
            values.iter().for_each(|value| handles(value, to));
        }
        Value::Record(fields, _) => fields.iter().for_each(|(_, value)| handles(value, to)),
        Value::Any | Value::Number(_) | Value::Text(_) | Value::Bytes(_) | Value::Char(_) | Value::Flags(_) => {}
    }
}

/// Calls `of` for each handle in a value, in the order of `handles`, to put something else in its place.
pub fn each_handle(value: &mut Value, of: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Handle(_) => of(value),
        Value::List(values) | Value::Tuple(values) | Value::Word(_, values) => {
            values.iter_mut().for_each(|value| each_handle(value, of));
        }
        Value::Record(fields, _) => fields.iter_mut().for_each(|(_, value)| each_handle(value, of)),
        Value::Any | Value::Number(_) | Value::Text(_) | Value::Bytes(_) | Value::Char(_) | Value::Flags(_) => {}
    }
}
