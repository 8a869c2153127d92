//! Every friendly function, called once on the real host, and a table of what came of it.
//!
//! The functions are those of the plan, and the app notes what it calls by the name of what it calls,
//! so nothing here is kept by hand but `fixtures/audit/viceroy.txt`. It fails when the host learns
//! something, and when it loses something: then look at what is new, and rewrite it with `BLESS=1`.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;
use std::time::{Duration, Instant};

use composer::bundle::World;
use composer::plan::{Function, Type, path};
use host_test::apps;
use host_test::client::Request;
use host_test::guests;
use host_test::server::Server;
use host_test::summary;
use indexmap::IndexMap;
use serde::Deserialize;

use crate::table::Table;
use crate::{LIMIT, facts_in, own_server};

/// What a part of the survey tells.
#[derive(Deserialize)]
struct Told {
    outcomes: BTreeMap<String, String>,
    failed: Option<String>,
}

#[test]
fn the_host_says_to_each_function_what_the_table_says() {
    let (server, world) = (own_server(), world());
    let parts = facts_in(&Request::get("/surface").limit(LIMIT).send(server.addr()).expect("the list of parts"));
    let mut said = BTreeMap::new();
    for part in parts["parts"].as_array().into_iter().flatten() {
        for (function, outcome) in survey(&server, part.as_str().expect("a name")) {
            assert!(said.insert(function.clone(), outcome).is_none(), "{function} is called in two parts");
        }
    }
    drop(server);
    let table = Table::new(in_words_of_the_plan(&world, said));
    record(&table.summary());
    table.golden(&apps::fixture("audit/viceroy.txt")).unwrap_or_else(|error| panic!("{error}"));
}

/// Notes the numbers for the table at the end of the test run.
fn record(numbers: &str) {
    let what = "friendly functions on Viceroy, Fastly's own local host".to_owned();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    summary::record(folder, "viceroy", &IndexMap::from([(what, numbers.to_owned())]))
        .unwrap_or_else(|error| panic!("{error}"));
}

/// A sandbox that has told nothing for so long after the host answered for it has ended.
const ENDED: Duration = Duration::from_secs(10);

/// What came of each call of a part. One that ends the sandbox takes all the others with it, so the part is
/// asked for once more without it.
fn survey(server: &Server, part: &str) -> BTreeMap<String, String> {
    let mut ends: Vec<String> = Vec::new();
    loop {
        let name = format!("{part}-{}", ends.len());
        let target = format!("/surface/{part}?as={name}&ends={}", ends.join("+"));
        let before = server.logs_of("calls").len();
        let answer = Request::get(&target).limit(LIMIT).send(server.addr());
        // What answers 500 may be the host in the place of a sandbox that does what it was asked to, and may be at it yet.
        let answers = answer.is_ok_and(|response| response.status() != 500);
        if answers || server.wait_for_logs(&format!("facts :: {name} "), ENDED).is_some() {
            let told = told(server, &name);
            assert!(told.failed.is_none(), "{part}: {}", told.failed.unwrap_or_default());
            return told.outcomes;
        }
        let last = server.logs_of("calls").split_off(before).pop();
        let last = last.unwrap_or_else(|| panic!("{part} ended before its first call:\n{}", server.logs()));
        assert!(!ends.contains(&last), "{part} ended after {last}, which it was not to call");
        ends.push(last);
    }
}

/// What a part told under this name. It may have answered before that, and may wait for requests until then.
fn told(server: &Server, name: &str) -> Told {
    let deadline = Instant::now() + LIMIT;
    loop {
        if let Some(line) = line_of(server, name) {
            return serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line}"));
        }
        assert!(Instant::now() < deadline, "{name} told nothing:\n{}", server.logs());
        // Whoever answers it, the part or another sandbox, is of no interest.
        let _ = Request::get("/alive").limit(LIMIT).send(server.addr());
    }
}

fn line_of(server: &Server, name: &str) -> Option<String> {
    let start = format!("{name} ");
    server.logs_of("facts").iter().find_map(|line| line.strip_prefix(&start).map(str::to_owned))
}

/// Checks that all was called that there is, and says what came of it as the signatures have it.
fn in_words_of_the_plan(world: &World, mut said: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut outcomes = BTreeMap::new();
    let mut uncalled = BTreeSet::new();
    for interface in &world.plan.interfaces {
        for function in &interface.functions {
            let path = path(&interface.name, &function.kind, &function.name);
            match said.remove(&path) {
                Some(outcome) => outcomes.insert(path, in_words(function, &outcome)).map_or((), drop),
                None => drop(uncalled.insert(path)),
            }
        }
    }
    for interface in &world.plan.exports {
        // The host called them: otherwise nothing would have been said.
        let paths = interface.functions.iter().map(|function| path(&interface.name, &function.kind, &function.name));
        outcomes.extend(paths.map(|path| (path, "ok".to_owned())));
    }
    assert!(uncalled.is_empty(), "no `surface_*.py` of the app calls {uncalled:#?}");
    assert!(said.is_empty(), "the app calls what is not in the plan: {said:#?}");
    outcomes
}

/// Python has one word for no result and for a result that is not there.
fn in_words(function: &Function, outcome: &str) -> String {
    let ok = match &function.result {
        Some(Type::Result { ok, .. }) => ok.as_deref(),
        other => other.as_ref(),
    };
    match outcome.strip_prefix("none") {
        Some("") if !matches!(ok, Some(Type::Option(_))) => "ok".to_owned(),
        Some(fields) => format!("nothing{fields}"),
        None => outcome.to_owned(),
    }
}

/// The world that the app was built for.
fn world() -> World {
    let folder =
        env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS names no folder; run the tests with `just test`");
    let bundle = guests::read(Path::new(&folder)).unwrap_or_else(|error| panic!("{error}"));
    bundle.world().unwrap_or_else(|error| panic!("{error}"))
}
