//! What is there before each case of `composer stubs` runs.

use composer::python::stubs::archive;
use sha2::{Digest as _, Sha256};

use super::dummy;
use super::scene::Scene;
use super::scenes::Prepared;

/// The stubs of the small world's stores.
const STORE: &str = "stubs/wit_world/imports/store.pyi";

/// The small world's stubs, as they should be.
pub fn stubs(scene: &mut Scene) -> Prepared {
    scene.world();
    scene.stubs();
    Ok(())
}

/// Stubs with lines of somebody's own: at the start, in a class and at the end of a file.
pub fn stubs_with_lines(scene: &mut Scene) -> Prepared {
    stubs(scene)?;
    let mine = |indent: &str, line: &str| format!("{indent}# keep\n{indent}{line}\n{indent}# end keep\n");
    scene.edit(STORE, |text| {
        let text =
            text.replace("\nclass Handle", &format!("{}\nclass Handle", mine("", "from json import loads as loads")));
        format!("{text}{}{}", mine("    ", "def mine(self) -> int: ..."), mine("", "LIMIT: int"))
    });
    Ok(())
}

pub fn stubs_stale(scene: &mut Scene) -> Prepared {
    stubs(scene)?;
    scene.edit(STORE, |text| text.replace("key: str", "key: bytes"));
    scene.remove("stubs/acme/py.typed");
    scene.remove("stubs/wit_world/imports/clock.pyi");
    Ok(())
}

pub fn stubs_on_hosts(scene: &mut Scene) -> Prepared {
    super::hosts::hosts(scene)?;
    scene.stubs();
    Ok(())
}

pub fn stubs_by_hand(scene: &mut Scene) -> Prepared {
    stubs(scene)?;
    scene.edit(STORE, |text| text + "LIMIT: int\n");
    Ok(())
}

pub fn stubs_of_somebody(scene: &mut Scene) -> Prepared {
    scene.world();
    scene.file("stubs/acme/__init__.pyi", "LIMIT: int\n");
    Ok(())
}

pub fn stubs_keep_open(scene: &mut Scene) -> Prepared {
    stubs(scene)?;
    scene.edit(STORE, |text| text + "# keep\nLIMIT: int\n");
    Ok(())
}

/// Lines in a file that plain stubs have not.
pub fn stubs_keep_without_file(scene: &mut Scene) -> Prepared {
    stubs(scene)?;
    scene.edit("stubs/acme/__init__.pyi", |text| text + "# keep\nLIMIT: int\n# end keep\n");
    Ok(())
}

pub fn stubs_manifest_damaged(scene: &mut Scene) -> Prepared {
    stubs(scene)?;
    scene.edit("stubs/.composer-stubs.json", |_| "what".to_owned());
    Ok(())
}

/// A folder that says of files outside that they were written with it.
fn stubs_outside(scene: &mut Scene, name: &str) -> Prepared {
    stubs(scene)?;
    scene.file("victim.txt", "precious");
    let digest: String = Sha256::digest("precious").iter().map(|byte| format!("{byte:02x}")).collect();
    scene.edit("stubs/.composer-stubs.json", |_| format!(r#"{{"files":{{"{name}":"{digest}"}}}}"#));
    Ok(())
}

pub fn stubs_above(scene: &mut Scene) -> Prepared {
    stubs_outside(scene, "../victim.txt")
}

pub fn stubs_elsewhere(scene: &mut Scene) -> Prepared {
    let folder = scene.path("").canonicalize().map_err(|error| error.to_string())?;
    stubs_outside(scene, &folder.join("victim.txt").display().to_string())
}

pub fn stubs_link(scene: &mut Scene) -> Prepared {
    stubs_outside(scene, "there/victim.txt")?;
    scene.file("elsewhere/victim.txt", "precious");
    link("../elsewhere", &scene.path("stubs/there"))
}

pub fn stubs_over_link(scene: &mut Scene) -> Prepared {
    scene.world();
    scene.file("stubs/wit_world/py.typed", "");
    scene.file("victim.txt", "");
    link("../../victim.txt", &scene.path("stubs/wit_world/__init__.pyi"))
}

#[cfg(unix)]
fn link(to: &str, at: &std::path::Path) -> Prepared {
    std::os::unix::fs::symlink(to, at).map_err(|error| error.to_string())
}

#[cfg(not(unix))]
fn link(_: &str, _: &std::path::Path) -> Prepared {
    Err("there are no links here".to_owned())
}

/// A component with these files for stubs.
fn stubs_of_component(scene: &mut Scene, names: &[&str]) -> Prepared {
    let mut component = dummy::of_wit("package a:b; world c { export run: func(); }");
    let files = names.iter().map(|name| ((*name).to_owned(), String::new())).collect();
    archive::add(&mut component, &files).map_err(|error| error.to_string())?;
    scene.file("app.wasm", component);
    Ok(())
}

pub fn stubs_with_hook(scene: &mut Scene) -> Prepared {
    stubs_of_component(scene, &["wit_world/__init__.pyi", ".git/hooks/pre-commit"])
}

pub fn stubs_with_escape(scene: &mut Scene) -> Prepared {
    stubs_of_component(scene, &["wit_world/\u{1b}[2J.pyi"])
}

pub fn stubs_with_test(scene: &mut Scene) -> Prepared {
    stubs_of_component(scene, &["package/__init__.pyi", "package/conftest.py"])
}

pub fn stubs_among_own(scene: &mut Scene) -> Prepared {
    scene.file("stubs/package/mine.py", "");
    stubs_of_component(scene, &["package/__init__.pyi", "package/theirs.py"])
}
