//! The file system without WASI. `host-test/tests/files.rs` holds the component against a real folder; here is what cannot
//! be seen from outside, such as what is charged.

mod image;

use files::change;
use files::errors::{Answer, Code};
use files::file::{self, Position, Reader, Writer};
use files::image::{Image, Kind};
use files::open::{self, How, Opened};
use files::path;
use files::tmp::Time;
use files::tree::{HANDLES, Node, Tree};
use image::Item;
use proptest::prelude::*;

const NOW: Time = Time { seconds: 1_700_000_000, nanoseconds: 5 };
const NEW: How = How { create: true, directory: false, exclusive: false, truncate: false, read: true, write: true };
const READ: How = How { create: false, directory: false, exclusive: false, truncate: false, read: true, write: false };

fn app() -> Item {
    Item::directory()
        .with("app/data.txt", b"data")
        .with("app/empty", b"")
        .with("app/templates/page.html", b"<p>")
        .with("app.py", b"import this")
        .with("zoo/a", b"1")
}

fn tree(image: &[u8]) -> Tree<'_> {
    Tree::new(Image::new(image), NOW)
}

fn make(tree: &mut Tree<'_>, name: &str, bytes: &[u8]) -> Answer<Opened> {
    let opened = open::open(tree, Node::TMP, name, NEW, NOW)?;
    file::write(tree, opened, bytes, 0, NOW)?;
    Ok(opened)
}

fn names(tree: &Tree<'_>, directory: Node) -> Vec<String> {
    let mut names = vec![String::new()];
    while let Some(entry) = tree.entry_after(directory, names.last().unwrap()).unwrap() {
        names.push(entry.name);
    }
    names.split_off(1)
}

#[test]
fn files_of_the_image_are_found_in_place() {
    let image = image::write(&app(), 0);
    let tree = tree(&image);
    assert_eq!(names(&tree, Node::ROOT), ["app", "app.py", "tmp", "zoo"]);
    let found = path::find(&tree, Node::ROOT, "app/templates/../data.txt").unwrap();
    assert_eq!(tree.read(found, 1, 2), Ok(b"at".to_vec()));
    assert_eq!(tree.read(found, 4, 1), Ok(Vec::new()));
    assert_eq!(tree.read(found, u64::MAX, 1), Ok(Vec::new()));
    assert_eq!(tree.stat(found).unwrap().size, 4);
    assert!(tree.stat(found).unwrap().times.modified.seconds >= image::MODIFIED);
    for missing in ["app/data", "app/data.txt2", "apq", "", "zoo/0", "zoo/b"] {
        assert_eq!(path::find(&tree, Node::ROOT, missing), Err(Code::NoEntry), "{missing}");
    }
}

#[test]
fn no_image_is_an_empty_root() {
    let tree = tree(&[]);
    assert_eq!(names(&tree, Node::ROOT), ["tmp"]);
    assert_eq!(tree.tmp.limit(), 32 << 20);
    assert_ne!(tree.hash(Node::ROOT), tree.hash(Node::TMP));
    assert!(tree.stat(Node::ROOT).is_ok());
}

/// A path means what POSIX says, and none leaves the tree.
#[test]
fn paths_stay_in_the_tree() {
    let image = image::write(&app(), 1 << 20);
    let tree = tree(&image);
    let from_tmp = |path: &str| path::find(&tree, Node::TMP, path);
    assert_eq!(from_tmp("../../../../app/empty"), path::find(&tree, Node::ROOT, "app/empty"));
    assert_eq!(from_tmp(".."), Ok(Node::ROOT));
    assert_eq!(from_tmp("./"), Ok(Node::TMP));
    assert_eq!(path::find(&tree, Node::ROOT, ".././tmp//."), Ok(Node::TMP));
    let long = "n".repeat(256);
    for (path, code) in [
        ("/app", Code::NotPermitted),
        ("..\0", Code::Invalid),
        ("../app.py/", Code::NotDirectory),
        ("../app.py/..", Code::NotDirectory),
        ("../app.py/x", Code::NotDirectory),
        ("x/..", Code::NoEntry),
        (&long, Code::NameTooLong),
        (&"../".repeat(1366), Code::NameTooLong),
    ] {
        assert_eq!(from_tmp(path), Err(code), "{path}");
    }
    assert_eq!(from_tmp(&"../".repeat(1365)), Ok(Node::ROOT));
}

