//! Plan to Python: the small package that goes with the bindings.
//!
//! ```text
//! Plan + what the app binds ─┬─► _plan.py      what of it varies, as data
//! package/*.py ──────────────┼─► the package   what does not, as it is
//! the world's own modules ───┘
//! ```
//!
//! `composer build` puts it on the path of the app, and [`launch`] imports it before the app. All that it changes in the
//! bindings is changed then, once, and is in the snapshot of the app.

mod bound;
mod data;
mod families;
mod functions;
pub mod lacks;
pub mod launch;
mod listed;
mod literal;
mod specs;
pub mod stubs;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::plan::Plan;
pub use bound::{Bound, module_name, module_names};
pub(crate) use families::error_called;
pub(crate) use functions::{Keywords, keywords};
pub use listed::{Change, changes, text};

/// The package of bindings that componentize-py generates.
pub const BINDINGS: &str = "wit_world";

/// What does not vary.
const FIXED: [(&str, &str); 6] = [
    ("__init__.py", include_str!("package/__init__.py")),
    ("bindings.py", include_str!("package/bindings.py")),
    ("checks.py", include_str!("package/checks.py")),
    ("errors.py", include_str!("package/errors.py")),
    ("keywords.py", include_str!("package/keywords.py")),
    ("late.py", include_str!("package/late.py")),
];

/// What varies.
const DATA: &str = "_plan.py";

/// Why there is no package.
#[derive(Debug, Error)]
pub enum PythonError {
    /// A module of the world's own has a name that is taken.
    #[error("the world's own Python module `{name}` would hide the one that the composer writes; give it another name")]
    Taken {
        /// The file's name.
        name: String,
    },
}

/// The files of the package: for an app that binds these interfaces. `own` are the modules that were written for the
/// world, by file name.
pub fn package(
    plan: &Plan,
    bound: &Bound,
    own: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, PythonError> {
    let mut files = own.clone();
    let fixed = FIXED.map(|(name, text)| (name.to_owned(), text.to_owned()));
    for (name, text) in fixed.into_iter().chain([(DATA.to_owned(), data::write(plan, bound))]) {
        if files.insert(name.clone(), text).is_some() {
            return Err(PythonError::Taken { name });
        }
    }
    Ok(files)
}

/// The names that a module of the world's own cannot have.
pub fn taken() -> BTreeSet<&'static str> {
    FIXED.iter().map(|(name, _)| *name).chain([DATA]).collect()
}
