//! `composer inspect` and `composer split`: into a component, and apart.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use composer::inspect::inspect;
use composer::link::linked;
use composer::manifest;

use super::output;

/// Prints what is inside of a component.
pub fn run(component: &Path, json: bool) -> Result<()> {
    let bytes = read(component)?;
    let found = inspect(&bytes).with_context(|| format!("cannot look into {}", component.display()))?;
    if json {
        return output::print_json(&found);
    }
    output::print(&format!("{}: {}", component.display(), found.text(output::size)))
}

/// Writes the parts of a composed component into a folder.
pub fn split(component: &Path, out: &Path) -> Result<()> {
    let bytes = read(component)?;
    let parts = manifest::split(&bytes).with_context(|| format!("cannot take {} apart", component.display()))?;
    output::make_folder(out)?;
    for part in parts {
        let path = out.join(format!("{}.wasm", part.name));
        output::write(&path, part.component)?;
        let size = output::size(part.component.len());
        match linked(part.component) {
            Some(modules) => output::say(format_args!(
                "{}: {size}, linked: {modules} of its core modules became one",
                path.display()
            )),
            None => output::say(format_args!("{}: {size}", path.display())),
        }
    }
    Ok(())
}

fn read(component: &Path) -> Result<Vec<u8>> {
    fs::read(component).with_context(|| format!("cannot read {}", component.display()))
}
