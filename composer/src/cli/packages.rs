//! The packages of an app: where they are listed, how they are installed, and what of them goes into the component.

mod compiled;
mod install;
mod origin;
mod project;
mod site;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::args::BuildArgs;
use super::copy;
use super::layout::Layout;
use compiled::MissingFunction;
use install::{Installed, install};
use origin::Origin;
use site::Site;

/// The packages of an app, in folders of the build's own.
#[derive(Debug, Default)]
pub struct Packages {
    /// The folders, in the order of the path.
    pub roots: Vec<PathBuf>,
    /// Name and version of each.
    pub distributions: BTreeMap<String, String>,
    losses: Vec<MissingFunction>,
}

impl Packages {
    /// Finds or installs the packages of an app, with the Python of the build.
    pub fn gather(args: &BuildArgs, layout: &Layout, python: &Path, scratch: &Path) -> Result<Self> {
        let Some(origin) = Origin::choose(args)? else { return Ok(Self::default()) };
        let (folder, site) = match &origin {
            Origin::Environment(environment) => {
                let site = Site::look(&environment.folder, python, scratch)?;
                environment.tell(&site);
                (environment.folder.clone(), site)
            }
            Origin::Listed(listed) => {
                let Installed { folder, pure } = install(listed, python, scratch)?;
                let site = Site::look(&folder, python, scratch)?;
                compiled::refuse(&site.lost, listed, &pure)?;
                (folder, site)
            }
        };
        compiled::tell(&site.lost);
        let roots = copied(&folder, &site, layout, &scratch.join("packages"))?;
        Ok(Self { roots, distributions: site.distributions, losses: site.lost })
    }

    /// What to do about the import that a traceback ends with, if it is of a compiled module that a package has lost.
    pub fn advice(&self, traceback: &str) -> Option<String> {
        compiled::advice(&self.losses, traceback)
    }
}

/// Copies what goes on the path: the installed packages, then the folders and modules that these only point to.
fn copied(folder: &Path, site: &Site, layout: &Layout, to: &Path) -> Result<Vec<PathBuf>> {
    let mut roots = vec![to.join("installed")];
    let is_left_out = |path: &Path| {
        let is_tool = || site.leave_out.iter().any(|name| path == folder.join(name));
        copy::is_byte_code(path) || compiled::is_native(path) || is_tool()
    };
    copy::tree(folder, &to.join("installed"), &is_left_out)?;
    let is_no_module = |path: &Path| copy::is_no_source(path) || compiled::is_native(path);
    // What the app has on its path as it is needs no second place there.
    let is_apps_own = |path: &Path| layout.roots.iter().any(|root| is_same(root, path));
    for (number, path) in site.paths.iter().filter(|path| !is_apps_own(path)).enumerate() {
        let root = to.join(format!("linked-{number}"));
        copy::tree(path, &root, &is_no_module)?;
        roots.push(root);
    }
    let modules = to.join("modules");
    for (name, path) in site.modules.iter().filter(|(_, path)| !path.parent().is_some_and(is_apps_own)) {
        let target = modules.join(name.replace('.', "/"));
        let target = if path.is_dir() { target } else { target.with_extension("py") };
        copy::either(path, &target, &is_no_module).with_context(|| format!("cannot take in the module {name}"))?;
    }
    if modules.is_dir() {
        roots.push(modules);
    }
    Ok(roots)
}

fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().ok().is_some_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}
