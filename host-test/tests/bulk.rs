//! Calls that move many bytes, past the adapter and through it: the host is told the same, and so is the app.
//!
//! The same app is composed twice, once with a plan that has no bulk functions, and both play the same scene
//! against the same host. What each raw call was given, and what the app found after each friendly one, is
//! compared; how much work it was shows that one of them went past the adapter.

#[path = "bulk/app.rs"]
mod app;
#[path = "bulk/host.rs"]
mod host;

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::sync::LazyLock;

use app::Op;
use composer::bundle::{Bundle, World};
use composer::bypass;
use composer::compose::{Composed, compose};
use composer::metadata::Metadata;
use host::{Answer, Played, Stage};
use host_test::guests;

/// More than what is left to the adapter.
const MUCH: u32 = 70_000;

static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let folder =
        env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS names no folder; run the tests with `just test`");
    guests::read(Path::new(&folder)).unwrap_or_else(|error| panic!("{error}"))
});

static WORLD: LazyLock<World> = LazyLock::new(|| BUNDLE.world().unwrap_or_else(|error| panic!("{error}")));

/// The world whose plan has no bulk functions.
static WITHOUT: LazyLock<World> = LazyLock::new(|| {
    let mut world = WORLD.clone();
    world.plan.interfaces.iter_mut().for_each(|interface| interface.bulk.clear());
    world
});

fn composed(world: &World, app: &[u8]) -> Composed {
    let metadata = Metadata::new(&world.rules.metadata);
    compose(world, &BUNDLE.guests, app.to_vec(), &metadata).unwrap_or_else(|error| panic!("{error}"))
}

static APP: LazyLock<Vec<u8>> = LazyLock::new(|| app::component(&WORLD.friendly));

static PAST: LazyLock<Stage> = LazyLock::new(|| Stage::new(&composed(&WORLD, &APP).component));

static THROUGH: LazyLock<Stage> = LazyLock::new(|| Stage::new(&composed(&WITHOUT, &APP).component));

/// Plays a scene both ways; how it went, if it went the same way.
fn play(ops: &[Op], answers: &[Answer]) -> Played {
    let scene = app::scene(ops);
    let past = PAST.play(&scene, answers);
    let through = THROUGH.play(&scene, answers);
    assert_eq!(past.told, through.told, "{ops:?} {answers:?}");
    assert_eq!(past.trapped, through.trapped, "{ops:?} {answers:?}");
    past
}

#[test]
fn what_is_moved_is_moved_whole() {
    let ops = [Op::Write(MUCH), Op::WriteSome(MUCH), Op::WriteFront(MUCH), Op::Read(MUCH), Op::Write(3), Op::Read(5)];
    let played = play(&ops, &[]);
    assert!(played.told.iter().any(|line| line.starts_with("write-front body#2 70000 ")), "{:#?}", played.told);
}

#[test]
fn what_is_moved_goes_past_the_adapter() {
    let paths = ["read", "read-all", "write", "write-front", "write-some"].map(|name| format!("http-body.body.{name}"));
    assert_eq!(composed(&WORLD, &APP).manifest.bulk, BTreeSet::from(paths));
    assert!(composed(&WITHOUT, &APP).manifest.bulk.is_empty());
    // How much work an operation is, besides what an app does that is given none.
    let work =
        |stage: &Stage, ops: &[Op]| stage.play(&app::scene(ops), &[]).fuel - stage.play(&app::scene(&[]), &[]).fuel;
    for op in [Op::Write(MUCH), Op::WriteSome(MUCH), Op::WriteFront(MUCH)] {
        let (past, through) = (work(&PAST, &[op]), work(&THROUGH, &[op]));
        assert!(past * 100 < through, "{op:?}: {past} and {through}");
    }
    // The app looks at what it read, byte by byte.
    let (past, through) = (work(&PAST, &[Op::Read(MUCH)]), work(&THROUGH, &[Op::Read(MUCH)]));
    assert!(past + u64::from(10 * MUCH) < through, "{past} and {through}");
}

