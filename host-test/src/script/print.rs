//! Values as text: WAVE, with resources by name and long values cut.

use wasmtime::component::{ResourceAny, Val};

/// What is longer is cut, and its length said.
const LONG: usize = 96;

/// How much is left of it.
const SHORT: usize = 24;

/// A value; `name` names its resources.
pub fn value(val: &Val, name: &dyn Fn(&ResourceAny) -> String) -> String {
    let one = |val: &Val| value(val, name);
    let many = |vals: &[Val]| vals.iter().map(one).collect::<Vec<_>>().join(", ");
    let case = |case: &str, val: Option<&Val>| match val {
        Some(val) => format!("{case}({})", one(val)),
        None => case.to_owned(),
    };
    match val {
        Val::Bool(val) => val.to_string(),
        Val::S8(val) => val.to_string(),
        Val::U8(val) => val.to_string(),
        Val::S16(val) => val.to_string(),
        Val::U16(val) => val.to_string(),
        Val::S32(val) => val.to_string(),
        Val::U32(val) => val.to_string(),
        Val::S64(val) => val.to_string(),
        Val::U64(val) => val.to_string(),
        Val::Float32(val) => val.to_string().to_lowercase(),
        Val::Float64(val) => val.to_string().to_lowercase(),
        Val::Char(val) => letter(*val),
        Val::String(val) => text(val),
        Val::List(vals) => match octets(vals) {
            Some(octets) => bytes(&octets),
            None if vals.len() > LONG => format!("[{}, …]<{} long>", many(&vals[..SHORT]), vals.len()),
            None => format!("[{}]", many(vals)),
        },
        Val::Map(vals) => {
            let pair = |(key, val): &(Val, Val)| format!("{}: {}", one(key), one(val));
            format!("{{{}}}", vals.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        Val::Record(fields) if fields.is_empty() => "{:}".to_owned(),
        Val::Record(fields) => {
            let field = |(name, val): &(String, Val)| format!("{name}: {}", one(val));
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Val::Tuple(vals) => format!("({})", many(vals)),
        Val::Variant(name, val) => case(name, val.as_deref()),
        Val::Enum(name) => name.clone(),
        Val::Option(Some(val)) => case("some", Some(val)),
        Val::Option(None) => "none".to_owned(),
        Val::Result(Ok(val)) => case("ok", val.as_deref()),
        Val::Result(Err(val)) => case("err", val.as_deref()),
        Val::Flags(names) => format!("{{{}}}", names.join(", ")),
        Val::Resource(resource) => name(resource),
        Val::Future(_) => "a future".to_owned(),
        Val::Stream(_) => "a stream".to_owned(),
        Val::ErrorContext(_) => "an error context".to_owned(),
    }
}

/// The bytes of a list that holds some.
fn octets(vals: &[Val]) -> Option<Vec<u8>> {
    let octet = |val: &Val| if let Val::U8(octet) = val { Some(*octet) } else { None };
    let octets: Option<Vec<u8>> = vals.iter().map(octet).collect();
    octets.filter(|octets| !octets.is_empty())
}

/// A string.
pub fn text(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONG {
        return whole_text(text);
    }
    let start: String = text.chars().take(SHORT).map(|letter| escape(letter, '"')).collect();
    format!("\"{start}…\"<{count} long>")
}

/// A string, however long.
pub fn whole_text(text: &str) -> String {
    format!("\"{}\"", text.chars().map(|letter| escape(letter, '"')).collect::<String>())
}

/// A list of bytes.
pub fn bytes(bytes: &[u8]) -> String {
    if bytes.len() <= LONG {
        return whole_bytes(bytes);
    }
    format!("b\"{}…\"<{} long>", bytes[..SHORT].escape_ascii(), bytes.len())
}

/// A list of bytes, however long.
pub fn whole_bytes(bytes: &[u8]) -> String {
    format!("b\"{}\"", bytes.escape_ascii())
}

/// A character.
pub fn letter(letter: char) -> String {
    format!("'{}'", escape(letter, '\''))
}

fn escape(letter: char, quote: char) -> String {
    match letter {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\\' => "\\\\".to_owned(),
        letter if letter == quote => format!("\\{letter}"),
        letter if letter.is_control() => format!("\\u{{{:x}}}", u32::from(letter)),
        letter => letter.to_string(),
    }
}
