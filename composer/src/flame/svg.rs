//! The picture itself: rows from top to bottom.
//!
//! Lengths across are parts of the width, and everything else is in pixels, so a picture is as wide as the window and its letters
//! stay as large as they are. Where there is little room, shorter words take the place of longer ones.

use std::fmt::{Display, Write as _};

use indexmap::IndexSet;

const STYLE: &str = include_str!("style.css");

/// How many letters a name has where there is room, and where there is little.
const NAME: [usize; 2] = [44, 22];

/// How many colours there are for interfaces.
const COLOURS: usize = 8;

/// A text that is shorter where there is little room.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// On a wide screen, on one of middling width, on a phone.
    pub sizes: [String; 3],
}

impl Text {
    /// One text for all widths.
    pub fn plain(text: &str) -> Self {
        Self { sizes: [text.to_owned(), text.to_owned(), text.to_owned()] }
    }

    /// A name, cut in its middle to as much as there is room for.
    pub fn name(name: &str) -> Self {
        let [wide, narrow] = NAME.map(|most| cut(name, most));
        Self { sizes: [wide.clone(), wide, narrow] }
    }
}

/// A text of at most so many letters: its start and its end.
pub(super) fn cut(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let start = most / 2;
    let end = letters.len() - (most - start - 1);
    let part = |letters: &[char]| letters.iter().collect::<String>();
    format!("{}…{}", part(letters.get(..start).unwrap_or_default()), part(letters.get(end..).unwrap_or_default()))
}

/// A bar in a row, from one part of the width on; both are of 100.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    pub from: f64,
    pub width: f64,
    /// What is filled how: classes of the style.
    pub class: String,
    /// What is said where one points to it.
    pub title: String,
}

/// A picture under way.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    body: String,
    height: u32,
}

impl Drawing {
    /// The heading of all.
    pub fn title(&mut self, text: &str, about: &str) {
        self.height = 16;
        self.text("title", 0.0, 18, &Text::plain(text));
        self.text("quiet", 0.0, 38, &Text::plain(about));
        self.height += 46;
    }

    /// The heading of a part, and a line below it.
    pub fn heading(&mut self, text: &Text, about: &Text) {
        self.height += 26;
        self.text("heading", 0.0, 14, text);
        self.text("quiet", 0.0, 33, about);
        self.height += 44;
    }

    /// A line of small print.
    pub fn note(&mut self, text: &Text) {
        self.height += 10;
        self.text("quiet", 0.0, 12, text);
        self.height += 20;
    }

    /// A row: a name, figures at its right, and bars below, over a line as long as all there is.
    pub fn row(&mut self, name: &Text, figures: &Text, title: &str, bars: &[Bar]) {
        let y = self.height;
        self.open("g");
        self.tell(title);
        self.text("name", 0.0, 13, name);
        self.text("figures end", 100.0, 13, figures);
        self.write(format_args!(
            "<rect class=\"track\" x=\"0\" y=\"{}\" width=\"100%\" height=\"14\" rx=\"3\"/>\n",
            y + 20
        ));
        for Bar { from, width, class, title } in bars {
            // What is too short to be seen is there all the same.
            let width = width.max(0.25).min(100.0 - from.min(99.75));
            let from = from.min(99.75);
            self.write(format_args!(
                "<rect class=\"bar {class}\" x=\"{from:.3}%\" y=\"{}\" width=\"{width:.3}%\" height=\"14\" rx=\"2\">",
                y + 20
            ));
            self.tell(title);
            self.write(format_args!("</rect>\n"));
        }
        self.close("g");
        self.height += 44;
    }

    /// A scale: the texts are at parts of the width, the last one ends at its right.
    pub fn scale(&mut self, marks: &[(f64, String)]) {
        for (place, (from, text)) in marks.iter().enumerate() {
            let class = match place {
                0 => "quiet scale",
                place if place + 1 == marks.len() => "quiet scale end",
                // On a phone there is room for one in the middle.
                place if place * 2 + 1 == marks.len() => "quiet scale middle",
                _ => "quiet scale middle spare",
            };
            self.text(class, *from, 11, &Text::plain(text));
        }
        self.height += 22;
    }

