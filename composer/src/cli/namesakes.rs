//! Modules with a name that the build needs: they would hide the bindings, or the package that goes with them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use composer::python::BINDINGS;

use super::output;

/// What the generator of the bindings writes beside them begins so.
const GENERATED: &str = "componentize_py_";

/// Passes by what somebody has generated, and says so; refuses what hides the package, which an app may do without.
/// `packages` are folders of the build's own.
pub fn settle(roots: &[PathBuf], packages: &[PathBuf], package: Option<&str>) -> Result<()> {
    for root in roots {
        for path in output::entries(root)?.iter().filter(|path| is_generated(path, roots)) {
            output::say(format_args!("passing {} by: the build makes the bindings itself", path.display()));
        }
    }
    for path in packages.iter().map(|folder| output::entries(folder)).collect::<Result<Vec<_>>>()?.iter().flatten() {
        if is_generated(path, packages) {
            output::say(format_args!(
                "passing {} of the app's packages by: the build makes the bindings itself",
                name(path)
            ));
            remove(path)?;
        }
    }
    let Some(package) = package else { return Ok(()) };
    for root in roots {
        let names = [package.to_owned(), format!("{package}.py")];
        if let Some(path) = names.iter().map(|name| root.join(name)).find(|path| path.exists()) {
            bail!(
                "{} would hide the package `{package}` that goes with the bindings; give it another name, or do without the package with --plain",
                path.display()
            );
        }
    }
    let found =
        packages.iter().any(|folder| folder.join(package).exists() || folder.join(format!("{package}.py")).exists());
    if found {
        bail!(
            "the app's packages have a `{package}`, which would hide the package that goes with the bindings; take it out of them, or do without ours with --plain"
        );
    }
    Ok(())
}

/// Whether it is called, in one of these folders, as the bindings are or what is generated beside them.
pub fn is_generated(path: &Path, roots: &[PathBuf]) -> bool {
    let name = name(path);
    let module = name.split('.').next().unwrap_or_default();
    let is_module = name == module || name == format!("{module}.py") || name == format!("{module}.pyi");
    let is_ours = module == BINDINGS || module.starts_with(GENERATED);
    is_module && is_ours && path.parent().is_some_and(|parent| roots.iter().any(|root| root == parent))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.with_context(|| format!("cannot remove {}", path.display()))
}
