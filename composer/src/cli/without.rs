//! `--without`: one line of the rules left out, to see whether something has to do with it.

use anyhow::{Context, Result, anyhow};
use composer::bundle::Bundle;
use composer::without::{self, WithoutError};
use serde::Serialize;

use super::args::Inputs;
use super::{inputs, output};

/// Refuses a line that the guests are compiled with, and says what the app sees without one that they are not.
pub fn check(inputs: &Inputs, bundle: &Bundle, command: &'static str) -> Result<()> {
    let Some(rule) = &inputs.without else { return Ok(()) };
    let with = bundle.world().context("the guests' own world")?;
    let without = inputs::world(inputs)?.world;
    without::check(&with, &without, rule, command)?;
    output::say(format_args!("{}", without::changes(&with, &without, rule).trim_end()));
    Ok(())
}

/// What the app would see, and whether the guests would have to be built anew.
#[derive(Serialize)]
struct Explained {
    rule: String,
    changes: String,
    guests: Option<String>,
}

/// Prints what the app sees without the line.
pub fn explain(inputs: &Inputs, json: bool) -> Result<()> {
    let rule = inputs.without.clone().ok_or_else(|| anyhow!("no line is left out; name one with --without"))?;
    let with = inputs::world(&Inputs { without: None, ..inputs.clone() })?.world;
    let without = inputs::world(inputs)?.world;
    let changes = without::changes(&with, &without, &rule);
    let guests = match without::check(&with, &without, &rule, "build APP_DIR") {
        Ok(()) => None,
        Err(error @ WithoutError::Guests { .. }) => Some(error.to_string()),
        Err(error @ (WithoutError::Parse { .. } | WithoutError::NoLine { .. } | WithoutError::Glue(_))) => {
            return Err(error.into());
        }
    };
    if json {
        return output::print_json(&Explained { rule, changes, guests });
    }
    let guests =
        guests.unwrap_or_else(|| "the guests stay as they are: `build` and `compose` take --without, too".to_owned());
    output::print(&format!("{changes}\n{guests}\n"))
}
