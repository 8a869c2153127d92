//! `composer compose`, and the second half of `composer build`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use composer::app;
use composer::bundle::Guests;
use composer::compose::{Composed, compose};
use composer::drift::OnHost;
use composer::metadata::Metadata;
use composer::python::stubs::archive;

use super::args::{Host, Inputs};
use super::output::{self, Step};
use super::{host, inputs};

/// Composes an app that is a component already.
pub fn run(inputs: &Inputs, host: &Host, app: &Path, out: &Path) -> Result<()> {
    output::check_writable(out)?;
    let bytes = fs::read(app).with_context(|| format!("cannot read {}", app.display()))?;
    let on_host = host::world(inputs, host)?;
    let guests = inputs::bundle(inputs)?.guests;
    let metadata = Metadata::new(&on_host.world.rules.metadata);
    write(&on_host, &guests, bytes, &metadata, None, out).with_context(|| format!("cannot compose {}", app.display()))
}

/// Composes, checks, writes, and says what came out; `stubs` are those that the component carries for who has it.
pub fn write(
    on_host: &OnHost,
    guests: &Guests,
    app: Vec<u8>,
    metadata: &Metadata,
    stubs: Option<&BTreeMap<String, String>>,
    out: &Path,
) -> Result<()> {
    let step = Step::start("composing");
    if !on_host.drift.is_empty() {
        on_host.check(&app::read(&app)?)?;
    }
    let Composed { mut component, manifest, .. } = compose(&on_host.world, &on_host.guests(guests)?, app, metadata)?;
    let mut parts: Vec<_> = manifest.parts.iter().map(|part| (part.name.as_str(), part.size)).collect();
    if let Some(stubs) = stubs {
        let without = component.len();
        archive::add(&mut component, stubs)?;
        parts.push(("type stubs", component.len() - without));
    }
    drop(step);
    output::write(out, &component)?;
    let parts: Vec<_> = parts.iter().map(|(name, size)| format!("{name} {}", output::size(*size))).collect();
    eprintln!("{}: {} ({})", out.display(), output::size(component.len()), parts.join(", "));
    Ok(())
}
