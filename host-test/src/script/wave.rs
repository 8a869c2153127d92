//! The text of values: WAVE, and a few words that WAVE does not have.
//!
//! The reader is one of our own: that of `wasm-wave` knows no resources, and a script is full of them.

use std::fmt;
use std::fs;
use std::path::Path;

use super::error::ScriptError;
use super::print;

/// A value as it is written, before its type is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `_`: anything, and at the end of a list of things the rest of them.
    Any,
    /// A number.
    Number(String),
    /// A string.
    Text(String),
    /// `b"…"`, or what a file holds.
    Bytes(Vec<u8>),
    /// A character.
    Char(char),
    /// `[…]`
    List(Vec<Value>),
    /// `(…)`
    Tuple(Vec<Value>),
    /// `{name: …}`, and whether the fields that are not named may be anything.
    Record(Vec<(String, Value)>, bool),
    /// `{a, b}`
    Flags(Vec<String>),
    /// A word, and what is in brackets behind it: a case, a truth, `repeat`, `file`.
    Word(String, Vec<Value>),
    /// `request#1`: a resource.
    Handle(String),
}

/// A function and what it is called with, as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The path of the function.
    pub path: String,
    /// The arguments: a last `_` is all the rest.
    pub arguments: Vec<Value>,
}

impl Call {
    /// Reads `interface.function(value, value)`; without brackets, the arguments may be any.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let Some((path, _)) = text.split_once('(') else {
            return Ok(Self { path: text.trim().to_owned(), arguments: vec![Value::Any] });
        };
        let mut reader = Reader { text, at: path.len() };
        reader.eat('(');
        let arguments = reader.values(')')?;
        reader.end()?;
        Ok(Self { path: path.trim().to_owned(), arguments })
    }
}

