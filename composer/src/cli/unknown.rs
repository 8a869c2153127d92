//! Names of the bindings that an app uses and that do not exist: refused, with what they are called here.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use composer::host_compat::OnHost;
use composer::renamed::{Renamed, Renaming};

use super::scan::{Missing, Scan};

/// Refuses an app that uses a name which does not exist. What only this host lacks is not told here.
pub fn check(on_host: &OnHost, scan: &Scan) -> Result<()> {
    let missing = &on_host.missing;
    let functions = missing.functions.iter().map(|loss| loss.python.as_str());
    let lost: BTreeSet<&str> = functions.chain(missing.types.iter().map(|ty| ty.python.as_str())).collect();
    let renaming = Renaming::new(&on_host.world.plan);
    let missing = scan.missing.iter().filter(|missing| !lost.contains(missing.name.as_str()));
    let lines: Vec<String> = missing.map(|missing| line(missing, &renaming)).collect();
    if lines.is_empty() {
        return Ok(());
    }
    bail!(
        "the app uses names that do not exist; correct them, `composer stubs` writes what there is\n{}",
        lines.join("\n")
    )
}

fn line(missing: &Missing, renaming: &Renaming) -> String {
    let Missing { file, line, name, near } = missing;
    let hint = match (renaming.find(name), near) {
        (Some(Renamed::To(names)), _) => {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("; the raw one is {} here", names.join(" or "))
        }
        (Some(Renamed::LeftOut(reason)), _) => format!("; it is left out: {reason}"),
        (None, Some(near)) => format!("; there is `{near}`"),
        (None, None) => String::new(),
    };
    format!("  {file}:{line}: there is no `{name}`{hint}")
}
