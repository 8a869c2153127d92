//! Images that were changed: refused, or as safe as others.

use composer::files::check::{self, Kind};
use composer::files::{image, read};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::files;
use crate::images::trees;

/// A change of an image.
#[derive(Debug, Clone)]
enum Change {
    /// A byte is another one.
    Byte(Index, u8),
    /// A word is a number, such as one that is out of all bounds.
    Word(Index, u32),
    /// Two nodes are in each other's place.
    Swap(Index, Index),
    /// The end is missing.
    Cut(Index),
}

fn changes() -> impl Strategy<Value = Change> {
    let number = prop_oneof![Just(0), Just(1), Just(u32::MAX), Just(u32::MAX - 47), 0..200_u32, any::<u32>()];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        (any::<Index>(), number).prop_map(|(at, word)| Change::Word(at, word)),
        (any::<Index>(), any::<Index>()).prop_map(|(one, other)| Change::Swap(one, other)),
        any::<Index>().prop_map(Change::Cut),
    ]
}

fn apply(image: &mut Vec<u8>, change: &Change) {
    let nodes = image.get(8..12).map_or(0, |word| u32::from_le_bytes(word.try_into().expect("four bytes")) as usize);
    match change {
        Change::Byte(at, byte) if !image.is_empty() => {
            let at = at.index(image.len());
            image[at] = *byte;
        }
        Change::Word(at, word) if image.len() >= 4 => {
            let at = at.index(image.len() / 4) * 4;
            image[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
        Change::Swap(one, other) if nodes > 0 && image.len() >= 32 + 48 * nodes => {
            let (one, other) = (one.index(nodes), other.index(nodes));
            for at in 0..48 {
                image.swap(32 + 48 * one + at, 32 + 48 * other + at);
            }
        }
        Change::Cut(at) => image.truncate(at.index(image.len() + 1)),
        Change::Byte(..) | Change::Word(..) | Change::Swap(..) => {}
    }
}

/// Walks through an image as the guest may, from the root down and from each node up; how many nodes it met.
fn walk(image: &check::Image<'_>) -> usize {
    let (mut met, mut waiting) = (0, vec![0]);
    while let Some(place) = waiting.pop() {
        met += 1;
        let node = &image.nodes[place];
        let mut above = place;
        while above != 0 {
            assert!(image.nodes[above].parent < above);
            above = image.nodes[above].parent;
        }
        match node.kind {
            Kind::Folder { first, count } => waiting.extend(first..first + count),
            Kind::File { contents } => assert!(contents.iter().map(|byte| u64::from(*byte)).sum::<u64>() < u64::MAX),
        }
    }
    met
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn a_changed_image_is_refused_or_a_tree(tree in trees(), changes in prop::collection::vec(changes(), 1..4)) {
        let mut bytes = image::write(&tree).expect("it is small");
        for change in &changes {
            apply(&mut bytes, change);
        }
        if let Ok(image) = check::check(&bytes) {
            prop_assert_eq!(walk(&image), image.nodes.len());
            read::list(&image);
        }
    }

    #[test]
    fn bytes_that_are_no_image_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(check::check(&bytes).is_err());
    }
}

/// An image of `/a/b` and `/a/c`, in which a word is another one.
fn with_word(at: usize, word: u32) -> String {
    let mut bytes = image::write(&files([("a/b", "one"), ("a/c", "two")])).expect("it is small");
    bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    check::check(&bytes).expect_err("it is refused").to_string()
}

#[test]
fn each_rule_is_held() {
    let field = |node: usize, offset: usize| 32 + 48 * node + offset;
    for (at, word, said) in [
        (0, 0, "it does not begin with `FIL1`"),
        (4, 7, "its length is not the one that it says"),
        (8, 0, "its nodes are not in it"),
        (8, u32::MAX, "its nodes are not in it"),
        (12, 36, "its nodes are not in it"),
        (24, 1, "its reserved bytes are not zero"),
        (field(0, 8), 1, "node 0 is not the root"),
        (field(0, 16), 2, "node 0 has a child that is in another folder"),
        (field(1, 0), u32::MAX, "node 1 has a name that is not in the image"),
        (field(1, 4), 0, "node 1 has a name that no file can have"),
        (field(1, 8), 2, "node 1 is neither a file nor a folder"),
        (field(1, 12), 0, "node 1 has children that are not behind it"),
        (field(1, 16), 3, "node 1 has children that are not behind it"),
        (field(1, 16), 1, "node 3 is not among the children of its folder"),
        (field(2, 20), 0, "node 1 has a child that is in another folder"),
        (field(2, 16), u32::MAX, "node 2 has contents that are not in the image"),
        (field(2, 28), u32::MAX, "node 2 was changed after the year 9999"),
    ] {
        let found = with_word(at, word);
        assert_eq!(found, format!("the image of the files is damaged: {said}; build the app again"));
    }
}

#[test]
fn names_are_unique_sorted_and_not_the_guests() {
    let swapped = |from: &[u8], to: &[u8]| {
        let mut bytes = image::write(&files([("aaa", "1"), ("bbb", "2")])).expect("it is small");
        let at = bytes.windows(3).rposition(|part| part == from).expect("the name is there");
        bytes[at..at + 3].copy_from_slice(to);
        check::check(&bytes).expect_err("it is refused").to_string()
    };
    assert!(swapped(b"bbb", b"aaa").contains("has children that are not sorted by name"));
    assert!(swapped(b"aaa", b"ccc").contains("has children that are not sorted by name"));
    assert!(swapped(b"bbb", b"tmp").contains("is `/tmp`, which the guest has itself"));
    assert!(swapped(b"bbb", b"b/b").contains("has a name that no file can have"));
    assert!(swapped(b"bbb", b"b\xffb").contains("has a name that is not UTF-8"));
    let mut bytes = image::write(&files([("aaa", "1"), ("bbb", "2")])).expect("it is small");
    bytes.copy_within(32 + 48 + 32..32 + 48 + 48, 32 + 96 + 32);
    let said = check::check(&bytes).expect_err("it is refused").to_string();
    assert!(said.contains("node 2 has the metadata hash of another node"), "{said}");
}
