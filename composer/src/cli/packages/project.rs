//! What a `pyproject.toml` says that its project depends on.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use toml::{Table, Value};

/// The requirements of a project, and of groups of them; none where the file says nothing of dependencies.
pub fn requirements(file: &Path, groups: &[String]) -> Result<Option<Vec<String>>> {
    if !file.is_file() {
        return match groups {
            [] => Ok(None),
            [group, ..] => bail!("there is no {} with a dependency group `{group}`", file.display()),
        };
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let unread = |error: toml::de::Error| anyhow!("cannot read {}: {}", file.display(), error.to_string().trim_end());
    let table: Table = text.parse().map_err(unread)?;
    let own = of_project(&table).with_context(|| format!("cannot install what {} lists", file.display()))?;
    if own.is_none() && groups.is_empty() {
        return Ok(None);
    }
    let mut requirements = own.unwrap_or_default();
    for group in groups {
        requirements.extend(
            of_group(&table, group, &[]).with_context(|| format!("cannot install what {} lists", file.display()))?,
        );
    }
    refuse_sources(&table, &requirements, file)?;
    Ok(Some(requirements))
}

/// Says so where a project lists what it depends on only as Poetry reads it.
pub fn hint(file: &Path) -> Option<String> {
    let table: Table = std::fs::read_to_string(file).ok()?.parse().ok()?;
    let poetry = table.get("tool")?.get("poetry")?.get("dependencies")?.as_table()?;
    let others = poetry.keys().filter(|name| *name != "python").count();
    (others > 0).then(|| {
        format!(
            "{} lists packages in `tool.poetry`, which only Poetry reads; have them in `[project] dependencies`, or in an environment and give --virtualenv",
            file.display()
        )
    })
}

fn of_project(table: &Table) -> Result<Option<Vec<String>>> {
    let Some(project) = table.get("project").and_then(Value::as_table) else { return Ok(None) };
    let is_dynamic = project
        .get("dynamic")
        .and_then(Value::as_array)
        .is_some_and(|names| names.iter().any(|name| name.as_str() == Some("dependencies")));
    if is_dynamic {
        bail!(
            "its dependencies are `dynamic`, which only a build of the project tells; give --requirements, or --virtualenv with the project installed"
        );
    }
    project.get("dependencies").map(|listed| strings(listed, "project.dependencies")).transpose()
}

/// A group, and those that it includes; `within` has the groups that include it.
fn of_group(table: &Table, name: &str, within: &[&str]) -> Result<Vec<String>> {
    let groups = table.get("dependency-groups").and_then(Value::as_table);
    let found = groups.and_then(|groups| groups.iter().find(|(key, _)| normal(key) == normal(name)));
    let Some((_, Value::Array(items))) = found else {
        let names: Vec<_> = groups.into_iter().flat_map(Table::keys).map(String::as_str).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        bail!("there is no dependency group `{name}`; it has {names}");
    };
    if within.iter().any(|outer| normal(outer) == normal(name)) {
        bail!("the dependency group `{name}` includes itself");
    }
    let mut requirements = Vec::new();
    for item in items {
        let included = item.as_table().and_then(|item| item.get("include-group")).and_then(Value::as_str);
        if let Some(requirement) = item.as_str() {
            requirements.push(requirement.to_owned());
        } else if let Some(included) = included {
            requirements.extend(of_group(table, included, &[within, &[name]].concat())?);
        } else {
            bail!("the dependency group `{name}` has {item}, which is neither a requirement nor an `include-group`");
        }
    }
    Ok(requirements)
}

/// Where uv takes a package from is nothing that pip reads; another package of that name may be in the index.
fn refuse_sources(table: &Table, requirements: &[String], file: &Path) -> Result<()> {
    let sources = ["tool", "uv", "sources"].into_iter().try_fold(table, |at, key| at.get(key)?.as_table());
    let named: Vec<_> = requirements.iter().map(|requirement| normal(package(requirement))).collect();
    let Some(source) = sources.into_iter().flat_map(Table::keys).find(|name| named.contains(&normal(name))) else {
        return Ok(());
    };
    bail!(
        "{} takes `{source}` from `tool.uv.sources`, which only uv reads; run `uv sync` there, and the build takes the packages of its .venv",
        file.display()
    )
}

/// The package that a requirement names.
fn package(requirement: &str) -> &str {
    let requirement = requirement.trim();
    let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    requirement.get(..end.unwrap_or(requirement.len())).unwrap_or_default()
}

/// Packages and groups are called the same however their names are spelled.
fn normal(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

fn strings(value: &Value, what: &str) -> Result<Vec<String>> {
    let wrong = || anyhow!("`{what}` is not a list of requirements, each a string such as \"flask>=3\"");
    let items = value.as_array().ok_or_else(wrong)?;
    items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}
