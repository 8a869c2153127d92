//! What became of each mutant, as a table.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use host_test::mutants::Mutant;

/// What noticed a mutant.
pub struct Catch {
    /// The test binary.
    pub test: &'static str,
    /// Its first test that failed.
    pub case: String,
    /// Whether it compares texts, and no more.
    pub is_golden: bool,
}

/// What became of a mutant.
pub enum Outcome {
    /// A test failed.
    Caught(Catch),
    /// All tests passed.
    Survived,
    /// It does not compile: the list is wrong.
    Broken(String),
}

/// A mutant, what became of it, and how long that took.
pub struct Row<'m> {
    pub mutant: &'m Mutant,
    pub outcome: Outcome,
    pub took: Duration,
}

impl Display for Catch {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let golden = if self.is_golden { " (golden text alone)" } else { "" };
        write!(formatter, "{}: {}{golden}", self.test, self.case)
    }
}

impl Display for Outcome {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caught(catch) => catch.fmt(formatter),
            Self::Survived => formatter.write_str("SURVIVED"),
            Self::Broken(_) => formatter.write_str("DOES NOT COMPILE"),
        }
    }
}

/// A line a mutant, then what there is to do.
pub fn table(rows: &[Row<'_>]) -> String {
    let width = |text: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(text).max().unwrap_or_default();
    let name = width(&|row| row.mutant.name.chars().count());
    let file = width(&|row| row.mutant.file.len());
    let mut table = String::new();
    for row in rows {
        let seconds = row.took.as_secs();
        table += &format!("{:name$}  {:file$}  {seconds:>4} s  {}\n", row.mutant.name, row.mutant.file, row.outcome);
    }
    let count = |is: &dyn Fn(&Outcome) -> bool| rows.iter().filter(|row| is(&row.outcome)).count();
    let golden = count(&|outcome| matches!(outcome, Outcome::Caught(catch) if catch.is_golden));
    let caught = count(&|outcome| matches!(outcome, Outcome::Caught(_)));
    table += &format!("\n{caught} of {} caught, {golden} of them by a golden text alone\n", rows.len());
    for row in rows {
        let Row { mutant, outcome, .. } = row;
        match outcome {
            Outcome::Caught(_) => {}
            Outcome::Survived => {
                table += &format!(
                    "\nerror: `{}` survived in {}, and so nothing holds this: {}; write the test that fails with it\n",
                    mutant.name, mutant.file, mutant.breaks
                );
            }
            Outcome::Broken(message) => {
                table += &format!(
                    "\nerror: `{}` does not compile, which no test has to notice; correct its `replace`:\n{}\n",
                    mutant.name,
                    message.trim_end()
                );
            }
        }
    }
    table
}
