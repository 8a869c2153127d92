//! Draws what stands in the way of a world: each refusal with the lines of the rules file and of the WIT.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::Path;

use composer::bundle::WorldError;
use composer::derive::{DeriveError, Refusal, Refusals};
use composer::rules::RulesError;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity, SourceCode};
use serde::Serialize;

/// How many refusals are drawn; the rest are counted.
const MOST_DRAWN: usize = 20;

/// The longest line that is drawn, in bytes; of a longer one no more than the place is said.
const LONGEST_LINE: usize = 500;

/// All refusals of one run, and the rules that they are about.
#[derive(Debug)]
pub struct Refused {
    refusals: Refusals,
    rules_file: String,
    rules: String,
}

/// A refusal as data.
#[derive(Debug, Serialize)]
pub struct Data {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wit: Option<Position>,
}

/// A place in a file; lines and columns are counted from 1.
#[derive(Debug, Serialize)]
struct Position {
    file: String,
    line: usize,
    column: usize,
}

impl Refused {
    /// How many they are, in words.
    pub fn count(&self) -> String {
        counted(self.refusals.all().len())
    }

    /// All of them as data.
    pub fn data(&self) -> Vec<Data> {
        let mut files = Files::default();
        self.refusals.all().iter().map(|refusal| self.as_data(refusal, &mut files)).collect()
    }

    fn as_data(&self, refusal: &Refusal, files: &mut Files) -> Data {
        let path = match &refusal.error {
            DeriveError::Shape { path, .. } => Some(path.clone()),
            DeriveError::Rules(_) => None,
        };
        let rules = self.rules_spot(refusal).map(|spot| spot.position());
        let wit = files.wit_spot(refusal).map(|spot| spot.position());
        Data { message: message(refusal), path, rules, wit }
    }

    fn rules_spot(&self, refusal: &Refusal) -> Option<Spot<'_>> {
        Spot::new(&self.rules_file, &self.rules, refusal.places.rules.clone()?)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without colours: a message may be copied, and what is printed shows control characters.
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
        let handler = handler.with_wrap_lines(false).with_context_lines(1).with_links(false);
        let (all, mut files) = (self.refusals.all(), Files::default());
        out.write_str(&self.count())?;
        for refusal in all.iter().take(MOST_DRAWN) {
            let rules = self.rules_spot(refusal);
            let drawn = Drawn::of(message(refusal), rules, files.wit_spot(refusal));
            let mut picture = String::new();
            handler.render_report(&mut picture, &drawn)?;
            write!(out, "\n\n{}", picture.trim_end())?;
        }
        match all.len().checked_sub(MOST_DRAWN) {
            Some(more @ 1..) => write!(out, "\n\n… and {more} more; --json has all"),
            Some(0) | None => Ok(()),
        }
    }
}

impl std::error::Error for Refused {}

/// The refusals of a world, to be drawn; any other error as it is.
pub fn drawn(error: WorldError, rules: Option<&Path>, text: &str) -> anyhow::Error {
    match error {
        WorldError::Refused(refusals) => {
            let rules_file = rules.map_or_else(|| "rules.toml".to_owned(), |path| path.display().to_string());
            Refused { refusals, rules_file, rules: text.to_owned() }.into()
        }
        other @ (WorldError::Read(_) | WorldError::Rules(_) | WorldError::Wit(_) | WorldError::Bundle { .. }) => {
            other.into()
        }
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 thing stands in the way".to_owned() } else { format!("{count} things stand in the way") }
}

/// What is refused. The parser of TOML shows the place, which is drawn below it.
fn message(refusal: &Refusal) -> String {
    let whole = refusal.error.to_string();
    match &refusal.error {
        DeriveError::Rules(RulesError::Parse { at: Some(_), .. }) => {
            format!("the rules file has a mistake: {}", whole.lines().last().unwrap_or(&whole))
        }
        DeriveError::Rules(_) | DeriveError::Shape { .. } => whole,
    }
}

/// A part of a text that a refusal is about.
struct Spot<'t> {
    file: &'t str,
    text: &'t str,
    range: Range<usize>,
    /// What is before it in its line.
    before: &'t str,
}

impl<'t> Spot<'t> {
    /// Nothing if there is no such part, as when the file was changed meanwhile.
    fn new(file: &'t str, text: &'t str, range: Range<usize>) -> Option<Self> {
        text.get(range.clone())?;
        let before = text.get(..range.start)?.rsplit('\n').next()?;
        Some(Self { file, text, range, before })
    }

    fn position(&self) -> Position {
        let line = memchr::memchr_iter(b'\n', &self.text.as_bytes()[..self.range.start]).count() + 1;
        Position { file: self.file.to_owned(), line, column: self.before.chars().count() + 1 }
    }

    fn is_short(&self) -> bool {
        let after = self.text[self.range.start..].split('\n').next().unwrap_or_default();
        self.before.len() + after.len() <= LONGEST_LINE
    }
}

/// The texts of the WIT, each read once.
#[derive(Default)]
struct Files(HashMap<String, String>);

impl Files {
    fn wit_spot<'s>(&'s mut self, refusal: &'s Refusal) -> Option<Spot<'s>> {
        let place = refusal.places.wit.as_ref()?;
        let text = match self.0.entry(place.file.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(fs::read_to_string(&place.file).ok()?),
        };
        Spot::new(&place.file, text, place.range.clone())
    }
}

/// A message with the part of a text that it is about.
#[derive(Debug)]
struct Drawn {
    message: String,
    source: Option<NamedSource<String>>,
    label: Option<LabeledSpan>,
    /// Where the same is in another text.
    others: Vec<Drawn>,
    severity: Severity,
}

impl Drawn {
    /// With the line of the rules first, then the item of the WIT.
    fn of(message: String, rules: Option<Spot<'_>>, wit: Option<Spot<'_>>) -> Self {
        match (rules, wit) {
            (Some(rules), wit) => {
                let item = wit.map(|spot| Self::new("the item in the WIT".to_owned(), &spot));
                let others = item.map(|item| Self { severity: Severity::Advice, ..item });
                Self { others: others.into_iter().collect(), ..Self::new(message, &rules) }
            }
            (None, Some(wit)) => Self::new(message, &wit),
            (None, None) => Self { message, source: None, label: None, others: Vec::new(), severity: Severity::Error },
        }
    }

    fn new(message: String, spot: &Spot<'_>) -> Self {
        let (others, severity) = (Vec::new(), Severity::Error);
        if spot.is_short() {
            let source = NamedSource::new(spot.file, spot.text.to_owned());
            let label = LabeledSpan::underline(spot.range.clone());
            return Self { message, source: Some(source), label: Some(label), others, severity };
        }
        let Position { file, line, column } = spot.position();
        Self { message: format!("{message} ({file}:{line}:{column})"), source: None, label: None, others, severity }
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Drawn {}

impl Diagnostic for Drawn {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.label.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.others.iter().map(|other| other as &dyn Diagnostic)))
    }
}
