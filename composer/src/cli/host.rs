//! The host that a command is for: its WIT, and what is lost on it.

use anyhow::{Context, Result};
use composer::host_compat::{self, OnHost};
use composer::read;

use super::args::{Host, Inputs};
use super::{inputs, output};

/// The world of these inputs as the host has it.
pub fn world(inputs: &Inputs, host: &Host) -> Result<OnHost> {
    let world = inputs::world(inputs)?.world;
    let Some(folder) = &host.host_wit else { return Ok(OnHost::same(world)) };
    // A host keeps the world's name, and may have another version of it.
    let name = host.host_world.as_deref().unwrap_or(&world.plan.world);
    let name = name.split('@').next().unwrap_or(name);
    let what = || format!("for the host of {}", folder.display());
    let raw = read::read(inputs::resolve(folder)?, name, world.rules.package.raw.as_deref()).with_context(what)?;
    host_compat::on_host(&world, &raw).with_context(what)
}

/// Prints what is lost on the host.
pub fn explain(inputs: &Inputs, host: &Host, pattern: Option<&str>, json: bool) -> Result<()> {
    let missing = world(inputs, host)?.missing;
    let missing = pattern.map_or(missing.clone(), |pattern| missing.matching(pattern));
    if json {
        return output::print_json(&missing);
    }
    let text = match pattern {
        Some(pattern) if missing.is_empty() => format!("nothing that matches `{pattern}` is lost on this host\n"),
        None if missing.is_empty() => "nothing is lost on this host\n".to_owned(),
        Some(_) | None => missing.text(),
    };
    output::print(&text)
}
