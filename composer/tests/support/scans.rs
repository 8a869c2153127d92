//! Python apps that a look at their sources, or at what the host calls, refuses.

use super::scene::Scene;
use super::scenes::python;

type Prepared = Result<(), String>;

const IMPORTS: &str = "from wit_world import exports\nfrom wit_world.imports import http_body, http_req, http_resp\n";

const CLASS: &str = "

class HttpIncoming(exports.HttpIncoming):
    def handle(self, request, body):
        http_resp.Response().send_downstream(http_body.Body())
";

fn app(scene: &mut Scene, source: &str) -> Prepared {
    python(scene)?;
    scene.file("app/main.py", source);
    Ok(())
}

pub fn unknown_names(scene: &mut Scene) -> Prepared {
    let more = "from wit_world.imports import compute_runtime, kv_store, types\nfrom fastly_py import NotFoundd\n";
    app(scene, &format!("{IMPORTS}{more}from helper import answer\n{CLASS}        answer(request)\n"))?;
    let helper = "from wit_world.imports import compute_runtime, http_req, kv_store, types\n\n\n\
                  def answer(request):\n    \
                      http_req.Request.new()\n    \
                      compute_runtime.get_vcpu_ms()\n    \
                      kv_store.Store.isnert(request)\n    \
                      kv_store.Nothing_Like_This\n    \
                      types.IpAddress_Ipv4\n    \
                      hasattr(kv_store, 'later') and kv_store.later()\n";
    scene.file("app/helper.py", helper);
    // Nobody imports it.
    scene.file("app/tests.py", "from wit_world.imports import kv_store, no_such_thing\nkv_store.nothing_like_this\n");
    Ok(())
}

pub fn async_handle(scene: &mut Scene) -> Prepared {
    app(scene, &format!("{IMPORTS}{}", CLASS.replace("def handle", "async def handle")))
}

pub fn wrong_parameters(scene: &mut Scene) -> Prepared {
    app(scene, &format!("{IMPORTS}{}", CLASS.replace(", body)", ")")))
}

pub fn packages_hide_package(scene: &mut Scene) -> Prepared {
    python(scene)?;
    scene.file("env/lib/python3.14/site-packages/fastly_py/__init__.py", "");
    Ok(())
}