/// A file of exactly the limit fits, not a byte more, and an error changes nothing.
#[test]
fn the_quota_is_exact() {
    let limit = (1 << 20) + 100;
    let image = image::write(&app(), limit);
    let mut tree = tree(&image);
    let all = vec![7; limit as usize];
    let opened = make(&mut tree, "all", &all).unwrap();
    assert_eq!(tree.tmp.used(), u64::from(limit));
    assert_eq!(file::write(&mut tree, opened, b"x", u64::from(limit), NOW), Err(Code::InsufficientSpace));
    assert_eq!(file::set_size(&mut tree, opened, u64::from(limit) + 1, NOW), Err(Code::InsufficientSpace));
    assert_eq!(make(&mut tree, "more", b"x"), Err(Code::InsufficientSpace));
    assert_eq!(tree.tmp.used(), u64::from(limit));
    file::set_size(&mut tree, opened, 1000, NOW).unwrap();
    assert!(tree.tmp.used() <= 2048, "{} bytes are charged for 1,000", tree.tmp.used());
    assert_eq!(file::write(&mut tree, opened, &all, 1, NOW), Err(Code::InsufficientSpace));
    assert!(tree.tmp.used() <= 2048, "a write that failed keeps {} bytes", tree.tmp.used());
    assert_eq!(file::read(&tree, opened, 2000, 0), Ok((vec![7; 1000], true)));
    for name in ["all", "more"] {
        change::unlink_file(&mut tree, Node::TMP, name, NOW).unwrap();
    }
    tree.release(opened.node);
    assert_eq!((tree.tmp.used(), tree.tmp.count()), (0, 2), "the second is open and empty");
}

#[test]
fn nothing_can_be_made_without_a_limit() {
    let image = image::write(&app(), 0);
    let mut tree = tree(&image);
    assert_eq!(make(&mut tree, "a", b""), Err(Code::InsufficientSpace));
    assert_eq!(change::create_directory(&mut tree, Node::TMP, "a", NOW), Err(Code::InsufficientSpace));
    assert!(names(&tree, Node::TMP).is_empty());
}

/// Names cost memory, so they are counted, also those of hard links.
#[test]
fn names_are_bounded() {
    let image = image::write(&app(), 4096);
    let mut tree = tree(&image);
    make(&mut tree, "first", b"x").unwrap();
    let more = |tree: &mut Tree<'_>, number: usize| {
        change::link(tree, (Node::TMP, "first"), (Node::TMP, &format!("n{number}")), NOW)
    };
    let made = (0..).take_while(|number| more(&mut tree, *number).is_ok()).count();
    assert_eq!(made, 1024 + 2 - 1);
    assert_eq!(more(&mut tree, made), Err(Code::InsufficientSpace));
    change::unlink_file(&mut tree, Node::TMP, "n7", NOW).unwrap();
    change::rename(&mut tree, (Node::TMP, "n8"), (Node::TMP, "n9"), NOW).unwrap();
    change::rename(&mut tree, (Node::TMP, "n10"), (Node::TMP, "n7"), NOW).unwrap();
    assert_eq!(more(&mut tree, made), Ok(()), "the two are one file, so nothing was renamed, and one name is free");
    assert_eq!(more(&mut tree, made + 1), Err(Code::InsufficientSpace));
}

#[test]
fn what_is_open_lives_on() {
    let image = image::write(&app(), 1 << 20);
    let mut tree = tree(&image);
    let opened = make(&mut tree, "a", b"old").unwrap();
    let mut reader = Reader::open(&mut tree, opened, 0).unwrap();
    change::unlink_file(&mut tree, Node::TMP, "a", NOW).unwrap();
    tree.release(opened.node);
    let other = make(&mut tree, "a", b"new").unwrap();
    assert_ne!(tree.hash(other.node), tree.hash(reader.node));
    assert_eq!(reader.read(&tree, 9), Ok(Some(b"old".to_vec())));
    assert_eq!(reader.read(&tree, 9), Ok(None));
    tree.release(reader.node);
    assert_eq!(tree.tmp.count(), 2);
}

