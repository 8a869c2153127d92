//! The worlds of the friendly package, and the interface between adapter and entry.

use std::collections::BTreeSet;

use wit_encoder as wit;

use super::idents::{ident, path};
use super::{ADAPTER_WORLD, APP_WORLD, BRIDGE, ENTRY_WORLD, host_export, qualified, raw_interface};
use crate::plan::{Disposition, Interface, Plan, TypePath, lend, lending, lent, take_back};

/// `wrap-request: func(raw: raw-request) -> request` for each resource that an export is given.
pub(super) fn bridge(plan: &Plan) -> wit::Interface {
    let mut interface = wit::Interface::new(BRIDGE);
    interface.set_docs(Some(
        "Wraps the raw resources that the host calls the app with. The entry imports it; apps have no use for it.",
    ));
    let mut uses = Vec::new();
    for wrap in &plan.bridge {
        let raw_name = format!("raw-{}", wrap.local);
        let mut raw = wit::Use::new(path(&raw_interface(plan, &wrap.raw.interface)));
        raw.item(ident(&wrap.raw.name), Some(wit::Ident::new(raw_name.clone())));
        let mut friendly = wit::Use::new(ident(&wrap.friendly.interface));
        let alias = (wrap.local != wrap.friendly.name).then(|| wit::Ident::new(ident(&wrap.local)));
        friendly.item(ident(&wrap.friendly.name), alias);
        uses.extend([raw, friendly]);
        let mut function = wit::StandaloneFunc::new(wrap.name.clone(), false);
        let mut params = wit::Params::empty();
        params.push("raw", wit::Type::named(raw_name));
        function.set_params(params);
        function.set_result(Some(wit::Type::named(ident(&wrap.local))));
        function.set_docs(Some(format!("Wraps a raw `{}`.", wrap.local)));
        interface.function(function);
    }
    uses.into_iter().for_each(|used| interface.use_(used));
    interface
}

/// `lend-body: func(body: borrow<body>) -> option<raw-body>` and `take-back-body: func(body: borrow<body>, raw: raw-body)`
/// for each resource whose methods move many bytes.
pub(super) fn lends(plan: &Plan, from: &Interface) -> Option<wit::Interface> {
    if from.bulk.is_empty() {
        return None;
    }
    let mut interface = wit::Interface::new(lending(&from.name));
    interface.set_docs(Some(format!(
        "Lends the raw handles of `{}` to what calls the host by itself with many bytes. Apps have no use for it.",
        from.name
    )));
    for resource in from.lends() {
        let Some(wrapper) = plan.wrapper(&TypePath::friendly(&from.name, resource)) else { continue };
        let raw = lent(resource);
        let mut foreign = wit::Use::new(path(&raw_interface(plan, &wrapper.holds.interface)));
        foreign.item(ident(&wrapper.holds.name), Some(wit::Ident::new(raw.clone())));
        let mut own = wit::Use::new(ident(&from.name));
        own.item(ident(resource), None);
        interface.use_(foreign);
        interface.use_(own);

        let mut params = wit::Params::empty();
        params.push("of", wit::Type::borrow(ident(resource)));
        let mut function = wit::StandaloneFunc::new(lend(resource), false);
        function.set_params(params.clone());
        function.set_result(Some(wit::Type::option(wit::Type::named(raw.clone()))));
        function.set_docs(Some(format!("Lends what a `{resource}` holds; none where it holds nothing.")));
        interface.function(function);

        params.push("raw", wit::Type::named(raw));
        let mut function = wit::StandaloneFunc::new(take_back(resource), false);
        function.set_params(params);
        function.set_docs(Some(format!("Puts what was lent back into the `{resource}` that it was lent from.")));
        interface.function(function);
    }
    Some(interface)
}

/// What the app binds: every interface of the world, adapted or direct, and its own exports.
pub(super) fn app(plan: &Plan, only: Option<&BTreeSet<String>>) -> wit::World {
    let mut world = wit::World::new(APP_WORLD);
    world.set_docs(Some(about(plan, only)));
    for interface in plan.interfaces.iter().filter(|interface| only.is_none_or(|only| only.contains(&interface.name))) {
        world.named_interface_import(match interface.disposition {
            Disposition::Adapted => ident(&interface.name),
            Disposition::Direct => path(&qualified(&plan.raw, &interface.name)),
        });
    }
    for other in only.into_iter().flatten().filter(|name| name.contains('/')) {
        world.named_interface_import(path(other));
    }
    for export in &plan.exports {
        world.named_interface_export(match export.disposition {
            Disposition::Adapted => ident(&export.name),
            Disposition::Direct => path(&host_export(plan, export)),
        });
    }
    world
}

/// What the app's world says of itself: what else there is to import, where it is all that there is.
fn about(plan: &Plan, only: Option<&BTreeSet<String>>) -> String {
    let mut docs = "What an app imports, and what it exports.".to_owned();
    let others: Vec<_> = plan.other_interfaces().map(|name| format!("- `{name}`")).collect();
    if only.is_none() && !others.is_empty() {
        docs.push_str("\n\nIt can also import these of other packages, as the host has them:\n");
        docs.push_str(&others.join("\n"));
    }
    docs
}

pub(super) fn adapter(plan: &Plan) -> wit::World {
    let mut world = wit::World::new(ADAPTER_WORLD);
    world.set_docs(Some("The adapter: the raw world in, the friendly one out."));
    for interface in &plan.interfaces {
        world.named_interface_import(path(&qualified(&plan.raw, &interface.name)));
    }
    for interface in plan.interfaces.iter().filter(|interface| interface.disposition == Disposition::Adapted) {
        world.named_interface_export(ident(&interface.name));
        if !interface.bulk.is_empty() {
            world.named_interface_export(lending(&interface.name));
        }
    }
    if !plan.bridge.is_empty() {
        world.named_interface_export(BRIDGE);
    }
    world
}

pub(super) fn entry(plan: &Plan) -> wit::World {
    let mut world = wit::World::new(ENTRY_WORLD);
    world.set_docs(Some("The entry: called by the host with raw resources, it calls the app with friendly ones."));
    if !plan.bridge.is_empty() {
        world.named_interface_import(BRIDGE);
    }
    for export in plan.adapted_exports() {
        world.named_interface_import(ident(&export.name));
        world.named_interface_export(path(&host_export(plan, export)));
    }
    world
}
