//! The edge: the only part that touches files, processes and the environment.

pub mod args;
mod build;
mod componentize;
mod compose;
mod copy;
mod failure;
mod files;
mod flame;
mod guests;
mod host;
mod imported;
mod inputs;
mod inspect;
mod interfaces;
pub mod interrupt;
mod late;
mod layout;
mod link;
mod modules;
mod namesakes;
mod observe;
pub mod output;
mod packages;
mod process;
pub mod refused;
mod sandbox;
mod scan;
mod stubs;
mod temporary;
mod unknown;
mod uses;
mod wasm32;
mod without;

use std::path::Path;

use anyhow::Result;
use composer::bundle::World;
use composer::observe::select::select;
use composer::{explain, python, reference, wit};

use args::{Cli, Command, Host, Inputs};

/// Does what was asked for.
pub fn run(cli: &Cli) -> Result<()> {
    let inputs = &cli.inputs;
    match &cli.command {
        Command::Build(args) => build::run(inputs, args),
        Command::Compose { app, out, raw, link, strip_names, files, observe, host } => {
            let linking = link.then(|| link::names(*strip_names));
            if *raw {
                anyhow::ensure!(
                    observe::request(observe)?.is_none(),
                    "an app of the raw world has no adapter and cannot be observed; leave out --raw, or the options about observing"
                );
                compose::unadapted(inputs, host, app, linking, out)
            } else {
                compose::run(inputs, host, app, linking, (observe, files.as_deref()), out)
            }
        }
        Command::Wit { out, host } => print_wit(inputs, host, out.as_deref()),
        Command::Explain { .. } if inputs.without.is_some() => without::explain(inputs, cli.json),
        Command::Explain { python: true, .. } => explain_python(inputs, cli.json),
        Command::Explain { pattern, host, .. } if host.host_wit.is_some() => {
            host::explain(inputs, host, pattern.as_deref(), cli.json)
        }
        Command::Explain { pattern, observe, except, .. } => {
            explain(inputs, pattern.as_deref(), cli.json, (observe, except))
        }
        Command::Stubs(args) => stubs::run(inputs, args),
        Command::Flame { file, request, out } => flame::run(file, *request, out),
        Command::Inspect { component } => inspect::run(component, cli.json),
        Command::Split { component, out } => inspect::split(component, out),
        Command::Docs { out } => {
            output::check_writable(out)?;
            output::write(out, reference::page(&inputs::world(inputs)?.world.plan).as_bytes())
        }
        Command::Rules { out, .. } => {
            let rules = inputs::first_rules(inputs)?;
            output::check_writable(out)?;
            output::write(out, rules.as_bytes())
        }
        Command::Guests { out, sources, glue_only, install } => guests::run(inputs, out, sources, *glue_only, *install),
    }
}

fn print_wit(inputs: &Inputs, host: &Host, out: Option<&Path>) -> Result<()> {
    let world = host::world(inputs, host)?.world;
    say_what_stays(&world);
    let Some(out) = out else {
        return output::print(&world.friendly.text);
    };
    output::make_folder(out)?;
    let deps = out.join("deps");
    output::make_folder(&deps)?;
    let files = wit::folder(&world.friendly)?;
    for (name, text) in &files {
        output::write(&out.join(name), text.as_bytes())?;
    }
    for path in output::entries(&deps)?.iter().filter(|path| !files.iter().any(|(name, _)| out.join(name) == **path)) {
        output::say(format_args!(
            "note: {} is of no package of this world, and tools would read it too; delete it if an earlier run wrote it",
            path.display()
        ));
    }
    Ok(())
}

/// Says why there is nothing to see of a world whose interfaces are all of other packages.
fn say_what_stays(world: &World) {
    let Some(interface) = world.raw.platform.first().filter(|_| world.plan.interfaces.is_empty()) else { return };
    let package = interface.split_once('/').map_or(interface.as_str(), |(package, _)| package);
    output::say(format_args!(
        "note: `{}` imports interfaces of other packages alone, such as `{interface}`: nothing is reshaped, and an app binds those that it imports, or all of them with --all-interfaces; a line `raw = \"{package}\"` under [package] reshapes those of that package",
        world.plan.world
    ));
}

/// Prints what the package changes in the bindings.
fn explain_python(inputs: &Inputs, json: bool) -> Result<()> {
    let plan = inputs::world(inputs)?.world.plan;
    let changes = python::changes(&plan, &inputs::modules(inputs, &plan)?);
    if json {
        output::print_json(&changes)?;
    } else {
        output::print(&python::text(&plan, &changes))?;
    }
    Ok(())
}

fn explain(
    inputs: &Inputs,
    pattern: Option<&str>,
    json: bool,
    (observe, except): (&[String], &[String]),
) -> Result<()> {
    let inputs::Loaded { world, shut, .. } = inputs::world(inputs)?;
    let mut explained = explain::explain(&world.plan, pattern);
    if !observe.is_empty() || !except.is_empty() {
        explained.mark(&select(&world, observe, except)?);
    }
    let is_empty = explained.items.is_empty() && explained.left_out.is_empty();
    if let Some(pattern) = pattern.filter(|_| is_empty && explained.others.is_empty()) {
        anyhow::bail!("nothing in {} matches `{pattern}`; `composer explain` prints all there is", world.plan.friendly);
    }
    if json {
        return output::print_json(&explained);
    }
    say_what_stays(&world);
    let mut text = explained.text();
    if is_empty {
        text.push_str("\nnothing of this package is imported or exported, so an app gets the world as it is\n");
    }
    if pattern.is_none() && !shut.is_empty() {
        text.push_str("\nbehind feature gates that are shut, and so not in this world (--features opens one)\n");
        shut.iter().for_each(|gated| text.push_str(&format!("  {}: {}\n", gated.path, gated.feature)));
    }
    output::print(&text)?;
    Ok(())
}
