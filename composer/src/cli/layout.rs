//! Where an app's modules are: the folders that go on its path, and the module that the build starts from.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// How many modules a message lists.
const MOST_LISTED: usize = 8;

/// The layout of an app's folder.
#[derive(Debug)]
pub struct Layout {
    /// The file of the entry module.
    pub entry_file: PathBuf,
    /// The folders of its modules, first the one that has the entry: the app's own, and `src` in it if there is one.
    pub roots: Vec<PathBuf>,
}

impl Layout {
    /// Finds the entry, `main` or `package.module`, in an app's folder.
    pub fn find(app: &Path, entry: &str) -> Result<Self> {
        check_folder(app, entry)?;
        check_name(entry)?;
        let mut roots = vec![app.to_owned()];
        let src = app.join("src");
        // With an `__init__.py` it is a package called `src`, and its modules are in that package.
        if src.is_dir() && !src.join("__init__.py").is_file() {
            roots.push(src);
        }
        let Some((at, entry_file)) =
            roots.iter().enumerate().find_map(|(at, root)| Some((at, module_file(root, entry)?)))
        else {
            bail!(
                "{} has no {}.py{}; name the module that the app starts from with --entry",
                app.display(),
                entry.replace('.', "/"),
                listed(&roots)
            );
        };
        roots[..=at].rotate_right(1);
        Ok(Self { entry_file, roots })
    }
}

fn check_folder(app: &Path, entry: &str) -> Result<()> {
    if app.is_dir() {
        return Ok(());
    }
    if let (true, Some(stem), Some(folder)) = (app.is_file(), app.file_stem(), app.parent()) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        bail!(
            "{} is a file; name its folder, and the module with --entry: `composer build {} --entry {}`",
            app.display(),
            folder.display(),
            stem.display()
        );
    }
    bail!("{} is not a folder; name the folder of the app, which holds {entry}.py", app.display());
}

/// A path is often given where a module's name is wanted.
fn check_name(entry: &str) -> Result<()> {
    let is_part = |part: &str| {
        part.chars().all(|c| c == '_' || c.is_alphanumeric()) && part.chars().next().is_some_and(|c| !c.is_numeric())
    };
    let is_path = entry.ends_with(".py") || entry.contains(['/', '\\']);
    if !is_path && entry.split('.').all(is_part) {
        return Ok(());
    }
    let name = entry.trim_start_matches("./").trim_end_matches(".py").replace(['/', '\\'], ".");
    let name = name.strip_prefix("src.").unwrap_or(&name);
    let advice = if is_path && name.split('.').all(is_part) { format!(": `--entry {name}`") } else { String::new() };
    bail!("`{entry}` is not the name of a module; --entry takes a name such as `main` or `shop.main`{advice}");
}

/// The file of a module below a folder.
fn module_file(root: &Path, name: &str) -> Option<PathBuf> {
    let path = root.join(name.replace('.', "/"));
    [path.with_extension("py"), path.join("__init__.py")].into_iter().find(|file| file.is_file())
}

/// The modules and packages that there are instead.
fn listed(roots: &[PathBuf]) -> String {
    let entries = roots.iter().filter_map(|root| std::fs::read_dir(root).ok()).flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| importable(&entry.path())).collect();
    names.sort();
    names.dedup();
    let more = if names.len() > MOST_LISTED { ", …" } else { "" };
    names.truncate(MOST_LISTED);
    if names.is_empty() { String::new() } else { format!(" (it has {}{more})", names.join(", ")) }
}

fn importable(path: &Path) -> Option<String> {
    let is_module = path.is_file() && path.extension().is_some_and(|extension| extension == "py");
    let is_package = path.join("__init__.py").is_file();
    let name = if is_module { path.file_stem() } else { path.file_name().filter(|_| is_package) };
    name.map(|name| name.to_string_lossy().into_owned())
}
