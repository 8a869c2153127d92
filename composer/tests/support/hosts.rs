//! Hosts that have an older or a newer raw world than the guests, and apps for them.

use composer::read::RawWorld;
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::Resolve;

use super::host::WORLD;
use super::repository;
use super::scene::Scene;
use super::scenes::{fine, python};

type Prepared = Result<(), String>;

/// The raw world of a WIT text.
pub fn raw(wit: &str, world: &str) -> RawWorld {
    let mut resolve = Resolve::default();
    resolve.push_source("host.wit", wit).unwrap_or_else(|error| panic!("{error:#}\n{wit}"));
    composer::read::read(resolve, world, None).unwrap_or_else(|error| panic!("{error}"))
}

/// A host of the small world's time before or after.
pub fn small(name: &str) -> String {
    let path = repository("fixtures/cli").join(name).join("raw.wit");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The real host without some of its functions, which have these names, and interfaces.
pub fn without(functions: &[&str], interfaces: &[&str]) -> RawWorld {
    let mut raw = WORLD.raw.clone();
    let gone: Vec<_> =
        raw.imports.iter().copied().filter(|id| interfaces.contains(&raw.interface_name(*id).as_str())).collect();
    assert_eq!(gone.len(), interfaces.len(), "{interfaces:?} are interfaces of the host");
    let count =
        |raw: &RawWorld| raw.imports.iter().map(|id| raw.resolve.interfaces[*id].functions.len()).sum::<usize>();
    let before = count(&raw);
    for id in raw.imports.clone() {
        raw.resolve.interfaces[id].functions.retain(|name, _| !functions.contains(&name.as_str()));
    }
    assert_eq!(before - count(&raw), functions.len(), "{functions:?} are functions of the host, each of one interface");
    raw.resolve.packages[raw.package].interfaces.retain(|_, id| !gone.contains(id));
    for (_, world) in raw.resolve.worlds.iter_mut() {
        world.imports.retain(|key, _| !matches!(key, wit_parser::WorldKey::Interface(id) if gone.contains(id)));
    }
    // What was taken out is still somewhere inside; what it says as WIT is a world that never had it.
    let wit = wit_component::encode(&raw.resolve, raw.package, false).expect("it is WIT");
    let DecodedWasm::WitPackage(resolve, _) = wit_component::decode(&wit).expect("it was encoded") else {
        panic!("WIT becomes a component");
    };
    composer::read::read(resolve, &WORLD.plan.world, None).unwrap_or_else(|error| panic!("{error}"))
}

/// A raw world as the files of a WIT folder.
pub fn files(raw: &RawWorld) -> Vec<(String, String)> {
    let packages = raw.resolve.packages.iter().map(|(id, package)| {
        let name = package.name.to_string().replace([':', '@'], "-");
        let mut printer = WitPrinter::default();
        printer.print(&raw.resolve, id, &[]).unwrap_or_else(|error| panic!("{error:#}"));
        let folder = if id == raw.package { String::new() } else { format!("deps/{name}/") };
        (format!("{folder}{name}.wit"), printer.output.to_string())
    });
    packages.collect()
}

pub fn hosts(scene: &mut Scene) -> Prepared {
    scene.world();
    for name in ["older", "newer"] {
        scene.file(&format!("{name}/raw.wit"), small(name));
    }
    Ok(())
}

pub fn host_of_another_package(scene: &mut Scene) -> Prepared {
    hosts(scene)?;
    scene.file("older/raw.wit", small("older").replace("package acme:raw@1.1.0", "package acme:raw@2.0.0"));
    Ok(())
}

pub fn host_calls_otherwise(scene: &mut Scene) -> Prepared {
    hosts(scene)?;
    scene.file(
        "older/raw.wit",
        small("older").replace("handle: func(request: request)", "handle: func(body: list<u8>)"),
    );
    Ok(())
}

/// An app that fits the world that the guests were built for.
pub fn fine_on_hosts(scene: &mut Scene) -> Prepared {
    hosts(scene)?;
    fine(scene)
}

/// An app that was built against the friendly world of the older host.
pub fn modest(scene: &mut Scene) -> Prepared {
    hosts(scene)?;
    scene.other_app(
        "package local:app;
         world app { import acme:friendly/store@1.2.0; export acme:friendly/incoming@1.2.0; }
         package acme:friendly@1.2.0 {
           interface types { enum error { lost, value-too-large, already-consumed } }
           interface http {
             use types.{error};
             resource request { send: func() -> result<u16, error>; }
           }
           interface store {
             use types.{error};
             resource handle { open: static func(name: string) -> result<handle, error>; }
           }
           interface incoming { use http.{request}; handle: func(request: request); }
         }",
    );
    Ok(())
}

/// The real host, as it may have been: functions, a setter of a placeholder and an interface are not there yet.
fn real(scene: &mut Scene, app: &str) -> Prepared {
    python(scene)?;
    let functions = [
        "downstream-visits-this-pop",
        "[method]request.get-version",
        "[static]extra-cache-override-details.new",
        "[method]extra-cache-override-details.set-lookup-timeout",
    ];
    for (name, text) in files(&without(&functions, &["image-optimizer"])) {
        scene.file(&format!("older/{name}"), text);
    }
    scene.file("app/main.py", app);
    Ok(())
}

const CLASS: &str = "

class HttpIncoming(exports.HttpIncoming):
    def handle(self, request, body):
        answer = http_resp.Response()
        answer.get_version()
        answer.send_downstream(http_body.Body())
";

pub fn older_python(scene: &mut Scene) -> Prepared {
    let imports = "from wit_world import exports\nfrom wit_world.imports import http_body, http_req, http_resp\n";
    real(scene, &format!("{imports}{CLASS}"))
}

pub fn older_python_uses_lost(scene: &mut Scene) -> Prepared {
    let imports = "from wit_world import exports\nfrom wit_world.imports import http_body, http_req, http_resp\n\
                   from wit_world.imports import http_downstream as downstream, image_optimizer\n";
    let uses = "        http_req.Request.get_version(request)\n        \
                options = http_req.CacheOverrideDetails()\n        \
                options.set_lookup_timeout(0.5)\n        \
                downstream.visits_this_pop()\n";
    real(scene, &format!("{imports}{CLASS}{uses}"))
}
