//! `composer compose`, and the second half of `composer build`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use composer::app;
use composer::bundle::Bundle;
use composer::compose::{self, Composed, compose_with};
use composer::files::component;
use composer::host_compat::OnHost;
use composer::link::Names;
use composer::made_with::MadeWith;
use composer::metadata::Metadata;
use composer::observe::Request;
use composer::python::stubs::{archive, stubs};
use composer::unadapted;

use super::args::{Host, Inputs, Observe};
use super::files::{Found, near_limit, taken_out, told};
use super::output::{self, Step};
use super::{host, inputs, link, observe, without};

/// What an app gets besides.
#[derive(Clone, Copy, Default)]
pub struct Extras<'e> {
    /// An observer.
    pub observe: Option<&'e Request>,
    /// Files.
    pub files: Option<&'e Found>,
}

/// Composes an app that is a component already, and links it before where that is asked for.
pub fn run(
    inputs: &Inputs,
    host: &Host,
    app: &Path,
    linking: Option<Names>,
    (observe, part): (&Observe, Option<&Path>),
    out: &Path,
) -> Result<()> {
    output::check_writable(out)?;
    let request = observe::request(observe)?;
    let files = part.map(taken_out).transpose()?;
    let bytes = fs::read(app).with_context(|| format!("cannot read {}", app.display()))?;
    let what = || format!("cannot compose {}", app.display());
    // Linking takes the most memory, so the world is read after it.
    let bytes = link::run(bytes, linking).with_context(what)?;
    let on_host = host::world(inputs, host)?;
    let bundle = inputs::bundle(inputs)?;
    without::check(inputs, &bundle, "compose APP.wasm")?;
    write(&on_host, &bundle, bytes, Extras { observe: request.as_ref(), files: files.as_ref() }, out).with_context(what)
}

/// Composes an app of the raw world: stubs, and no adapter.
pub fn unadapted(inputs: &Inputs, host: &Host, app: &Path, linking: Option<Names>, out: &Path) -> Result<()> {
    output::check_writable(out)?;
    let bytes = fs::read(app).with_context(|| format!("cannot read {}", app.display()))?;
    let world = host::world(inputs, host)?.world;
    let what = || format!("cannot compose {} without an adapter", app.display());
    let bytes = link::run(bytes, linking).with_context(what)?;
    let mut metadata = Metadata::new(&world.rules.metadata);
    if let Some(made_with) = MadeWith::read(&bytes)? {
        made_with.extend(&mut metadata);
    }
    let Composed { component, manifest, .. } = unadapted::compose(&world, bytes, &metadata).with_context(what)?;
    output::write(out, &component)?;
    say(out, component.len(), manifest.parts.iter().map(|part| (part.name.as_str(), part.size)));
    Ok(())
}

/// Says what came out.
fn say<'p>(out: &Path, size: usize, parts: impl Iterator<Item = (&'p str, usize)>) {
    let parts: Vec<_> = parts.map(|(name, size)| format!("{name} {}", output::size(size))).collect();
    output::say(format_args!("{}: {} ({})", out.display(), output::size(size), parts.join(", ")));
}

/// Composes, checks, writes, and says what came out. An app that says what it was made with comes with type stubs, for
/// whoever has the component.
pub fn write(on_host: &OnHost, bundle: &Bundle, app: Vec<u8>, extras: Extras<'_>, out: &Path) -> Result<()> {
    let step = Step::start("composing");
    let world = &on_host.world;
    let mut metadata = Metadata::new(&world.rules.metadata);
    let mut stubs = None;
    if let Some(made_with) = MadeWith::read(&app)? {
        stubs = Some(stubs_of(on_host, bundle, made_with.plain)?);
        made_with.extend(&mut metadata);
    }
    if !on_host.missing.is_empty() {
        on_host.check(&app::read(&app)?)?;
    }
    let guests = on_host.guests(&bundle.guests)?;
    let Extras { observe, files } = extras;
    let part = files.map(|found| component(&bundle.guests.files, &found.files, world.rules.host.max_memory_mib));
    let part = part.transpose()?;
    let with = compose::Extras { observe, files: part.as_ref() };
    let Composed { mut component, manifest, notes, .. } = compose_with(world, &guests, app, &metadata, with)?;
    let mut parts: Vec<_> = manifest.parts.iter().map(|part| (part.name.as_str(), part.size)).collect();
    if let Some(stubs) = stubs {
        let without = component.len();
        archive::add(&mut component, &stubs)?;
        parts.push(("type stubs", component.len() - without));
    }
    drop(step);
    notes.iter().for_each(|note| output::say(format_args!("warning: {note}")));
    if let Some(found) = files {
        output::say(told(found));
        let warning = near_limit(component.len(), found.files.tree.bytes(), &world.rules.host);
        found.notes.iter().chain(&warning).for_each(|note| output::say(format_args!("warning: {note}")));
    }
    output::write(out, &component)?;
    say(out, component.len(), parts.into_iter());
    Ok(())
}

fn stubs_of(on_host: &OnHost, bundle: &Bundle, plain: bool) -> Result<BTreeMap<String, String>> {
    let own = if plain { BTreeMap::new() } else { bundle.modules()? };
    Ok(stubs(&on_host.world.plan, &own, plain))
}
