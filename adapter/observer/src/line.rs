//! A line in the making, in room that it is given. What does not fit is left out.

/// A line, as far as it is written.
#[derive(Debug)]
pub struct Line<'a> {
    room: &'a mut [u8],
    length: usize,
    is_cut: bool,
}

impl<'a> Line<'a> {
    /// An empty line.
    pub fn new(room: &'a mut [u8]) -> Self {
        Self { room, length: 0, is_cut: false }
    }

    /// What is written.
    pub fn bytes(&self) -> &[u8] {
        self.room.get(..self.length).unwrap_or_default()
    }

    /// How much is written.
    pub fn length(&self) -> usize {
        self.length
    }

    /// How much more there is room for.
    pub fn left(&self) -> usize {
        self.room.len() - self.length
    }

    /// Whether something did not fit.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Goes back to where the line was that long.
    pub fn back_to(&mut self, length: usize) {
        self.length = length.min(self.length);
        self.is_cut = false;
    }

    /// Adds text as it is.
    pub fn text(&mut self, text: &[u8]) -> &mut Self {
        match self.room.get_mut(self.length..self.length + text.len()) {
            Some(room) => {
                room.copy_from_slice(text);
                self.length += text.len();
            }
            None => self.is_cut = true,
        }
        self
    }

    /// Adds a JSON string.
    pub fn quoted(&mut self, text: &[u8]) -> &mut Self {
        self.text(b"\"");
        for byte in text {
            match byte {
                b'"' => self.text(b"\\\""),
                b'\\' => self.text(b"\\\\"),
                0..0x20 => self.text(b"\\u00").text(&[digit(byte >> 4), digit(byte & 15)]),
                byte => self.text(&[*byte]),
            };
        }
        self.text(b"\"")
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.digits(number, 1)
    }

    /// Adds nanoseconds as microseconds, with three digits behind the point.
    pub fn micros(&mut self, nanos: u64) -> &mut Self {
        self.number(nanos / 1000).text(b".").digits(nanos % 1000, 3)
    }

    /// Adds a number as sixteen hexadecimal digits.
    pub fn hex(&mut self, number: u64) -> &mut Self {
        for byte in number.to_be_bytes() {
            self.text(&[digit(byte >> 4), digit(byte & 15)]);
        }
        self
    }

    /// Adds a number with zeros before it, up to so many digits.
    pub fn digits(&mut self, number: u64, at_least: usize) -> &mut Self {
        self.text(decimal(number, at_least, &mut [0; 20]))
    }

    /// Adds what `write` writes, with spaces before it up to so many characters.
    pub fn right(&mut self, width: usize, write: impl FnOnce(&mut Line<'_>)) -> &mut Self {
        let mut room = [0; 40];
        let mut cell = Line::new(&mut room);
        write(&mut cell);
        for _ in cell.length()..width {
            self.text(b" ");
        }
        self.text(cell.bytes())
    }
}

/// A number with zeros before it, up to so many digits, in room that has enough for any.
pub fn decimal(number: u64, at_least: usize, room: &mut [u8; 20]) -> &[u8] {
    room.fill(b'0');
    let (mut rest, mut first) = (number, room.len());
    for (place, digit) in room.iter_mut().enumerate().rev() {
        if rest == 0 {
            break;
        }
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        first = place;
    }
    let first = first.min(room.len() - at_least.min(room.len()));
    room.get(first..).unwrap_or_default()
}

/// A hexadecimal digit.
fn digit(number: u8) -> u8 {
    if number < 10 { b'0' + number } else { b'a' + (number - 10) }
}

#[cfg(test)]
mod tests {
    use super::Line;

    fn written(size: usize, write: impl FnOnce(&mut Line<'_>)) -> (String, bool) {
        let mut room = vec![0; size];
        let mut line = Line::new(&mut room);
        write(&mut line);
        (String::from_utf8_lossy(line.bytes()).into_owned(), line.is_cut())
    }

    #[test]
    fn numbers_are_decimal() {
        let all = [0, 7, 10, 999, u64::MAX];
        let (text, _) = written(200, |line| {
            for number in all {
                line.number(number).text(b" ");
            }
        });
        assert_eq!(text, "0 7 10 999 18446744073709551615 ");
    }

    #[test]
    fn micros_have_three_digits_behind_the_point() {
        let (text, _) = written(200, |line| {
            line.micros(0).text(b" ").micros(999).text(b" ").micros(1_002_003).text(b" ").micros(u64::MAX);
        });
        assert_eq!(text, "0.000 0.999 1002.003 18446744073709551.615");
    }

    #[test]
    fn strings_are_json() {
        let (text, _) = written(200, |line| {
            line.quoted("a \"b\" \\ \n\u{1f} ü".as_bytes());
        });
        assert_eq!(text, "\"a \\\"b\\\" \\\\ \\u000a\\u001f ü\"");
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_known() {
        let (text, is_cut) = written(5, |line| {
            line.text(b"abc").text(b"def").text(b"gh");
        });
        assert_eq!((text.as_str(), is_cut), ("abcgh", true));
    }

    #[test]
    fn ids_have_sixteen_digits() {
        let (text, _) = written(50, |line| {
            line.hex(0x0123_4567_89ab_cdef).text(b" ").hex(1);
        });
        assert_eq!(text, "0123456789abcdef 0000000000000001");
    }

    #[test]
    fn cells_are_aligned_to_the_right() {
        let (text, _) = written(50, |line| {
            line.right(6, |cell| {
                cell.number(42);
            })
            .text(b"|");
        });
        assert_eq!(text, "    42|");
    }
}