#[test]
fn handles_are_bounded_and_nothing_is_made_without_one() {
    let image = image::write(&app(), 1 << 20);
    let mut tree = tree(&image);
    let opened = make(&mut tree, "a", b"old").unwrap();
    for _ in 1..HANDLES {
        open::open(&mut tree, Node::TMP, "a", READ, NOW).unwrap();
    }
    let cut = How { truncate: true, ..NEW };
    for name in ["a", "b"] {
        assert_eq!(open::open(&mut tree, Node::TMP, name, cut, NOW), Err(Code::InsufficientMemory));
    }
    assert!(open::preopens(&mut tree).is_none());
    assert!(matches!(Writer::open(&mut tree, opened, Position::End), Err(Code::InsufficientMemory)));
    assert_eq!(names(&tree, Node::TMP), ["a"]);
    assert_eq!(tree.size(opened.node), Ok(3));
    tree.release(opened.node);
    assert!(open::open(&mut tree, Node::TMP, "b", cut, NOW).is_ok());
}

/// Whatever is in the image, it is an answer and no panic.
#[test]
fn damaged_images_are_errors() {
    let whole = image::write(&app(), 1 << 20);
    let walk = |image: &[u8]| {
        let mut tree = tree(image);
        for path in ["app/data.txt", "app/templates/page.html", "zoo/a", "zoo/..", "app.py"] {
            if let Ok(opened) = open::open(&mut tree, Node::ROOT, path, READ, NOW) {
                let _ = (tree.read(opened.node, 0, 100), tree.stat(opened.node), tree.hash(opened.node));
                let _ = tree.entry_after(opened.node, "").map(|entry| entry.map(|entry| entry.name));
            }
        }
    };
    for length in 0..whole.len() {
        walk(&whole[..length]);
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            walk(&damaged);
        }
    }
    assert_eq!(tree(&whole[..40]).kind(Node::Fixed(1)), Err(Code::Io));
}

#[derive(Debug, Clone)]
enum Step {
    Write(u64, Vec<u8>),
    Append(Vec<u8>),
    Zeros(u64, u64),
    SetSize(u64),
    Read(u64, u64),
}

