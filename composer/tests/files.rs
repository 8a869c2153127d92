//! Files of apps: the tree, its image, the guest that has it, and components that are composed with it.

mod support;

#[path = "files/composing.rs"]
mod composing;
#[path = "files/guest.rs"]
mod guest;
#[path = "files/images.rs"]
mod images;
#[path = "files/mutated.rs"]
mod mutated;
#[path = "files/trees.rs"]
mod trees;

use composer::files::{Files, Tree};

/// How much can be written, in the tests.
const MAX_TMP: u32 = 5 << 20;

/// Files of these paths and contents.
fn files<P: AsRef<str>, C: AsRef<[u8]>>(of: impl IntoIterator<Item = (P, C)>) -> Files {
    let mut tree = Tree::new();
    for (path, contents) in of {
        let inserted = tree.insert(path.as_ref(), contents.as_ref().to_vec());
        inserted.unwrap_or_else(|error| panic!("{}: {error}", path.as_ref()));
    }
    Files { tree, max_tmp: MAX_TMP }
}
