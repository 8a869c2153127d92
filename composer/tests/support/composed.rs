//! Components of which every function is there and none does anything.

use composer::bundle::{Guests, World};
use composer::compose::compose;
use composer::host_compat::OnHost;
use composer::metadata::Metadata;
use composer::wit::{ADAPTER_WORLD, ENTRY_WORLD};

use super::dummy;
use super::scene::SMALL;

/// An app of dummy functions that imports and exports all that the friendly world has.
pub fn app(world: &World) -> Vec<u8> {
    dummy::component(&world.friendly.resolve, world.friendly.world("app").expect("the world of apps"))
}

/// Such an app with guests of dummy functions.
pub fn composed(on_host: &OnHost, app: &[u8]) -> Vec<u8> {
    let guest = |name| dummy::module(&SMALL.friendly.resolve, SMALL.friendly.world(name).expect("a guest's world"));
    let guests =
        Guests { adapter: guest(ADAPTER_WORLD), entry: guest(ENTRY_WORLD), observer: Vec::new(), files: Vec::new() };
    let guests = on_host.guests(&guests).expect("the guests are modules");
    let composed = compose(&on_host.world, &guests, app.to_vec(), &Metadata::new(&SMALL.rules.metadata));
    composed.unwrap_or_else(|error| panic!("{error}")).component
}
