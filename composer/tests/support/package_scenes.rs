//! Apps with packages: what is there before a build.

use super::scene::Scene;
use super::scenes::{CLASS, Prepared, python};
use super::wheels::{COMPILED, Wheel};

/// An app with a list of packages, which are installed from the folder `wheels`.
pub fn requires(scene: &mut Scene, lines: &[&str]) -> Prepared {
    python(scene)?;
    from_wheels(scene);
    scene.file("app/requirements.txt", lines.join("\n") + "\n");
    Ok(())
}

/// The installer takes what is in the folder `wheels`, and asks no index.
pub fn from_wheels(scene: &mut Scene) {
    scene.file("wheels/.keep", "");
    scene.variable("PIP_NO_INDEX", "1");
    scene.variable("PIP_FIND_LINKS", scene.path("wheels"));
}

fn project(scene: &mut Scene, toml: &str) -> Prepared {
    python(scene)?;
    from_wheels(scene);
    scene.file("app/pyproject.toml", toml);
    Ok(())
}

/// The newest version has only its sources.
pub fn only_sources(scene: &mut Scene) -> Prepared {
    Wheel::pure("sails", "1.2").write(scene);
    scene.file("wheels/sails-2.0.tar.gz", "");
    scene.file("wheels/masts-1.0.zip", "");
    requires(scene, &["sails", "masts"])
}

/// The newest version has only wheels that no Python like the sandbox's takes.
pub fn only_other_wheels(scene: &mut Scene) -> Prepared {
    for (version, tag) in [("1.0", "py3-none-any"), ("2.0", "cp312-cp312-win_amd64"), ("2.0", "cp313-cp313-win_amd64")]
    {
        Wheel { tag, ..Wheel::pure("hulls", version) }.write(scene);
    }
    // One that is yanked, or for another Python, or not asked for, is not passed over.
    Wheel { tag: "cp313-cp313-win_amd64", ..Wheel::pure("keels", "3.0") }.write(scene);
    Wheel::pure("keels", "2.0").write(scene);
    requires(scene, &["hulls>=1", "keels<3"])
}

const NEEDS: &[(&str, &str)] = &[
    ("rudder/__init__.py", "from .steering import turn\n"),
    (
        "rudder/steering.py",
        "import math\n\ntry:\n    from ._turn import turn\nexcept ImportError as error:\n    raise ImportError('compile it first') from error\n",
    ),
    ("rudder/_turn.cpython-314-x86_64-linux-gnu.so", "machine code"),
];

/// The newest version cannot do without its compiled modules, an older one has none.
pub fn cannot_do_without(scene: &mut Scene) -> Prepared {
    Wheel::pure("rudder", "1.9").write(scene);
    Wheel { tag: COMPILED, files: NEEDS, ..Wheel::pure("rudder", "2.0") }.write(scene);
    let needs = |name, wanted| Wheel { metadata: wanted, ..Wheel::pure(name, "1.0") };
    needs("boat", &["Requires-Dist: helm (>=1)"]).write(scene);
    needs("helm", &["Requires-Dist: rudder"]).write(scene);
    requires(scene, &["boat"])
}

pub fn dynamic_dependencies(scene: &mut Scene) -> Prepared {
    project(scene, "[project]\nname = \"app\"\ndynamic = [\"version\", \"dependencies\"]\n")
}

pub fn dependencies_not_a_list(scene: &mut Scene) -> Prepared {
    project(scene, "[project]\nname = \"app\"\ndependencies = \"flask\"\n")
}

pub fn project_not_toml(scene: &mut Scene) -> Prepared {
    project(scene, "[project\nname = \"app\"\n")
}

pub fn dependencies_from_uv(scene: &mut Scene) -> Prepared {
    project(
        scene,
        "[project]\nname = \"app\"\ndependencies = [\"Sea.Charts[all] >= 1\"]\n\n[tool.uv.sources]\nsea-charts = { workspace = true }\n",
    )
}

pub fn dependencies_from_poetry(scene: &mut Scene) -> Prepared {
    project(scene, "[tool.poetry]\nname = \"app\"\n\n[tool.poetry.dependencies]\npython = \"^3.12\"\nflask = \"^3\"\n")
}

pub fn groups(scene: &mut Scene) -> Prepared {
    project(
        scene,
        "[project]\nname = \"app\"\ndependencies = [\"sails\"]\n\n[dependency-groups]\ndev = [\"masts\"]\nedge = [{ include-group = \"edge\" }]\n",
    )
}

pub fn src_layout(scene: &mut Scene) -> Prepared {
    scene.file("app/src/shop/__init__.py", "");
    scene.file("app/src/shop/start.py", CLASS);
    scene.file("app/tools.py", "");
    Ok(())
}
