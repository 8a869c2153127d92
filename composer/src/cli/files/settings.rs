//! What is asked for: options, and the same keys under `[tool.composer.files]` in the app's `pyproject.toml`.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use composer::rules::HostRules;
use serde::Deserialize;
use toml::Table;

use super::patterns::Patterns;
use crate::cli::args::FilesArgs;
use crate::cli::inputs;

/// How much can be written to `/tmp` unless somebody says so, in MiB.
const MAX_TMP_MIB: u32 = 32;

/// More than a memory has.
const TOO_MANY_MIB: u32 = 4096;

/// How much of the standard library goes in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stdlib {
    /// All of it.
    All,
    /// The modules that the app, its packages and what they import can still import.
    #[default]
    Reachable,
    /// Nothing.
    None,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Patterns of files that go in though they would be left out.
    pub include: Vec<String>,
    /// Patterns of files that are left out.
    pub exclude: Vec<String>,
    /// Whether what `.gitignore` files name is left out.
    pub gitignore: bool,
    /// How much of the standard library goes in.
    pub stdlib: Stdlib,
    /// How much can be written to `/tmp`, in MiB.
    pub max_tmp_mib: u32,
}

/// What a `pyproject.toml` has for this program.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Composer {
    files: Keys,
}

/// The keys. They are the options.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Keys {
    no_files: bool,
    include: Vec<String>,
    exclude: Vec<String>,
    gitignore: bool,
    stdlib: Option<Stdlib>,
    max_tmp_mib: Option<u32>,
}

/// What is asked for; nothing if the app is to have no files.
pub fn settings(args: &FilesArgs, app: &Path) -> Result<Option<Settings>> {
    let file = app.join("pyproject.toml");
    // An app that is built without files need not have settings that can be read.
    if args.no_files {
        return Ok(None);
    }
    let keys = if file.is_file() { read(&file)? } else { Keys::default() };
    if keys.no_files {
        return Ok(None);
    }
    let max_tmp_mib = args.max_tmp_mib.or(keys.max_tmp_mib).unwrap_or(MAX_TMP_MIB);
    if max_tmp_mib >= TOO_MANY_MIB {
        bail!("`max-tmp-mib` is {max_tmp_mib}, and a component has less than {TOO_MANY_MIB} MiB of memory; give less");
    }
    let settings = Settings {
        include: [keys.include, args.include.clone()].concat(),
        exclude: [keys.exclude, args.exclude.clone()].concat(),
        gitignore: args.gitignore || keys.gitignore,
        stdlib: args.stdlib.as_deref().map(stdlib).transpose()?.or(keys.stdlib).unwrap_or_default(),
        max_tmp_mib,
    };
    // A pattern that cannot be read is said before the app is built in vain.
    Patterns::new(app, &settings, &HostRules::default())?;
    Ok(Some(settings))
}

fn stdlib(text: &str) -> Result<Stdlib> {
    match text {
        "all" => Ok(Stdlib::All),
        "reachable" => Ok(Stdlib::Reachable),
        "none" => Ok(Stdlib::None),
        _ => Err(anyhow!("--stdlib `{text}` is no part of the standard library; it is `all`, `reachable` or `none`")),
    }
}

fn read(file: &Path) -> Result<Keys> {
    let unread = |error: toml::de::Error| anyhow!("cannot read {}: {}", file.display(), error.to_string().trim_end());
    let table: Table = inputs::read_text(file)?.parse().map_err(unread)?;
    let tool = table.get("tool").and_then(|tool| tool.get("composer")).cloned();
    let Some(composer) = tool else { return Ok(Keys::default()) };
    let composer: Composer = composer
        .try_into()
        .map_err(|error: toml::de::Error| anyhow!("{}", error.to_string().trim_end()))
        .with_context(|| format!("cannot use `[tool.composer]` of {}", file.display()))?;
    Ok(composer.files)
}
