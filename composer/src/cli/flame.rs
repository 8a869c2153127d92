//! `composer flame`: the lines of profiles and traces as a picture.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context, Result};
use composer::flame;

use super::output;

/// Draws the lines of a file, or of the standard input.
pub fn run(file: &Path, request: Option<u64>, out: &Path) -> Result<()> {
    output::check_writable(out)?;
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).context("cannot read the standard input")?;
        bytes
    } else {
        fs::read(file).with_context(|| format!("cannot read {}", file.display()))?
    };
    // What an app writes need not be text, and lines of ours are.
    let text = String::from_utf8_lossy(&bytes);
    let draw = || flame::draw(&flame::read(&text)?, request);
    let picture = draw().with_context(|| format!("cannot draw {}", file.display()))?;
    output::write(out, picture.as_bytes())
}
