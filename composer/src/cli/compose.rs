//! `composer compose`, and the second half of `composer build`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use composer::bundle::{Guests, World};
use composer::compose::compose;
use composer::metadata::Metadata;

use super::args::Inputs;
use super::inputs;
use super::output::{self, Step};

/// Composes an app that is a component already.
pub fn run(inputs: &Inputs, app: &Path, out: &Path) -> Result<()> {
    output::check_writable(out)?;
    let bytes = fs::read(app).with_context(|| format!("cannot read {}", app.display()))?;
    let world = inputs::world(inputs)?.world;
    let guests = inputs::bundle(inputs)?.guests;
    let metadata = Metadata::new(&world.rules.metadata);
    write(&world, &guests, &bytes, &metadata, out).with_context(|| format!("cannot compose {}", app.display()))
}

/// Composes, checks, writes, and says what came out.
pub fn write(world: &World, guests: &Guests, app: &[u8], metadata: &Metadata, out: &Path) -> Result<()> {
    let step = Step::start("composing");
    let composed = compose(world, guests, app, metadata)?;
    drop(step);
    output::write(out, &composed.component)?;
    let parts: Vec<_> = composed.parts.iter().map(|(name, size)| format!("{name} {}", output::size(*size))).collect();
    eprintln!("{}: {} ({})", out.display(), output::size(composed.component.len()), parts.join(", "));
    Ok(())
}
