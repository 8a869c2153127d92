//! What is left out of a recording, so that it can be shown to others.
//!
//! Header values, bodies, keys of caches, what is logged: in a raw world all of these are lists of bytes, so these are what
//! is hidden, wherever they are. Where an interface has such things as strings, those are hidden too. What comes of a
//! secret store is hidden even where nothing else is.

use crate::script::wave::Value;
use crate::script::world::short;

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

/// Makes a value of bytes, of the kind that they came in.
type Make = fn(Vec<u8>) -> Value;

impl Hide {
    /// How much is left out of what a function is given and answers; `full` is to leave out as little as may be.
    pub fn of(interface: &str, full: bool) -> Self {
        match (short(interface), full) {
            (SECRETS, _) => Self::Secrets,
            (_, true) => Self::Nothing,
            (short, false) if TEXTS.contains(&short) => Self::Texts,
            (_, false) => Self::Bytes,
        }
    }

    /// An argument: what is hidden may be anything.
    pub fn argument(self, value: Value) -> Value {
        self.replace(value, &|_, _| Value::Any)
    }

    /// An answer: what is hidden is as long as it was, and otherwise says nothing.
    pub fn answer(self, value: Value) -> Value {
        self.replace(value, &|bytes, make| {
            make(match self {
                Self::Secrets => vec![b'x'; SECRET],
                // A zero is between values, and so is part of how an answer is made.
                Self::Nothing | Self::Bytes | Self::Texts => {
                    bytes.into_iter().map(|byte| if byte == 0 { 0 } else { b'x' }).collect()
                }
            })
        })
    }

    /// Puts something else in the place of what is hidden, which is bytes and what makes a value of its kind of them.
    fn replace(self, value: Value, with: &dyn Fn(Vec<u8>, Make) -> Value) -> Value {
        let all = |values: Vec<Value>| values.into_iter().map(|value| self.replace(value, with)).collect();
        match value {
            Value::Bytes(bytes) if self != Self::Nothing => with(bytes, Value::Bytes),
            Value::Text(text) if matches!(self, Self::Texts | Self::Secrets) => {
                with(text.into_bytes(), |bytes| Value::Text(String::from_utf8_lossy(&bytes).into_owned()))
            }
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