impl Value {
    /// Reads one value.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value()?;
        reader.end()?;
        Ok(value)
    }

    /// With what is in the files that it names.
    pub fn with_files(self, folder: &Path) -> Result<Self, ScriptError> {
        let all = |values: Vec<Self>| -> Result<Vec<Self>, ScriptError> {
            values.into_iter().map(|value| value.with_files(folder)).collect()
        };
        Ok(match self {
            Self::Word(word, values) if word == "file" => match values.as_slice() {
                [Self::Text(name)] => {
                    let path = folder.join(name);
                    Self::Bytes(fs::read(&path).map_err(|source| ScriptError::Read { path, source })?)
                }
                [..] => Self::Word(word, values),
            },
            Self::Word(word, values) => Self::Word(word, all(values)?),
            Self::List(values) => Self::List(all(values)?),
            Self::Tuple(values) => Self::Tuple(all(values)?),
            Self::Record(fields, rest) => {
                let field = |(name, value): (String, Self)| Ok((name, value.with_files(folder)?));
                Self::Record(fields.into_iter().map(field).collect::<Result<_, ScriptError>>()?, rest)
            }
            leaf @ (Self::Any
            | Self::Number(_)
            | Self::Text(_)
            | Self::Bytes(_)
            | Self::Char(_)
            | Self::Flags(_)
            | Self::Handle(_)) => leaf,
        })
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&mut self) -> Option<char> {
        self.at = self.text.len() - self.rest().trim_start().len();
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    fn error(&self, message: &'static str) -> ScriptError {
        let before = self.text.get(..self.at).unwrap_or_default();
        ScriptError::Wave { text: self.text.to_owned(), message, at: before.chars().count() + 1 }
    }

    fn end(&mut self) -> Result<(), ScriptError> {
        if self.peek().is_some() { Err(self.error("there is more than a value")) } else { Ok(()) }
    }

    fn value(&mut self) -> Result<Value, ScriptError> {
        match self.peek() {
            Some('"') => Ok(Value::Text(self.quoted('"')?)),
            Some('\'') => {
                let text = self.quoted('\'')?;
                let mut letters = text.chars();
                match (letters.next(), letters.next()) {
                    (Some(letter), None) => Ok(Value::Char(letter)),
                    (Some(_), Some(_)) | (None, _) => Err(self.error("there is not one character in the quotes")),
                }
            }
            Some('[') => {
                self.next();
                Ok(Value::List(self.values(']')?))
            }
            Some('(') => {
                self.next();
                Ok(Value::Tuple(self.values(')')?))
            }
            Some('{') => {
                self.next();
                self.fields()
            }
            Some(first) if first == '-' || first.is_ascii_digit() => {
                Ok(Value::Number(self.run(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))))
            }
            Some('b') if self.rest().starts_with("b\"") => {
                self.next();
                Ok(Value::Bytes(self.bytes()?))
            }
            Some(_) | None => self.word(),
        }
    }

    fn word(&mut self) -> Result<Value, ScriptError> {
        self.eat('%');
        let word = self.run(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_');
        if word == "_" {
            return Ok(Value::Any);
        }
        if word.is_empty() {
            return Err(self.error("there is no value"));
        }
        if self.rest().starts_with('#') {
            self.next();
            let name = self.run(|letter| letter.is_ascii_alphanumeric() || letter == '-');
            return Ok(Value::Handle(format!("{word}#{name}")));
        }
        let values = if self.eat('(') { self.values(')')? } else { Vec::new() };
        Ok(Value::Word(word, values))
    }

    fn run(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let run: String = self.rest().chars().take_while(|letter| wanted(*letter)).collect();
        self.at += run.len();
        run
    }

    /// Values up to a closing bracket, the opening one being read.
    fn values(&mut self, close: char) -> Result<Vec<Value>, ScriptError> {
        let mut values = Vec::new();
        while !self.eat(close) {
            values.push(self.value()?);
            if !self.eat(',') && self.peek() != Some(close) {
                return Err(self.error("a bracket is not closed"));
            }
        }
        Ok(values)
    }

    fn fields(&mut self) -> Result<Value, ScriptError> {
        let (mut fields, mut flags, mut rest, mut record) = (Vec::new(), Vec::new(), false, false);
        while !self.eat('}') {
            if self.eat(':') {
                record = true;
                continue;
            }
            self.eat('%');
            let name = self.run(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_');
            if name == "_" {
                rest = true;
            } else if name.is_empty() {
                return Err(self.error("there is no name"));
            } else if self.eat(':') {
                fields.push((name, self.value()?));
            } else {
                flags.push(name);
            }
            if !self.eat(',') && self.peek() != Some('}') {
                return Err(self.error("a brace is not closed"));
            }
        }
        match (fields.is_empty() && !rest && !record, flags.is_empty()) {
            (true, _) => Ok(Value::Flags(flags)),
            (false, true) => Ok(Value::Record(fields, rest)),
            (false, false) => Err(self.error("a field has no value")),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, ScriptError> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                Some(letter) if letter == quote => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some(letter) => text.push(letter),
                None => return Err(self.error("a quote is not closed")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ScriptError> {
        match self.next() {
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('0') => Ok('\0'),
            Some(letter @ ('"' | '\'' | '\\')) => Ok(letter),
            Some('u') if self.eat('{') => {
                let digits = self.run(|letter| letter.is_ascii_hexdigit());
                let letter = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                self.eat('}');
                letter.ok_or_else(|| self.error("that is no character"))
            }
            Some(_) | None => Err(self.error("that is no escape")),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, ScriptError> {
        self.next();
        let mut bytes = Vec::new();
        loop {
            match self.next() {
                Some('"') => return Ok(bytes),
                Some('\\') if self.rest().starts_with('x') => {
                    self.next();
                    let digits: String = self.rest().chars().take(2).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).map_err(|_| self.error("that is no byte"))?);
                    self.at += 2;
                }
                Some('\\') => bytes.extend(self.escape()?.to_string().bytes()),
                Some(letter) => bytes.extend(letter.to_string().bytes()),
                None => return Err(self.error("a quote is not closed")),
            }
        }
    }
}

impl fmt::Display for Value {
    /// Long values are cut; `{:#}` has them whole, to be read again.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = to.alternate();
        let one = |value: &Self| if whole { format!("{value:#}") } else { value.to_string() };
        let list = |values: &[Self]| values.iter().map(one).collect::<Vec<_>>().join(", ");
        match self {
            Self::Any => write!(to, "_"),
            Self::Number(number) => write!(to, "{number}"),
            Self::Text(text) if whole => write!(to, "{}", print::whole_text(text)),
            Self::Bytes(bytes) if whole => write!(to, "{}", print::whole_bytes(bytes)),
            Self::Text(text) => write!(to, "{}", print::text(text)),
            Self::Bytes(bytes) => write!(to, "{}", print::bytes(bytes)),
            Self::Char(letter) => write!(to, "{}", print::letter(*letter)),
            Self::List(values) => write!(to, "[{}]", list(values)),
            Self::Tuple(values) => write!(to, "({})", list(values)),
            Self::Record(fields, rest) => {
                let mut all: Vec<_> = fields.iter().map(|(name, value)| format!("{name}: {}", one(value))).collect();
                all.extend(rest.then(|| "_".to_owned()));
                write!(to, "{{{}}}", if all.is_empty() { ":".to_owned() } else { all.join(", ") })
            }
            Self::Flags(flags) => write!(to, "{{{}}}", flags.join(", ")),
            Self::Word(word, values) if values.is_empty() => write!(to, "{word}"),
            Self::Word(word, values) => write!(to, "{word}({})", list(values)),
            Self::Handle(name) => write!(to, "{name}"),
        }
    }
}

impl fmt::Display for Call {
    /// As values are.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = |value: &Value| if to.alternate() { format!("{value:#}") } else { value.to_string() };
        let arguments: Vec<_> = self.arguments.iter().map(one).collect();
        write!(to, "{}({})", self.path, arguments.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_alike() {
        let texts = [
            "_",
            "-1.5e3",
            "true",
            "none",
            "some(ok)",
            "request#1",
            "{:}",
            "{}",
            "{a, b-c}",
            "{a: 1, b: {c: [], _}}",
            "(1, (2, _))",
            "[some(\"a\"), none]",
            "'\\''",
            "\"\\\"\\n\\u{0}\"",
            "b\"\\x00\\xff\\\"\"",
            "repeat(\"x\", 65536)",
        ];
        for text in texts {
            let value = Value::parse(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn what_is_long_can_be_written_whole() {
        let text = format!("ok((\"{0}\", b\"\\xff{0}\", repeat(b\"x\", 9)))", "a".repeat(200));
        let value = Value::parse(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(format!("{value:#}"), text);
        assert!(value.to_string().contains("<200 long>"), "{value}");
    }

    #[test]
    fn white_space_and_a_last_comma_say_nothing() {
        let value = Value::parse(" ok( [ 1 ,2, ] ) ").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(value.to_string(), "ok([1, 2])");
    }

    #[test]
    fn what_is_no_value_is_refused_where_it_ends_to_be_one() {
        for (text, at) in
            [("", 1), ("[1", 3), ("(1 2)", 4), ("\"a", 3), ("{a: }", 5), ("1 2", 3), ("'ab'", 5), ("\"\\q\"", 4)]
        {
            match Value::parse(text) {
                Err(ScriptError::Wave { at: found, .. }) => assert_eq!(found, at, "{text}"),
                Err(error) => panic!("{text}: {error}"),
                Ok(value) => panic!("{text} is {value}"),
            }
        }
    }

    #[test]
    fn a_call_is_a_path_and_values() {
        let call =
            Call::parse("http-req [method]request.get-uri(request#1, _)").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(call.path, "http-req [method]request.get-uri");
        assert_eq!(call.arguments, [Value::Handle("request#1".to_owned()), Value::Any]);
    }
}
