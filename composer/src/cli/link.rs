//! Linking an app before it is composed.

use anyhow::Result;
use composer::link::{Linked, Names, link};

use super::output::{self, Step};

/// The app with its core modules linked, if that is asked for. One that cannot be linked stays as it is, and a line says why.
pub fn run(app: Vec<u8>, linking: Option<Names>) -> Result<Vec<u8>> {
    let Some(names) = linking else { return Ok(app) };
    let step = Step::start("linking");
    let linked = link(&app, names)?;
    drop(step);
    match linked {
        Linked::Done { component, has_unknown_objects, .. } => {
            if has_unknown_objects {
                output::say(
                    "the objects of this Python are laid out otherwise than is known, so they count references as before",
                );
            }
            Ok(component)
        }
        Linked::AsItWas { reason } => {
            output::say(format_args!("the app is not linked: {reason}"));
            Ok(app)
        }
    }
}

/// What becomes of the names of functions.
pub fn names(strip: bool) -> Names {
    if strip { Names::Drop } else { Names::Keep }
}
