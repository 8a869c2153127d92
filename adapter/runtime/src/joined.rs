//! Lists that a host has as one string: a separator between elements, or a NUL after each.

use alloc::string::String;
use alloc::vec::Vec;

use crate::cursors::Page;
use crate::errors::Invalid;

/// Joins with a separator between elements.
///
/// Refused is an element that would come back as two, or as none because it is empty.
pub fn join_text(items: &[String], separator: char) -> Result<String, Invalid> {
    if items.iter().any(|item| item.is_empty() || item.contains(separator)) {
        return Err(Invalid);
    }
    let mut joined = String::with_capacity(items.iter().map(|item| item.len() + separator.len_utf8()).sum());
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            joined.push(separator);
        }
        joined.push_str(item);
    }
    Ok(joined)
}

/// Splits at a separator. Empty pieces are dropped: they come from separators at an end or side by side.
pub fn split_text(text: &str, separator: char) -> Vec<String> {
    text.split(separator).filter(|piece| !piece.is_empty()).map(String::from).collect()
}

/// The same for bytes.
pub fn join_bytes(items: &[Vec<u8>], separator: u8) -> Result<Vec<u8>, Invalid> {
    if items.iter().any(|item| item.is_empty() || item.contains(&separator)) {
        return Err(Invalid);
    }
    Ok(items.join(&separator))
}

/// The same for bytes.
pub fn split_bytes(bytes: &[u8], separator: u8) -> Vec<Vec<u8>> {
    bytes.split(|byte| *byte == separator).filter(|piece| !piece.is_empty()).map(<[u8]>::to_vec).collect()
}

/// The items of a string or of bytes with a NUL after each; a last one without its NUL counts.
pub fn split_terminated<P: Page>(joined: &P) -> Vec<P::Item> {
    let mut items = Vec::new();
    joined.split_into(&mut items);
    items
}

/// Puts a NUL after each element; one that holds a NUL is refused. An empty element is one like any other.
pub fn terminate_bytes(items: &[Vec<u8>]) -> Result<Vec<u8>, Invalid> {
    if items.iter().any(|item| item.contains(&0)) {
        return Err(Invalid);
    }
    let mut terminated = Vec::with_capacity(items.iter().map(|item| item.len() + 1).sum());
    for item in items {
        terminated.extend_from_slice(item);
        terminated.push(0);
    }
    Ok(terminated)
}

/// The same for text.
pub fn terminate_text(items: &[String]) -> Result<String, Invalid> {
    if items.iter().any(|item| item.contains('\0')) {
        return Err(Invalid);
    }
    let mut terminated = String::with_capacity(items.iter().map(|item| item.len() + 1).sum());
    for item in items {
        terminated.push_str(item);
        terminated.push('\0');
    }
    Ok(terminated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().copied().map(String::from).collect()
    }

    proptest! {
        #[test]
        fn joined_is_as_the_standard_library_joins(items in vec("[^ ]{1,9}", 0..9)) {
            let joined = join_text(&items, ' ').unwrap();
            prop_assert_eq!(&joined, &items.join(" "));
            prop_assert_eq!(split_text(&joined, ' '), items);
        }

        #[test]
        fn any_character_separates(items in vec("[a-z]{1,9}", 1..9), separator in "[^a-z]") {
            let separator = separator.chars().next().unwrap();
            let joined = join_text(&items, separator).unwrap();
            prop_assert_eq!(split_text(&joined, separator), items);
        }

        #[test]
        fn joined_or_refused(items in vec("[a ,\u{e9}]{0,3}", 0..5)) {
            match join_text(&items, ' ') {
                Ok(joined) => prop_assert_eq!(split_text(&joined, ' '), items),
                Err(Invalid) => prop_assert!(items.iter().any(|item| item.is_empty() || item.contains(' '))),
            }
        }

        #[test]
        fn bytes_are_joined_and_split_as_text_is(items in vec("[a ,\u{e9}]{0,3}", 0..5)) {
            let bytes: Vec<_> = items.iter().map(|item| item.clone().into_bytes()).collect();
            let joined = join_bytes(&bytes, b' ');
            prop_assert_eq!(&joined, &join_text(&items, ' ').map(String::into_bytes));
            if let Ok(joined) = joined {
                prop_assert_eq!(split_bytes(&joined, b' '), bytes);
            }
        }

        #[test]
        fn spaces_split_as_words_do(text in "[a-z ]{0,30}") {
            prop_assert_eq!(split_text(&text, ' '), text.split_ascii_whitespace().collect::<Vec<_>>());
        }

        #[test]
        fn terminated_or_refused(items in vec(vec(0u8..4, 0..5), 0..6)) {
            match terminate_bytes(&items) {
                Ok(bytes) => prop_assert_eq!(split_terminated(&bytes), items),
                Err(Invalid) => prop_assert!(items.iter().any(|item| item.contains(&0))),
            }
        }

        #[test]
        fn text_is_terminated_as_bytes_are(items in vec("[a\0\u{e9}]{0,4}", 0..6)) {
            let bytes: Vec<_> = items.iter().map(|item| item.clone().into_bytes()).collect();
            let text = terminate_text(&items);
            prop_assert_eq!(text.clone().map(String::into_bytes), terminate_bytes(&bytes));
            if let Ok(text) = text {
                prop_assert_eq!(split_terminated(&text), items);
            }
        }
    }

    #[test]
    fn no_elements_are_no_text() {
        assert_eq!(join_text(&[], ' ').as_deref(), Ok(""));
        assert_eq!(split_text("", ' '), strings(&[]));
        assert_eq!(terminate_text(&[]).as_deref(), Ok(""));
        assert_eq!(terminate_bytes(&[]).as_deref(), Ok(&[][..]));
    }

    #[test]
    fn stray_separators_are_no_elements() {
        assert_eq!(split_text("  a   b ", ' '), strings(&["a", "b"]));
    }

    #[test]
    fn what_would_not_come_back_is_refused() {
        for items in [&["a b"][..], &["a", " "], &[""], &["a", "", "b"]] {
            assert_eq!(join_text(&strings(items), ' '), Err(Invalid), "{items:?}");
        }
        for items in [&["a\0b"][..], &["a", "\0"]] {
            assert_eq!(terminate_text(&strings(items)), Err(Invalid), "{items:?}");
            let bytes: Vec<_> = strings(items).into_iter().map(String::into_bytes).collect();
            assert_eq!(terminate_bytes(&bytes), Err(Invalid), "{items:?}");
        }
    }

    #[test]
    fn an_empty_element_is_terminated() {
        assert_eq!(terminate_text(&strings(&["", "a", ""])).as_deref(), Ok("\0a\0\0"));
        assert_eq!(terminate_bytes(&[Vec::new()]).as_deref(), Ok(&[0][..]));
    }
}