#[test]
fn a_host_that_takes_some_is_called_until_it_has_all() {
    let some = [Answer::Takes(1), Answer::Takes(30_000), Answer::Takes(39_998)];
    let played = play(&[Op::Write(MUCH), Op::Write(MUCH)], &some);
    let writes = played.told.iter().filter(|line| line.starts_with("write body#2 ")).count();
    assert_eq!(writes, 5, "{:#?}", played.told);
}

#[test]
fn a_host_is_wrong_about_what_it_took() {
    for claim in [0, MUCH + 1, u32::MAX] {
        play(&[Op::Write(MUCH), Op::WriteSome(MUCH), Op::Write(MUCH)], &[Answer::Takes(5), Answer::Takes(claim)]);
        play(&[Op::WriteSome(MUCH), Op::Write(MUCH)], &[Answer::Takes(claim)]);
    }
}

#[test]
fn every_error_of_the_host_is_the_same_error_and_uses_nothing_up() {
    for case in 0..host::ERRORS {
        for op in [Op::Write(MUCH), Op::WriteSome(MUCH), Op::WriteFront(MUCH), Op::Read(MUCH), Op::ReadAll(MUCH)] {
            let ends = matches!(op, Op::ReadAll(_)).then_some(Answer::Gives(0));
            let played = play(&[op, op], &[Answer::Fails(case)].into_iter().chain(ends).collect::<Vec<_>>());
            let calls = played.told.iter().filter(|line| line.contains(" body#2 ")).count();
            assert_eq!(calls, 2, "{:#?}", played.told);
        }
        play(&[Op::Write(MUCH), Op::Write(MUCH)], &[Answer::Takes(9), Answer::Fails(case)]);
    }
}

#[test]
fn a_handle_that_was_used_up_is_said_to_be() {
    let ops =
        [Op::Write(MUCH), Op::WriteSome(MUCH), Op::WriteFront(MUCH), Op::Read(MUCH), Op::ReadAll(MUCH), Op::Write(0)];
    let all = [&[Op::Close], &ops[..]].concat();
    let played = play(&all, &[]);
    assert!(!played.told.iter().any(|line| line.contains("write body#2 ")), "{:#?}", played.told);
}

#[test]
fn a_body_that_is_made_late_is_made_once() {
    let played = play(&[Op::New, Op::Write(MUCH), Op::Write(MUCH), Op::Read(MUCH), Op::Close], &[]);
    // The other is the one that the report is written to.
    assert_eq!(played.told.iter().filter(|line| line.starts_with("new")).count(), 2, "{:#?}", played.told);
}

#[test]
fn what_a_host_gives_is_given_on_however_much_it_is() {
    for gives in [0, 1, 511, 512, MUCH - 1, MUCH, MUCH + 1, 300_000] {
        play(&[Op::Read(MUCH), Op::Read(0), Op::Read(1), Op::Read(MUCH)], &[Answer::Gives(gives)]);
    }
}

#[test]
fn what_is_read_to_its_end_is_whole_and_in_order() {
    let ends = Answer::Gives(0);
    for chunks in [&[1, 2, 3][..], &[65_536, 131_072, 5], &[65_536, 70_000, 300_000], &[200, 60, 1, 70_000]] {
        let answers: Vec<_> = chunks.iter().map(|size| Answer::Gives(*size)).chain([ends]).collect();
        let whole: u32 = chunks.iter().sum();
        for limit in [whole, whole + 1, 1 << 30] {
            let played = play(&[Op::ReadAll(limit), Op::ReadAll(limit)], &[&answers[..], &[ends]].concat());
            let reads = played.told.iter().filter(|line| line.starts_with("read body#2 ")).count();
            assert_eq!(reads, chunks.len() + 2, "{:#?}", played.told);
        }
    }
    play(&[Op::ReadAll(MUCH), Op::ReadAll(0), Op::ReadAll(5)], &[ends, ends, ends]);
    for size in [0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 255] {
        play(&[Op::ReadAll(MUCH)], &[Answer::Gives(size), ends]);
    }
}

