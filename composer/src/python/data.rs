//! What varies of the package, as a module of plain data: the rest of the package reads it.

use super::families::{self, Family};
use super::functions::{self, Changed, Module};
use super::literal::{dict, list, optional, text, tuple};
use super::specs::{Spec, Specs};
use super::{BINDINGS, Bound};
use crate::plan::Plan;
use crate::wit::EVIDENCE;

/// The module.
pub(super) fn write(plan: &Plan, bound: &Bound) -> String {
    let families = families::families(plan, bound);
    let families: Vec<_> = families.iter().map(family).collect();
    let modules = functions::modules(plan, bound);
    let names: Vec<_> = modules.iter().map(|module| text(&module.name)).collect();
    let keywords: Vec<_> = modules.iter().flat_map(options).collect();
    let resources: Vec<_> = modules.iter().map(resources).collect();
    let changed: Vec<_> = modules.iter().map(functions).collect();
    let checks = modules.iter().flat_map(|module| &module.functions).flat_map(|changed| &changed.checks);
    let types = Specs { plan, bound }.types(checks.map(|(_, _, spec)| spec));
    let types: Vec<_> = types.iter().map(|(class, spec)| (text(class), self::spec(spec))).collect();
    let constants = [
        ("The exception that all others are.", "ERROR", text(&plan.python.error)),
        ("Whether an app gives an `Err` to the bindings.", "TAKES_ERR", flag(families::takes_err(plan))),
        ("The module of the bindings that knows more of an error; none in an app that is not observed.", "EVIDENCE", {
            optional(bound.named(EVIDENCE))
        }),
        ("The error types of what the app binds.", "FAMILIES", list(&families, 0)),
        ("The modules of the bindings that are the world's.", "MODULES", tuple(&names)),
        ("Classes of options: each keyword, the method it stands for, its arguments.", "OPTIONS", dict(&keywords, 0)),
        ("What is closed when its `with` is left, by module.", "RESOURCES", dict(&resources, 0)),
        ("What arguments of these types must be.", "TYPES", dict(&types, 0)),
        ("What functions look at before they call the host, by module.", "FUNCTIONS", dict(&changed, 0)),
    ];
    let mut out = "\"\"\"What this build is about.\"\"\"\n".to_owned();
    for (docs, name, value) in constants {
        out.push_str(&format!("\n# {docs}\n{name} = {value}\n"));
    }
    out
}

fn flag(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

fn family(family: &Family) -> String {
    let texts = |texts: &[String]| tuple(&texts.iter().map(|value| text(value)).collect::<Vec<_>>());
    let cases = family.cases.iter().map(|(case, class, docs)| {
        let value = tuple(&[text(class), text(docs.as_deref().unwrap_or_default())]);
        (text(case), value)
    });
    let payloads: Vec<_> = family.payloads.iter().map(|class| format!("{BINDINGS}.imports.{class}")).collect();
    let items = [
        (text("name"), text(&family.name)),
        (text("docs"), optional(family.docs.as_deref())),
        (text("payloads"), texts(&payloads)),
        (text("code"), optional(family.code.as_deref())),
        (text("fields"), texts(&family.fields)),
        (text("cases"), dict(&cases.collect::<Vec<_>>(), 2)),
    ];
    dict(&items, 1)
}

/// The keywords of the classes of options.
fn options(module: &Module) -> Vec<(String, String)> {
    let class = |options: &functions::Options| {
        let setters = options
            .setters
            .iter()
            .map(|(keyword, method, count)| (text(keyword), tuple(&[text(method), count.to_string()])));
        (text(&format!("{}.{}", module.name, options.class)), dict(&setters.collect::<Vec<_>>(), 1))
    };
    module.options.iter().map(class).collect()
}

fn resources(module: &Module) -> (String, String) {
    let classes: Vec<_> = module.resources.iter().map(|class| text(class)).collect();
    (text(&module.name), tuple(&classes))
}

fn functions(module: &Module) -> (String, String) {
    let functions: Vec<_> =
        module.functions.iter().map(|changed| (text(&changed.name), function_data(changed))).collect();
    (text(&module.name), dict(&functions, 1))
}

fn function_data(changed: &Changed) -> String {
    let check = |(param, shown, spec): &(String, String, Spec)| tuple(&[text(param), text(shown), self::spec(spec)]);
    let checks: Vec<_> = changed.checks.iter().map(check).collect();
    let options = changed.keywords.as_ref().map_or("None".to_owned(), |keywords| {
        let variant = keywords.with_options.as_ref();
        let (variant, args) = variant.map_or((None, &[][..]), |(name, args)| (Some(&**name), &**args));
        let items = [
            ("param", text(&keywords.param)),
            ("class", text(&keywords.class)),
            ("optional", flag(keywords.optional)),
            ("with_options", optional(variant)),
            ("args", tuple(&args.iter().map(|arg| text(arg)).collect::<Vec<_>>())),
        ];
        format!("{{{}}}", items.map(|(key, value)| format!("{}: {value}", text(key))).join(", "))
    });
    format!("{{\"checks\": {}, \"options\": {options}}}", tuple(&checks))
}

/// What an argument must be, as a tuple that begins with its kind.
fn spec(spec: &Spec) -> String {
    let kind = |kind: &str, rest: &[String]| tuple(&[&[text(kind)], rest].concat());
    match spec {
        Spec::Any => kind("any", &[]),
        Spec::Plain(name) => kind(name, &[]),
        Spec::Int(least, most) => kind("int", &[least.to_string(), most.to_string()]),
        Spec::Class(class) => kind("class", &[text(class)]),
        Spec::Type(class, _) => kind("type", &[text(class)]),
        Spec::Record(class, fields) => {
            let fields: Vec<_> = fields.iter().map(|(field, inner)| tuple(&[text(field), self::spec(inner)])).collect();
            kind("record", &[text(class), tuple(&fields)])
        }
        Spec::Variant(class, cases) => {
            let payload = |inner: &Option<Spec>| inner.as_ref().map_or("None".to_owned(), self::spec);
            let cases: Vec<_> = cases.iter().map(|(case, inner)| tuple(&[text(case), payload(inner)])).collect();
            kind("variant", &[text(class), tuple(&cases)])
        }
        Spec::Option(inner) => kind("option", &[self::spec(inner)]),
        Spec::List(inner) => kind("list", &[self::spec(inner)]),
        Spec::Tuple(parts) => kind("tuple", &[tuple(&parts.iter().map(self::spec).collect::<Vec<_>>())]),
    }
}
