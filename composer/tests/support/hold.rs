//! What must hold of every world that is derived, and of the message of every one that is not.

use composer::bundle::{World, WorldError};
use composer::derive::DeriveError;
use composer::read::{RawWorld, ReadError};
use composer::rules::RulesError;
use composer::{explain, glue, host_compat, prose, reference, wit};
use wit_parser::Resolve;

use super::cases::WORLD;
use super::{dummy, fates, page, written};

/// What became of a sketch.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A world, with so many friendly functions.
    Derived(usize),
    /// No world, for a reason of this kind.
    Refused(String),
}

/// The package of a sketch.
pub fn resolve(text: &str) -> Result<Resolve, String> {
    let mut resolve = Resolve::default();
    resolve.push_source("raw.wit", text).map_err(|error| format!("the sketch is not WIT: {error:#}"))?;
    Ok(resolve)
}

/// Derives the world, and fails where something does not hold.
pub fn check(raw: &Resolve, rules: &str) -> Result<Outcome, String> {
    let first = World::new(raw.clone(), WORLD, rules);
    let second = World::new(raw.clone(), WORLD, rules);
    match (first, second) {
        (Ok(world), Ok(again)) => {
            is_whole(raw, &world)?;
            is_same(&world, &again)?;
            let functions = world.plan.interfaces.iter().map(|interface| interface.functions.len());
            Ok(Outcome::Derived(functions.sum()))
        }
        (Err(error), Err(again)) if error.to_string() == again.to_string() => {
            is_told_well(&error)?;
            Ok(Outcome::Refused(kind(&error)))
        }
        (first, second) => Err(format!("deriving twice gives {:?} and {:?}", first.err(), second.err())),
    }
}

fn is_whole(raw: &Resolve, world: &World) -> Result<(), String> {
    // The WIT is read as an app's tools do it, and its worlds can be components.
    let mut resolve = raw.clone();
    let text = &world.friendly.text;
    let package = resolve.push_source("friendly.wit", text).map_err(|error| format!("{error:#}\n{text}"))?;
    for (name, id) in resolve.packages[package].worlds.clone() {
        dummy::try_component(&resolve, id)
            .map_err(|error| format!("world `{name}` cannot be a component: {error}\n{text}"))?;
    }
    written::check(world)?;
    let files = wit::folder(&world.friendly).map_err(|error| error.to_string())?;
    if !files.iter().any(|(path, contents)| path == "friendly.wit" && contents == text) {
        return Err("the WIT folder lacks the friendly package".to_owned());
    }
    for source in glue(world)? {
        syn::parse_file(&source).map_err(|error| format!("the glue is not Rust: {error}\n{source}"))?;
    }
    fates::check(world)?;
    is_rewritten_once(world)?;
    is_rewritten_once(world)?;
    page::refuse_unbalanced(&reference::page(&world.plan))?;
    is_whole_on_its_host(world)
}

fn glue(world: &World) -> Result<[String; 2], String> {
    let text = |error: glue::GlueError| format!("there is no glue: {error}");
    Ok([glue::adapter(&world.plan, "wit").map_err(text)?, glue::entry(&world.plan, "wit").map_err(text)?])
}

fn is_same(world: &World, again: &World) -> Result<(), String> {
    let plans = |world: &World| explain::explain(&world.plan, None).text();
    let is_same = world.friendly.text == again.friendly.text
        && plans(world) == plans(again)
        && json(world) == json(again)
        && glue(world)? == glue(again)?;
    if is_same { Ok(()) } else { Err("deriving twice gives two plans".to_owned()) }
}

fn json(world: &World) -> String {
    serde_json::to_string_pretty(&world.plan).expect("a plan is data")
}

/// Docs that were rewritten are in Python's terms, and where an item is called as Python calls a type, they are
/// about either.
fn is_rewritten_once(world: &World) -> Result<(), String> {
    let is_pythons = |name: &str| ["bool", "bytes", "float", "int", "str"].contains(&name);
    let mut types = world.plan.interfaces.iter().flat_map(|interface| &interface.types);
    if types.any(|def| is_pythons(&def.name)) {
        return Ok(());
    }
    let mut twice = world.clone();
    prose::rewrite(&mut twice.plan, &world.rules);
    let (once, twice) = (json(world), json(&twice));
    let different = once.lines().zip(twice.lines()).find(|(once, twice)| once != twice);
    different.map_or(Ok(()), |(once, twice)| Err(format!("rewriting docs again changes\n{once}\n{twice}")))
}

fn is_whole_on_its_host(world: &World) -> Result<(), String> {
    let host: &RawWorld = &world.raw;
    let on_host = host_compat::on_host(world, host).map_err(|error| format!("on its own host: {error}"))?;
    if !on_host.missing.is_empty() {
        return Err(format!("on its own host it loses\n{}", on_host.missing.text()));
    }
    let text = on_host.world.friendly.text;
    if text == world.friendly.text { Ok(()) } else { Err(format!("on its own host it is another world\n{text}")) }
}

/// Messages are spliced into others, and say where to look; of several, each.
fn is_told_well(error: &WorldError) -> Result<(), String> {
    let messages = match error {
        WorldError::Refused(refusals) => refusals.all().iter().map(|refusal| refusal.error.to_string()).collect(),
        WorldError::Read(_) | WorldError::Rules(_) => vec![error.to_string()],
        WorldError::Wit(_) | WorldError::Bundle { .. } => return Err(format!("the composer's own fault: {error}")),
    };
    for message in messages {
        let is_bad = message.starts_with(|first: char| first.is_uppercase()) || message.ends_with('.');
        let names_a_path = message.matches('`').count() >= 2 && !message.contains("``");
        if is_bad || !names_a_path {
            return Err(format!("the message is not well told: {message}"));
        }
    }
    Ok(())
}

/// The reason of a refusal, of several the first, without the names in it.
fn kind(error: &WorldError) -> String {
    let reason = match error {
        WorldError::Refused(refusals) => match refusals.all().first().map(|refusal| &refusal.error) {
            Some(DeriveError::Shape { reason, .. }) => reason.clone(),
            Some(DeriveError::Rules(error)) => rules_kind(error),
            None => "no reason".to_owned(),
        },
        WorldError::Read(ReadError::Item { reason, .. }) => (*reason).to_owned(),
        WorldError::Rules(error) => rules_kind(error),
        WorldError::Read(_) | WorldError::Wit(_) | WorldError::Bundle { .. } => error.to_string(),
    };
    // Every other part stands between backticks.
    let parts = reason.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 0 { part } else { "…" }).collect()
}

fn rules_kind(error: &RulesError) -> String {
    let line = |line: &str| line.split('"').next().unwrap_or_default().trim_end_matches('.').to_owned();
    match error {
        RulesError::NoMatch { line: at, .. } => format!("rules line of [{}] matches nothing", line(at)),
        RulesError::NoPhrase { line: at } => format!("phrase of [{}] is nowhere", line(at)),
        RulesError::NoEffect { line: at, .. } => format!("rules line of [{}] has no effect", line(at)),
        RulesError::Parse { .. }
        | RulesError::Name { .. }
        | RulesError::HostPackage { .. }
        | RulesError::Python { .. }
        | RulesError::NoPython { .. }
        | RulesError::PythonError { .. }
        | RulesError::Package { .. } => error.to_string(),
    }
}
