//! Where the build of an app starts: Python that imports the app under watch, and is gone from the snapshot.
//!
//! It tells the build what became of the app in files beside itself: [`REPORT`], [`PRINTED`], [`LOADED`] and, for a traced
//! build, [`PLACE`].

use std::collections::BTreeMap;

use super::literal::{dict, optional, text, tuple};
use crate::plan::{Function, Interface, Kind, Passed, Plan, WorldItemKind};
use crate::prose::python::{camel, exported, module, snake};

/// The package, which the build imports in place of the app.
pub const LAUNCH: &str = "composer_launch";

/// The class that has the functions that the app exports in the world itself, as the bindings name it.
const WORLD_CLASS: &str = "WitWorld";

/// Lines of JSON: what happened.
pub const REPORT: &str = "report.jsonl";

/// The modules that the app has at a request, a line each.
pub const LOADED: &str = "loaded.txt";

/// What the app printed.
pub const PRINTED: &str = "printed.txt";

/// The folder that the library has in the sandbox, and the name of its copy.
pub const LIBRARY: &str = "python";

/// The folder that the bindings have in the sandbox, and the name of their copy.
pub const BINDINGS: &str = "world";

/// Where the app was, as JSON, when a line of it ran for the first time.
pub const PLACE: &str = "place.json";

/// What does not vary.
const FIXED: [(&str, &str); 12] = [
    ("__init__.py", include_str!("launch/__init__.py")),
    ("_early.py", include_str!("launch/_early.py")),
    ("_exports.py", include_str!("launch/_exports.py")),
    ("_first.py", include_str!("launch/_first.py")),
    ("_guards.py", include_str!("launch/_guards.py")),
    ("_handlers.py", include_str!("launch/_handlers.py")),
    ("_lasting.py", include_str!("launch/_lasting.py")),
    ("_leftovers.py", include_str!("launch/_leftovers.py")),
    ("_own.py", include_str!("launch/_own.py")),
    ("_report.py", include_str!("launch/_report.py")),
    ("_seeds.py", include_str!("launch/_seeds.py")),
    ("_trace.py", include_str!("launch/_trace.py")),
];

/// What there is besides for an app with files.
const FILES: (&str, &str) = ("_files.py", include_str!("launch/_files.py"));

/// What is imported, and how.
#[derive(Debug, Clone)]
pub struct Launch<'a> {
    /// The app's entry module.
    pub entry: &'a str,
    /// The package that goes with the bindings, unless the app does without.
    pub package: Option<&'a str>,
    /// The folders of the app's own modules as the sandbox has them, and what their files are called in the app's folder:
    /// `/0` and `src/`.
    pub roots: Vec<(String, String)>,
    /// Whether to keep the place where the app is, which is slow.
    pub trace: bool,
    /// What there is of folders at a request; nothing for an app without files.
    pub files: Option<Folders>,
}

/// The folders of an app that has files.
#[derive(Debug, Clone)]
pub struct Folders {
    /// The app's own, which the app is run in: `/0`.
    pub home: String,
    /// Those on the path that are there at a request, too.
    pub path: Vec<String>,
    /// Whether the library is wanted by the build: it is copied to where the report is.
    pub library: bool,
}

impl Launch<'_> {
    /// The files of the package.
    pub fn files(&self, plan: &Plan) -> BTreeMap<String, String> {
        // Without files nothing is added, so that the component is what it would be if there were no files at all.
        let files = self.files.iter().map(|_| FILES);
        let fixed = FIXED.into_iter().chain(files).map(|(name, text)| (name.to_owned(), text.to_owned()));
        fixed.chain([("_given.py".to_owned(), self.given(plan))]).collect()
    }

    /// What varies, as a module of plain data.
    fn given(&self, plan: &Plan) -> String {
        let exports: Vec<_> = plan.exports.iter().filter_map(export).chain(in_world(plan)).collect();
        let roots: Vec<_> =
            self.roots.iter().map(|(folder, shown)| tuple(&[text(&format!("{folder}/")), text(shown)])).collect();
        let constants = [
            ("The app's own module.", "ENTRY", text(self.entry)),
            ("The package that is imported before it.", "PACKAGE", optional(self.package)),
            (
                "What the host calls: each class, its functions, how many arguments each is given.",
                "EXPORTS",
                dict(&exports, 0),
            ),
            (
                "What the host makes objects of: each module, its classes, their functions, how many arguments each is given.",
                "RESOURCES",
                dict(&resources(plan), 0),
            ),
            ("Those functions among all of them that the host awaits.", "AWAITED", tuple(&awaited(plan))),
            ("The folders of the app's modules, and what their files are called.", "ROOTS", tuple(&roots)),
            ("Whether the place of the app is kept.", "TRACE", if self.trace { "True" } else { "False" }.to_owned()),
        ];
        let lines = constants.map(|(docs, name, value)| format!("\n# {docs}\n{name} = {value}\n"));
        let files = self.files.as_ref().map(Folders::standing).unwrap_or_default();
        format!("\"\"\"What this build is about.\"\"\"\n{}{files}", lines.concat())
    }
}