/// Both stop asking, each when its own memory is full.
#[test]
fn more_than_there_is_memory_for_is_too_large() {
    let scene = app::scene(&[Op::ReadAll(u32::MAX), Op::Write(3)]);
    let [past, through] = [&PAST, &THROUGH].map(|stage| stage.play(&scene, &[]));
    assert!(!past.trapped && !through.trapped);
    let report = |played: &Played| played.told.last().cloned();
    assert!(report(&past).is_some_and(|line| line.starts_with("write body#3 48 ")), "{:#?}", past.told);
    assert_eq!(report(&past), report(&through));
}

#[test]
fn what_is_too_much_or_breaks_off_is_lost_and_takes_no_room() {
    // A host that never comes to an end comes to the limit.
    let played = play(&[Op::ReadAll(300_000), Op::ReadAll(1000), Op::ReadAll(0)], &[]);
    assert!(!played.trapped);
    let broken = [Answer::Gives(200), Answer::Fails(0)];
    let then = [Answer::Gives(100), Answer::Gives(100), Answer::Gives(0)];
    let ops = [[Op::ReadAll(MUCH); 12].as_slice(), &[Op::ReadAll(600), Op::Read(600)]].concat();
    let played = play(&ops, &[&broken.repeat(12)[..], &then].concat());
    assert!(!played.trapped, "{:#?}", played.told);
    assert!(play(&[Op::ReadAll(MUCH), Op::Write(1)], &[Answer::Gives(MUCH), Answer::Traps]).trapped);
}

#[test]
fn any_length_is_moved() {
    for length in [0, 1, 511, 512, 513, 4096, 65_535, 65_536, 65_537, 1 << 20] {
        play(&[Op::Write(length), Op::WriteSome(length), Op::WriteFront(length), Op::Read(length)], &[]);
    }
}

#[test]
fn a_host_that_traps_ends_it_either_way() {
    for op in [Op::Write(MUCH), Op::WriteFront(MUCH), Op::Read(MUCH)] {
        assert!(play(&[op, Op::Write(1)], &[Answer::Traps]).trapped);
    }
}

/// The app looks after each call, and whenever it is to make room for something.
#[test]
fn what_is_in_the_apps_memory_is_only_the_apps() {
    let ops = [Op::WriteFirst(MUCH), Op::Read(MUCH), Op::WriteFirst(600), Op::Read(600)];
    let played = play(&ops, &[Answer::Takes(10), Answer::Takes(700), Answer::Fails(3)]);
    assert!(!played.trapped);
    let ops = |count: usize| vec![Op::Write(MUCH); count];
    assert_eq!(play(&ops(1), &[]).memory, play(&ops(20), &[]).memory);
}

#[test]
fn what_the_app_was_is_its_first_part() {
    let app = &**APP;
    let read = composer::app::read(app).unwrap_or_else(|error| panic!("{error}"));
    let bypassed = bypass::bypass(&WORLD, &read).unwrap_or_else(|error| panic!("{error}")).expect("a bypass");
    assert!(bypass::original(&[app, &bypassed.appended].concat()) == app);
    assert!(bypass::original(app) == app);
    let composed = composed(&WORLD, app);
    assert!(composed.component.windows(app.len()).any(|part| part == app), "it is in the composed component, too");
}

#[test]
fn an_app_of_another_shape_goes_through_the_adapter() {
    let composed = composed(&WORLD, &app::without_a_table());
    assert!(composed.manifest.bulk.is_empty());
    let played = Stage::new(&composed.component).play(&[], &[]);
    assert!(played.told.iter().any(|line| line.starts_with("write body#2 70000 ")), "{:#?}", played.told);
}