    /// A legend: squares with words, one below the other on a phone.
    pub fn legend(&mut self, items: &[(&str, String)]) {
        let mut step = 0;
        for (class, text) in items {
            let y = self.height + step;
            self.write(format_args!(
                "<rect class=\"bar {class}\" x=\"0\" y=\"{}\" width=\"12\" height=\"12\" rx=\"2\"/>\n",
                y + 2
            ));
            self.write(format_args!("<text class=\"legend\" x=\"20\" y=\"{}\">{}</text>\n", y + 12, Escaped(text)));
            step += 20;
        }
        self.height += step + 6;
    }

    /// The picture.
    pub fn finish(self) -> String {
        let height = self.height + 16;
        // A little space at both sides, whatever the width.
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" height=\"{height}\" role=\"img\" aria-label=\"Host calls\">\n\
             <style>\n{STYLE}</style>\n<defs>\n{PATTERNS}</defs>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n\
             <svg x=\"3%\" width=\"94%\" height=\"{height}\">\n{}</svg>\n</svg>\n",
            self.body
        )
    }

    fn text(&mut self, class: &str, x: f64, y: u32, text: &Text) {
        let y = self.height + y;
        let [wide, middling, narrow] = &text.sizes;
        let all_same = wide == middling && middling == narrow;
        let sizes = if all_same {
            vec![("", wide)]
        } else {
            vec![(" wide", wide), (" middling", middling), (" narrow", narrow)]
        };
        for (size, text) in sizes {
            self.write(format_args!(
                "<text class=\"{class}{size}\" x=\"{x:.3}%\" y=\"{y}\">{}</text>\n",
                Escaped(text)
            ));
        }
    }

    fn tell(&mut self, title: &str) {
        self.write(format_args!("<title>{}</title>", Escaped(title)));
    }

    fn open(&mut self, element: &str) {
        self.write(format_args!("<{element}>"));
    }

    fn close(&mut self, element: &str) {
        self.write(format_args!("</{element}>\n"));
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // A string takes all that is written to it.
        let _ = self.body.write_fmt(text);
    }
}

/// Stripes over what waits, for whom colours say little.
const PATTERNS: &str = "<pattern id=\"stripes\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
<rect class=\"waits\" width=\"6\" height=\"6\"/><rect class=\"stripe\" width=\"2\" height=\"6\"/></pattern>\n";

/// The colours of functions: all of an interface have the same, and its neighbours another one.
#[derive(Debug)]
pub(super) struct Colours<'a>(IndexSet<&'a str>);

impl<'a> Colours<'a> {
    /// Those of these functions.
    pub fn new(functions: impl Iterator<Item = &'a str>) -> Self {
        Self(functions.map(interface).collect())
    }

    /// The class of a function's colour.
    pub fn of(&self, function: &str) -> String {
        format!("c{}", self.0.get_index_of(interface(function)).unwrap_or_default() % COLOURS)
    }
}

/// The interface of a function.
fn interface(function: &str) -> &str {
    function.split('.').next().unwrap_or_default()
}

/// A text in the picture: what would be markup, or is no character of XML, is written otherwise.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => to.write_str("&amp;")?,
                '<' => to.write_str("&lt;")?,
                '>' => to.write_str("&gt;")?,
                '"' => to.write_str("&quot;")?,
                '\n' => to.write_char('\n')?,
                letter if letter.is_control() || ['\u{fffe}', '\u{ffff}'].contains(&letter) => {
                    to.write_char('\u{fffd}')?
                }
                letter => to.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_loses_its_middle() {
        assert_eq!(cut("kv-store", 8), "kv-store");
        assert_eq!(cut("kv-store.store.lookup", 11), "kv-st…ookup");
        assert_eq!(cut("äöüäöüäöü", 4).chars().count(), 4);
    }

    #[test]
    fn no_text_is_markup() {
        assert_eq!(Escaped("<a & \"b\">\u{1b}\u{ffff}").to_string(), "&lt;a &amp; &quot;b&quot;&gt;\u{fffd}\u{fffd}");
    }
}
