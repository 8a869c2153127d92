//! What a page quotes: a text between two marks, which a command writes there and a test compares.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a page does not quote a text.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QuoteError {
    /// The page cannot be read or written.
    #[error("{}: {source}; correct the path", path.display())]
    File {
        /// The page.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A page has no place for the text.
    #[error("{} has no place for the {name}; put `<!-- {name} -->` and `<!-- end of {name} -->` there, a line each", path.display())]
    NoPlace {
        /// The page.
        path: PathBuf,
        /// What should be quoted.
        name: &'static str,
    },
    /// A page quotes something else.
    #[error("{} quotes other {name}; read them, then {next}:\n\n{text}", path.display())]
    Stale {
        /// The page.
        path: PathBuf,
        /// What should be quoted.
        name: &'static str,
        /// How it gets there.
        next: &'static str,
        /// The text that it should quote.
        text: String,
    },
}

/// A kind of text that pages quote.
#[derive(Debug, Clone, Copy)]
pub struct Quote {
    /// What the marks call it.
    pub name: &'static str,
    /// How it gets into a page.
    pub next: &'static str,
}

impl Quote {
    /// Whether a page quotes this text.
    pub fn check(self, page: &Path, text: &str) -> Result<(), QuoteError> {
        let whole = read(page)?;
        let (_, quoted, _) = self.parts(page, &whole)?;
        if quoted == text {
            return Ok(());
        }
        Err(QuoteError::Stale { path: page.to_owned(), name: self.name, next: self.next, text: text.to_owned() })
    }

    /// Has a page quote this text.
    pub fn write(self, page: &Path, text: &str) -> Result<(), QuoteError> {
        let whole = read(page)?;
        let (before, _, after) = self.parts(page, &whole)?;
        fs::write(page, [before, text, after].concat()).map_err(file(page))
    }

    /// What a page has up to the end of the first mark, between the marks, and from the second on.
    fn parts<'t>(self, page: &Path, text: &'t str) -> Result<(&'t str, &'t str, &'t str), QuoteError> {
        let (first, last) = (format!("<!-- {} -->\n", self.name), format!("<!-- end of {} -->", self.name));
        let parts = text.find(&first).and_then(|at| {
            let (before, rest) = text.split_at_checked(at + first.len())?;
            let (quoted, after) = rest.split_at_checked(rest.find(&last)?)?;
            Some((before, quoted, after))
        });
        parts.ok_or_else(|| QuoteError::NoPlace { path: page.to_owned(), name: self.name })
    }
}

fn read(page: &Path) -> Result<String, QuoteError> {
    fs::read_to_string(page).map_err(file(page))
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> QuoteError {
    let path = path.to_owned();
    move |source| QuoteError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTE: Quote = Quote { name: "figures", next: "write them" };

    #[test]
    fn what_stands_between_the_marks_is_quoted() {
        let page = "a\n<!-- figures -->\nb\n<!-- end of figures -->\nc";
        let parts = QUOTE.parts(Path::new("page"), page).ok();
        assert_eq!(parts, Some(("a\n<!-- figures -->\n", "b\n", "<!-- end of figures -->\nc")));
        for page in ["", "<!-- figures -->\n", "<!-- end of figures -->\n<!-- figures -->\n"] {
            let parts = QUOTE.parts(Path::new("page"), page);
            assert!(matches!(parts, Err(QuoteError::NoPlace { .. })), "{page}");
        }
    }
}
