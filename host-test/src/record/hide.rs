//! What is left out of a recording, so that it can be shown to others.
//!
//! Header values, bodies, keys of caches, what is logged: in a raw world all of these are lists of bytes, so these are what
//! is hidden, wherever they are. Where an interface has such things as strings, those are hidden too. What comes of a
//! secret store is hidden even where nothing else is.

use crate::script::wave::Value;

/// How much is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hide {
    /// Nothing.
    Nothing,
    /// Lists of bytes.
    Bytes,
    /// Those, and strings.
    Texts,
    /// Those, and how long they are.
    Secrets,
}

/// Interfaces of which the strings are hidden: keys, and what a client says of itself.
const TEXTS: [&str; 2] = ["kv-store", "device-detection"];

/// The interface of secrets.
const SECRETS: &str = "secret-store";

/// As long as what nobody may know the length of is said to be.
const SECRET: usize = 8;

impl Hide {
    /// How much is left out of what a function is given and answers; `full` is to leave out as little as may be.
    pub fn of(interface: &str, full: bool) -> Self {
        let short = interface.rsplit_once('/').map_or(interface, |(_, short)| short);
        let short = short.split_once('@').map_or(short, |(short, _)| short);
        match (short, full) {
            (SECRETS, _) => Self::Secrets,
            (_, true) => Self::Nothing,
            (short, false) if TEXTS.contains(&short) => Self::Texts,
            (_, false) => Self::Bytes,
        }
    }

    /// An argument: what is hidden may be anything.
    pub fn argument(self, value: Value) -> Value {
        self.replace(value, &|_| Value::Any)
    }

    /// An answer: what is hidden is as long as it was, and otherwise says nothing.
    pub fn answer(self, value: Value) -> Value {
        self.replace(value, &|value| {
            let bytes = match &value {
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
                | Value::Handle(_) => return value,
            };
            let bytes: Vec<u8> = match self {
                Self::Secrets => vec![b'x'; SECRET],
                // A zero is between values, and so is part of how an answer is made.
                Self::Nothing | Self::Bytes | Self::Texts => {
                    bytes.iter().map(|byte| if *byte == 0 { 0 } else { b'x' }).collect()
                }
            };
            // Nothing else is hidden than text and bytes.
            if matches!(value, Value::Text(_)) {
                Value::Text(String::from_utf8_lossy(&bytes).into_owned())
            } else {
                Value::Bytes(bytes)
            }
        })
    }

    fn replace(self, value: Value, with: &dyn Fn(Value) -> Value) -> Value {
        let all = |values: Vec<Value>| values.into_iter().map(|value| self.replace(value, with)).collect();
        match value {
            Value::Bytes(_) if self != Self::Nothing => with(value),
            Value::Text(_) if matches!(self, Self::Texts | Self::Secrets) => with(value),
            Value::List(values) => Value::List(all(values)),
            Value::Tuple(values) => Value::Tuple(all(values)),
            Value::Word(word, values) => Value::Word(word, all(values)),
            Value::Record(fields, rest) => {
                let field = |(name, value)| (name, self.replace(value, with));
                Value::Record(fields.into_iter().map(field).collect(), rest)
            }
            leaf @ (Value::Bytes(_)
            | Value::Text(_)
            | Value::Any
            | Value::Number(_)
            | Value::Char(_)
            | Value::Flags(_)
            | Value::Handle(_)) => leaf,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        Value::parse(text).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn what_is_hidden_depends_on_the_interface() {
        let headers = Hide::of("fastly:compute/http-req@0.1.0", false);
        assert_eq!(headers.argument(value(r#"("host", b"a")"#)).to_string(), r#"("host", _)"#);
        assert_eq!(headers.answer(value(r#"ok(some(b"ab\x00c"))"#)).to_string(), r#"ok(some(b"xx\x00x"))"#);
        let values = Hide::of("fastly:compute/kv-store@0.1.0", false);
        assert_eq!(values.argument(value(r#"[{key: "ü", of: 1}]"#)).to_string(), "[{key: _, of: 1}]");
        assert_eq!(values.answer(value(r#"ok("ü")"#)).to_string(), r#"ok("xx")"#);
        let full = Hide::of("fastly:compute/kv-store@0.1.0", true);
        assert_eq!(full.answer(value(r#"ok("ü")"#)).to_string(), r#"ok("ü")"#);
    }

    #[test]
    fn a_secret_is_hidden_whatever_is_asked_for() {
        for full in [false, true] {
            let secrets = Hide::of("fastly:compute/secret-store@0.1.0", full);
            assert_eq!(secrets.answer(value(r#"ok(b"a")"#)).to_string(), r#"ok(b"xxxxxxxx")"#);
            assert_eq!(secrets.argument(value(r#""key""#)).to_string(), "_");
        }
    }
}
