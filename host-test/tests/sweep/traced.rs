//! The adapter of an app that imports all of its world, with an observer in it.

use std::path::Path;

use composer::compose::{Extras, compose_with};
use composer::manifest;
use composer::metadata::Metadata;
use composer::observe::{Request, Trace, What};
use composer::stub::{StubRules, stub};
use composer::wit::APP_WORLD;
use host_test::guests::{self, Component};
use indexmap::IndexMap;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};
use wit_component::DecodedWasm;

use crate::dummy;

/// The adapter of an app that imports all of the world, as it is where every function has a line in a trace.
pub fn traced(folder: &Path) -> Component {
    let bundle = guests::read(folder).unwrap_or_else(|error| panic!("{error}"));
    let world = bundle.world().unwrap_or_else(|error| panic!("{error}"));
    let friendly = &world.friendly;
    // An app that does nothing.
    let app = dummy::component(&friendly.resolve, friendly.world(APP_WORLD).expect("it has a world for apps"));
    let trace = What { trace: Some(Trace::default()), ..What::default() };
    let everything = ["*", "raw:*"].map(str::to_owned).to_vec();
    let request = Request { observe: everything, what: trace, ..Request::default() };
    let observed = Extras { observe: Some(&request), ..Extras::default() };
    let composed = compose_with(&world, &bundle.guests, app, &Metadata::default(), observed)
        .unwrap_or_else(|error| panic!("{error}"));
    let parts = manifest::split(&composed.component).expect("it was composed");
    let adapter = parts.iter().find(|part| part.name == "adapter").expect("it has an adapter");
    guests::on_script(world, &with_platform(adapter.component)).unwrap_or_else(|error| panic!("{error}"))
}

/// A component with stubs for what its observer has of WASI, which a script says nothing of.
fn with_platform(component: &[u8]) -> Vec<u8> {
    let decoded = wit_component::decode(component).expect("it is a component");
    let DecodedWasm::Component(resolve, world) = &decoded else { panic!("it is a component") };
    let imports = resolve.worlds[*world].imports.keys().map(|key| resolve.name_world_key(key));
    let platform: Vec<String> = imports.filter(|name| name.starts_with("wasi:")).collect();
    assert!(!platform.is_empty(), "it has no observer");
    let interfaces = platform.iter().map(|name| name.split('@').next().unwrap_or(name).to_owned()).collect();
    let closed = ("wasi:io/streams.stream-error".to_owned(), "closed".to_owned());
    let rules = StubRules { interfaces, errors: IndexMap::from([closed]) };
    let stubs = stub(&decoded, &platform, &rules).unwrap_or_else(|error| panic!("{error}"));

    let mut graph = CompositionGraph::new();
    let [stubs, observed] =
        [("test:stubs", stubs.component), ("test:observed", component.to_vec())].map(|(name, bytes)| {
            let package = Package::from_bytes(name, None, bytes, graph.types_mut()).expect("it is a component");
            graph.register_package(package).expect("its name is new")
        });
    plug(&mut graph, vec![stubs], observed).expect("the stubs have what it imports");
    graph.encode(EncodeOptions::default()).expect("it can be composed")
}
