//! Texts that hold several things: flags, a character each, then items with a NUL after each.

use alloc::string::String;

use crate::errors::Unknown;

/// The flags and the items of such a text; a text with fewer or more of either is none.
pub fn unpack<const FLAGS: usize, const ITEMS: usize>(text: &str) -> Result<([bool; FLAGS], [String; ITEMS]), Unknown> {
    let mut rest = text;
    let mut flags = [false; FLAGS];
    for flag in &mut flags {
        (*flag, rest) = match (rest.strip_prefix('\u{1}'), rest.strip_prefix('\0')) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(Unknown),
        };
    }
    let mut items = [const { String::new() }; ITEMS];
    for item in &mut items {
        let (text, after) = rest.split_once('\0').ok_or(Unknown)?;
        *item = text.into();
        rest = after;
    }
    if rest.is_empty() { Ok((flags, items)) } else { Err(Unknown) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::format;

    #[test]
    fn what_does_not_fit_is_unknown() {
        for text in ["", "\u{1}", "\u{1}a\0", "\u{1}a\0b", "xa\0b\0", "\u{1}a\0b\0c", "\u{1}a\0b\0c\0"] {
            assert_eq!(unpack::<1, 2>(text), Err(Unknown), "{text:?}");
        }
        assert_eq!(unpack::<0, 0>(""), Ok(([], [])));
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(flag: bool, items in ["[^\0]*", "[^\0]*"]) {
            let [a, b] = &items;
            let text = format!("{}{a}\0{b}\0", if flag { '\u{1}' } else { '\0' });
            prop_assert_eq!(unpack::<1, 2>(&text), Ok(([flag], items)));
        }
    }
}