fn step() -> impl Strategy<Value = Step> {
    // Around the borders of chunks, where mistakes are.
    let place = prop_oneof![0..200u64, 65_400..65_700u64, 131_000..131_200u64, 0..200_000u64];
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        (any::<u8>(), 0..140_000usize).prop_map(|(byte, length)| vec![byte; length])
    ];
    prop_oneof![
        (place.clone(), bytes.clone()).prop_map(|(place, bytes)| Step::Write(place, bytes)),
        bytes.prop_map(Step::Append),
        (place.clone(), 0..9000u64).prop_map(|(place, length)| Step::Zeros(place, length)),
        place.clone().prop_map(Step::SetSize),
        (place, 0..200_000u64).prop_map(|(place, length)| Step::Read(place, length)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A file is what a list of bytes is, never takes more than the quota, and gives back all of it.
    #[test]
    fn a_file_is_a_list_of_bytes(steps in prop::collection::vec(step(), 1..30), limit in 150_000..400_000u32) {
        let image = image::write(&app(), limit);
        let mut tree = tree(&image);
        let opened = make(&mut tree, "a", b"").unwrap();
        let mut model = Vec::new();
        for step in steps {
            let before = tree.tmp.used();
            let wanted = match &step {
                Step::Write(place, bytes) if !bytes.is_empty() => (*place as usize).max(model.len()).max(*place as usize + bytes.len()),
                Step::Append(bytes) => model.len() + bytes.len(),
                Step::SetSize(size) => *size as usize,
                Step::Zeros(place, length) if *length > 0 => model.len().max((place + length) as usize),
                Step::Write(..) | Step::Zeros(..) | Step::Read(..) => model.len(),
            };
            let mut kept = model.clone();
            kept.resize(wanted, 0);
            let answer = match step {
                Step::Write(place, bytes) => {
                    if !bytes.is_empty() { kept[place as usize..place as usize + bytes.len()].copy_from_slice(&bytes); }
                    file::write(&mut tree, opened, &bytes, place, NOW).map(|_| ())
                }
                Step::Append(bytes) => {
                    kept[model.len()..].copy_from_slice(&bytes);
                    put(&mut tree, opened, Position::End, |writer, tree| writer.write(tree, &bytes, NOW))
                }
                Step::Zeros(place, length) => {
                    if length > 0 { kept[place as usize..(place + length) as usize].fill(0); }
                    put(&mut tree, opened, Position::At(place), |writer, tree| writer.write_zeros(tree, length, NOW))
                }
                Step::SetSize(size) => file::set_size(&mut tree, opened, size, NOW),
                Step::Read(place, length) => {
                    let (read, is_end) = file::read(&tree, opened, length, place).unwrap();
                    let rest = model.get(place as usize..).unwrap_or_default();
                    prop_assert_eq!(&read, &rest[..rest.len().min(length as usize)]);
                    prop_assert_eq!(is_end, place as usize + read.len() >= model.len());
                    Ok(())
                }
            };
            match answer {
                Ok(()) => model = kept,
                Err(Code::InsufficientSpace) => {
                    prop_assert!(wanted > limit as usize || tree.tmp.used() + 140_000 > u64::from(limit));
                    // Zeros are written in pieces; what is there may be some of them.
                    model = file::read(&tree, opened, 1 << 20, 0).unwrap().0;
                    prop_assert!(tree.tmp.used() <= before + 9000 + 65_536);
                }
                Err(code) => prop_assert!(false, "{code:?}"),
            }
            prop_assert!(tree.tmp.used() <= u64::from(limit));
            prop_assert_eq!(tree.size(opened.node), Ok(model.len() as u64));
            prop_assert_eq!(file::read(&tree, opened, 1 << 20, 0), Ok((model.clone(), true)));
        }
        change::unlink_file(&mut tree, Node::TMP, "a", NOW).unwrap();
        tree.release(opened.node);
        prop_assert_eq!((tree.tmp.used(), tree.tmp.count()), (0, 1));
    }
}

fn put(
    tree: &mut Tree<'_>,
    opened: Opened,
    position: Position,
    work: impl FnOnce(&mut Writer, &mut Tree<'_>) -> Answer<()>,
) -> Answer<()> {
    let mut writer = Writer::open(tree, opened, position)?;
    let answer = work(&mut writer, tree);
    tree.release(writer.node());
    answer
}

/// Directories are not lost: neither in themselves, nor by replacing what holds something.
#[test]
fn directories_move_as_trees() {
    let image = image::write(&app(), 1 << 20);
    let mut tree = tree(&image);
    for path in ["a", "a/b", "a/b/c", "d"] {
        change::create_directory(&mut tree, Node::TMP, path, NOW).unwrap();
    }
    let mut rename = |old: &str, new: &str| change::rename(&mut tree, (Node::TMP, old), (Node::TMP, new), NOW);
    assert_eq!(rename("a", "a/b/c/a"), Err(Code::Invalid));
    assert_eq!(rename("a", "a/b/c"), Err(Code::Invalid));
    assert_eq!(rename("a/b/c", "a"), Err(Code::NotEmpty));
    assert_eq!(rename("d", "a/b"), Err(Code::NotEmpty));
    assert_eq!(rename("a/b", "d"), Ok(()));
    assert_eq!(rename("../tmp", "e"), Err(Code::Busy));
    assert_eq!(rename("../zoo", "e"), Err(Code::CrossDevice));
    assert_eq!(path::find(&tree, Node::TMP, "d/c/../../a"), path::find(&tree, Node::TMP, "a"));
    assert_eq!(tree.kind(path::find(&tree, Node::TMP, "d/c").unwrap()), Ok(Kind::Directory));
    let opened = open::open(&mut tree, Node::TMP, "a", READ, NOW).unwrap();
    change::remove_directory(&mut tree, Node::TMP, "a", NOW).unwrap();
    assert_eq!(path::find(&tree, opened.node, ".."), Err(Code::NoEntry));
    assert_eq!(change::create_directory(&mut tree, opened.node, "x", NOW), Err(Code::NoEntry));
    assert_eq!(tree.stat(opened.node).unwrap().links, 0);
}
