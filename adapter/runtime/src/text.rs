//! Text that a host has as bytes.

use alloc::string::String;
use alloc::vec::Vec;

use crate::errors::NotText;

/// Bytes in any shape that a host returns them in: alone, optional, in a list.
pub trait Bytes {
    /// The same shape with text.
    type Text;
    /// The text, or a refusal if any of it is not UTF-8.
    fn into_text(self) -> Result<Self::Text, NotText>;
}

impl Bytes for Vec<u8> {
    type Text = String;

    fn into_text(self) -> Result<String, NotText> {
        String::from_utf8(self).map_err(|_| NotText)
    }
}

impl<B: Bytes> Bytes for Option<B> {
    type Text = Option<B::Text>;

    fn into_text(self) -> Result<Self::Text, NotText> {
        self.map(B::into_text).transpose()
    }
}

impl<B: Bytes> Bytes for Vec<B> {
    type Text = Vec<B::Text>;

    fn into_text(self) -> Result<Self::Text, NotText> {
        self.into_iter().map(B::into_text).collect()
    }
}

/// The text that a host's bytes are. Nothing is replaced: what is not UTF-8 is refused.
pub fn text<B: Bytes>(bytes: B) -> Result<B::Text, NotText> {
    bytes.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_comes_back(given: String) {
            prop_assert_eq!(text(given.clone().into_bytes()), Ok(given));
        }

        #[test]
        fn bytes_are_text_when_the_standard_library_says_so(bytes in vec(0x70u8.., 0..4)) {
            prop_assert_eq!(text(bytes.clone()).ok(), core::str::from_utf8(&bytes).ok().map(String::from));
        }

        #[test]
        fn a_list_is_text_when_all_of_it_is(lists in vec(vec(0x70u8..0x82, 0..3), 0..4)) {
            let each: Option<Vec<_>> = lists.iter().map(|bytes| text(bytes.clone()).ok()).collect();
            prop_assert_eq!(text(lists).ok(), each);
        }
    }

    #[test]
    fn each_shape_has_its_text() {
        assert_eq!(text(b"caf\xc3\xa9".to_vec()).as_deref(), Ok("café"));
        assert_eq!(text(None::<Vec<u8>>), Ok(None));
        assert_eq!(text(Some(b"a".to_vec())), Ok(Some("a".into())));
        assert_eq!(text(Vec::from([b"a".to_vec(), b"".to_vec()])), Ok(Vec::from(["a".into(), String::new()])));
        assert_eq!(text(Some(Vec::<Vec<u8>>::new())), Ok(Some(Vec::new())));
    }

    #[test]
    fn what_is_not_utf_8_is_refused() {
        for bytes in [&b"\xff"[..], b"a\xc3", b"\xed\xa0\x80", b"\xc0\x80"] {
            assert_eq!(text(bytes.to_vec()), Err(NotText), "{bytes:?}");
            assert_eq!(text(Some(bytes.to_vec())), Err(NotText));
            assert_eq!(text(Vec::from([b"a".to_vec(), bytes.to_vec()])), Err(NotText));
        }
    }
}
