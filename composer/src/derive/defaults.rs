//! Defaults of options fields: what the rules say, checked against the type of the field.

use wit_parser::{Type as RawType, TypeDefKind};

use super::DeriveError;
use super::survey::Survey;

/// The default of a field as a literal of its type, spelled so that it cannot be of another one.
pub(super) fn literal(survey: &Survey<'_>, path: &str, ty: &RawType, text: &str) -> Result<String, DeriveError> {
    let refused = |wanted: String| {
        Err(DeriveError::shape(
            path,
            format!("its default is `{text}`, but it takes {wanted}"),
            "correct the line under [options]",
        ))
    };
    if let Some(id) = survey.world.named(ty) {
        let kind = &survey.world.type_def(id).kind;
        if matches!(kind, TypeDefKind::Enum(_) | TypeDefKind::Variant(_)) {
            let cases = survey.world.bare_cases(id);
            return if cases.contains(&text) {
                Ok(text.to_owned())
            } else {
                refused(format!("one of {}", cases.join(", ")))
            };
        }
        if !matches!(kind, TypeDefKind::Type(_)) {
            return Err(DeriveError::shape(
                path,
                "no default can be written for its type",
                "list the field in `required` instead, under [options]",
            ));
        }
    }
    match literal_of(&survey.world.primitive_of(ty), text) {
        Ok(literal) => Ok(literal),
        Err(wanted) => refused(wanted.to_owned()),
    }
}

/// The literal, or what would be one.
fn literal_of(ty: &RawType, text: &str) -> Result<String, &'static str> {
    match ty {
        RawType::Bool => text.parse::<bool>().map(|value| value.to_string()).map_err(|_| "`true` or `false`"),
        RawType::U8 => number::<u8>(text, "a number from 0 to 255"),
        RawType::U16 => number::<u16>(text, "a number from 0 to 65535"),
        RawType::U32 => number::<u32>(text, "a number from 0 to 4294967295"),
        RawType::U64 => number::<u64>(text, "a number from 0 to 18446744073709551615"),
        RawType::S8 => number::<i8>(text, "a number from -128 to 127"),
        RawType::S16 => number::<i16>(text, "a number from -32768 to 32767"),
        RawType::S32 => number::<i32>(text, "a number from -2147483648 to 2147483647"),
        RawType::S64 => number::<i64>(text, "a number from -9223372036854775808 to 9223372036854775807"),
        RawType::F32 | RawType::F64 => {
            let value = text.parse().ok().filter(|value: &f64| value.is_finite());
            // With its point, so that it is no integer.
            value.map(|value| format!("{value:?}")).ok_or("a number such as 1.5")
        }
        RawType::Char => {
            let inside = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            let is_one = inside.is_some_and(|inside| inside.chars().count() == 1 && !inside.contains(['\'', '\\']));
            if is_one { Ok(text.to_owned()) } else { Err("a character in single quotes") }
        }
        RawType::String => {
            let inside = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let is_plain = inside.is_some_and(|inside| !inside.contains(['"', '\\']));
            if is_plain { Ok(text.to_owned()) } else { Err("text in double quotes, such as `'\"text\"'` in TOML") }
        }
        RawType::ErrorContext | RawType::Id(_) => Err("nothing that can be written"),
    }
}

fn number<N: std::str::FromStr + ToString>(text: &str, wanted: &'static str) -> Result<String, &'static str> {
    text.parse::<N>().map(|value| value.to_string()).map_err(|_| wanted)
}
