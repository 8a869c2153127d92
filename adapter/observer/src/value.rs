//! The arguments and the answer of a call as WAVE text, as wrappers hand it over piece by piece.

use super::line::decimal;

/// How many bytes of either are kept.
pub const ROOM: usize = 500;

/// What stands where something was cut off.
const CUT: &[u8] = "…".as_bytes();

/// A text in the making. What does not fit is left out.
pub struct Value {
    room: [u8; ROOM + CUT.len()],
    length: usize,
    is_cut: bool,
}

impl Value {
    /// One with nothing in it.
    pub const EMPTY: Self = Self { room: [0; ROOM + CUT.len()], length: 0, is_cut: false };

    /// Begins anew.
    pub fn clear(&mut self) {
        (self.length, self.is_cut) = (0, false);
    }

    /// What is written.
    pub fn bytes(&self) -> &[u8] {
        self.room.get(..self.length).unwrap_or_default()
    }

    /// Adds text as it is.
    pub fn text(&mut self, text: &[u8]) {
        if self.is_cut {
            return;
        }
        if self.length + text.len() > ROOM {
            self.cut();
            return;
        }
        if let Some(room) = self.room.get_mut(self.length..self.length + text.len()) {
            room.copy_from_slice(text);
            self.length += text.len();
        }
    }

    /// Ends it at the last whole character.
    fn cut(&mut self) {
        self.is_cut = true;
        let is_first = |byte: &u8| byte & 0xc0 != 0x80;
        if let Some(last) = self.bytes().iter().rposition(is_first)
            && let Some(first) = self.bytes().get(last)
            // The first byte says how many there are: 110…, 1110…, 11110….
            && self.length - last < (first.leading_ones() as usize).max(1)
        {
            self.length = last;
        }
        if let Some(room) = self.room.get_mut(self.length..self.length + CUT.len()) {
            room.copy_from_slice(CUT);
            self.length += CUT.len();
        }
    }

    /// Adds up to eight characters, the first in the lowest byte.
    pub fn put(&mut self, characters: u64) {
        let bytes = characters.to_le_bytes();
        let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        self.text(bytes.get(..length).unwrap_or_default());
    }

    /// Adds a comma, unless something begins here.
    pub fn separate(&mut self) {
        if !matches!(self.bytes().last(), Some(b'(' | b'[' | b'{')) {
            self.text(b", ");
        }
    }

    /// Adds a byte of a text.
    pub fn byte(&mut self, byte: u8) {
        match byte {
            b'"' => self.text(b"\\\""),
            b'\\' => self.text(b"\\\\"),
            b'\n' => self.text(b"\\n"),
            b'\r' => self.text(b"\\r"),
            b'\t' => self.text(b"\\t"),
            0..0x20 => {
                self.text(b"\\u{");
                self.unsigned(u64::from(byte));
                self.text(b"}");
            }
            byte => self.text(&[byte]),
        }
    }

    /// Adds a character in quotes.
    pub fn character(&mut self, character: u32) {
        let mut bytes = [0; 4];
        let character = char::from_u32(character).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.text(b"'");
        if matches!(character, '\'' | '\\') {
            self.text(b"\\");
        }
        self.text(character.encode_utf8(&mut bytes).as_bytes());
        self.text(b"'");
    }

    /// Adds a number.
    pub fn unsigned(&mut self, number: u64) {
        self.text(decimal(number, 1, &mut [0; 20]));
    }

    /// Adds a number that may be below zero.
    pub fn signed(&mut self, number: i64) {
        if number < 0 {
            self.text(b"-");
        }
        self.unsigned(number.unsigned_abs());
    }

    /// Adds a number with up to nine digits behind the point; large ones as a product.
    pub fn float(&mut self, number: f64) {
        const WHOLE: f64 = 9_007_199_254_740_992.0;
        const BILLION: f64 = 1e9;
        if number.is_nan() {
            return self.text(b"nan");
        }
        if number.is_sign_negative() {
            self.text(b"-");
        }
        let mut rest = number.abs();
        if rest.is_infinite() {
            return self.text(b"inf");
        }
        let mut exponent = 0;
        while rest >= WHOLE {
            rest /= 10.0;
            exponent += 1;
        }
        let whole = rest as u64;
        let mut behind = ((rest - whole as f64) * BILLION) as u64;
        self.unsigned(whole);
        self.text(b".");
        let mut place = 100_000_000;
        self.unsigned(behind / place);
        behind %= place;
        while behind > 0 {
            place /= 10;
            self.unsigned(behind / place);
            behind %= place;
        }
        if exponent > 0 {
            self.text(b"e");
            self.unsigned(exponent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ROOM, Value};

    fn written(write: impl FnOnce(&mut Value)) -> String {
        let mut value = Value::EMPTY;
        write(&mut value);
        String::from_utf8_lossy(value.bytes()).into_owned()
    }

    #[test]
    fn numbers_are_decimal() {
        let text = written(|value| {
            for number in [0, -1, 10, i64::MIN, i64::MAX] {
                value.signed(number);
                value.text(b" ");
            }
        });
        assert_eq!(text, "0 -1 10 -9223372036854775808 9223372036854775807 ");
    }

    #[test]
    fn points_are_written() {
        for (number, text) in [
            (0.0, "0.0"),
            (-1.5, "-1.5"),
            (0.25, "0.25"),
            (0.001, "0.001"),
            (12.0, "12.0"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
            (1e20, "1000000000000000.0e5"),
        ] {
            assert_eq!(written(|value| value.float(number)), text);
        }
    }

    #[test]
    fn texts_are_escaped() {
        let text = written(|value| "a\"b\\c\n\u{1}ü".bytes().for_each(|byte| value.byte(byte)));
        assert_eq!(text, "a\\\"b\\\\c\\n\\u{1}ü");
        assert_eq!(written(|value| value.character(u32::from('\''))), "'\\''");
    }

    #[test]
    fn what_is_long_is_cut_at_a_character() {
        let text = written(|value| {
            value.text(b"x");
            (0..ROOM).for_each(|_| "ü".bytes().for_each(|byte| value.byte(byte)));
        });
        assert!(text.ends_with("ü…") && text.len() <= ROOM + 3, "{} {text}", text.len());
    }

    #[test]
    fn commas_are_between_items() {
        let text = written(|value| {
            value.text(b"[");
            for number in 1..4 {
                value.separate();
                value.unsigned(number);
            }
            value.put(u64::from_le_bytes(*b"]abcdefg"));
            value.put(u64::from_le_bytes(*b"h\0\0\0\0\0\0\0"));
        });
        assert_eq!(text, "[1, 2, 3]abcdefgh");
    }
}