impl Folders {
    /// The lines that have the app imported with files.
    fn standing(&self) -> String {
        let path: Vec<_> = self.path.iter().map(|folder| text(folder)).collect();
        let library = if self.library { "True" } else { "False" };
        format!(
            "\n# The app has files.\nfrom . import _files\n\n_files.stand(package=PACKAGE, home={}, path={}, library={library})\n",
            text(&self.home),
            tuple(&path)
        )
    }
}

/// The functions that are async, each with its class.
fn awaited(plan: &Plan) -> Vec<String> {
    let of_class = |class: &str, name: &str| text(&format!("{class}.{}", snake(name)));
    let mut awaited = Vec::new();
    for interface in &plan.exports {
        let functions = interface.functions.iter().filter(|function| function.is_async);
        awaited.extend(functions.map(|function| match &function.kind {
            Kind::Freestanding => of_class(&exported(interface), &function.name),
            Kind::Method(resource) | Kind::Static(resource) | Kind::Constructor(resource) => {
                of_class(&format!("{}.{}", module(&interface.name), camel(resource)), &function.name)
            }
        }));
    }
    for item in &plan.in_world.exports {
        let class = match &item.kind {
            WorldItemKind::Function(_) => WORLD_CLASS.to_owned(),
            WorldItemKind::Interface(_) | WorldItemKind::Type(_) => camel(&item.name),
        };
        let functions = item.functions().iter().filter(|function| function.is_async);
        awaited.extend(functions.map(|function| of_class(&class, &function.name)));
    }
    awaited
}

/// The classes of what the app exports in the world itself: one for its functions, and one for each interface.
fn in_world(plan: &Plan) -> Vec<(String, String)> {
    let called = |function: &Passed| (text(&snake(&function.name)), function.params.to_string());
    let (mut own, mut classes) = (Vec::new(), Vec::new());
    for item in &plan.in_world.exports {
        match &item.kind {
            WorldItemKind::Function(function) => own.push(called(function)),
            WorldItemKind::Interface(functions) => {
                let functions: Vec<_> = functions.iter().map(called).collect();
                classes.push((text(&camel(&item.name)), dict(&functions, 1)));
            }
            WorldItemKind::Type(_) => {}
        }
    }
    let own = (!own.is_empty()).then(|| (text(WORLD_CLASS), dict(&own, 1)));
    own.into_iter().chain(classes).collect()
}

/// The class of an interface that the app exports; none where it has no functions of its own.
fn export(interface: &Interface) -> Option<(String, String)> {
    let functions: Vec<_> = interface.freestanding().map(counted).collect();
    (!functions.is_empty()).then(|| (text(&exported(interface)), dict(&functions, 1)))
}

/// The classes of resources that the app exports, by the modules that the bindings look for them in.
fn resources(plan: &Plan) -> Vec<(String, String)> {
    let of_interface = |interface: &Interface| {
        let classes = interface.by_resource();
        let classes = classes.into_iter().map(|(resource, functions)| {
            let functions: Vec<_> = functions.into_iter().map(counted).collect();
            (text(&camel(resource)), dict(&functions, 2))
        });
        let classes: Vec<_> = classes.collect();
        (!classes.is_empty()).then(|| (text(&module(&interface.name)), dict(&classes, 1)))
    };
    plan.exports.iter().filter_map(of_interface).collect()
}

/// A function, and how many arguments it is given besides its object or class.
fn counted(function: &Function) -> (String, String) {
    let name = match &function.kind {
        Kind::Constructor(_) => "__init__".to_owned(),
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => snake(&function.name),
    };
    (text(&name), function.params.len().to_string())
}
