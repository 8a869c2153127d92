//! An image in a core module: where the guest is told that it is.

use composer::files::guest::with_image;
use wasmtime::{Engine, Instance, Module, Store};

const IMAGE: &[u8] = b"FIL1 and what comes behind it";

/// A guest: the two words at 1024, and data of its own.
const GUEST: &str = r#"(module
    (memory (export "memory") 2 3)
    (global $other i32 (i32.const 7))
    (global (export "FILES_IMAGE") i32 (i32.const 1024))
    (data (i32.const 16) "own")
    (data (i32.const 1020) "\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10"))"#;

fn made(wat: &str, image: &[u8]) -> Vec<u8> {
    let module = wat::parse_str(wat).expect("it is WAT");
    with_image(&module, image).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(wat: &str) -> String {
    with_image(&wat::parse_str(wat).expect("it is WAT"), IMAGE).expect_err("it is refused").to_string()
}

/// The memory of a module when it starts.
fn memory(module: &[u8]) -> Vec<u8> {
    let engine = Engine::default();
    let module = Module::new(&engine, module).unwrap_or_else(|error| panic!("{error:#}"));
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap_or_else(|error| panic!("{error:#}"));
    instance.get_memory(&mut store, "memory").expect("it has a memory").data(&store).to_vec()
}

fn word(memory: &[u8], at: usize) -> usize {
    u32::from_le_bytes(memory[at..at + 4].try_into().expect("four bytes")) as usize
}

#[test]
fn the_guest_is_told_where_the_image_is() {
    for size in [IMAGE.len(), 0x1_0000, 0x1_0001, 3 << 20] {
        let image: Vec<u8> = IMAGE.iter().copied().cycle().take(size).collect();
        let memory = memory(&made(GUEST, &image));
        let (at, length) = (word(&memory, 1024), word(&memory, 1028));
        assert_eq!((at, length), (2 << 16, size));
        assert!(memory[at..at + length] == image);
        assert_eq!(memory.len(), (2 << 16) + size.next_multiple_of(1 << 16));
        // What the guest has of its own is as it was.
        assert_eq!(
            (&memory[16..19], &memory[1020..1024], &memory[1032..1036]),
            (&b"own"[..], &[1, 2, 3, 4][..], &[13, 14, 15, 16][..])
        );
    }
}

#[test]
fn a_module_without_data_gets_some() {
    let memory = memory(&made(
        r#"(module (memory (export "memory") 1) (global (export "FILES_IMAGE") i32 (i32.const 8)))"#,
        IMAGE,
    ));
    assert_eq!((word(&memory, 8), word(&memory, 12)), (1 << 16, IMAGE.len()));
}

#[test]
fn segments_are_counted_where_code_refers_to_them() {
    memory(&made(
        r#"(module (memory (export "memory") 1) (global (export "FILES_IMAGE") i32 (i32.const 8))
            (data $passive "abc")
            (func (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $passive)))"#,
        IMAGE,
    ));
}

#[test]
fn all_other_sections_are_as_they_were() {
    let module = wat::parse_str(
        r#"(module $named (memory 1) (global (export "FILES_IMAGE") i32 (i32.const 8)) (func $f) (@custom "x" "abc"))"#,
    );
    let module = module.expect("it is WAT");
    let made = with_image(&module, IMAGE).expect("it is a guest");
    let sections = |bytes: &[u8]| {
        let payloads = wasmparser::Parser::new(0).parse_all(bytes).map(|payload| payload.expect("it is valid"));
        let sections = payloads.filter_map(|payload| payload.as_section());
        let contents = sections.map(|(id, range)| (id, bytes[range.start as usize..range.end as usize].to_vec()));
        contents.filter(|(id, _)| ![5, 11, 12].contains(id)).collect::<Vec<_>>()
    };
    assert_eq!(sections(&made), sections(&module));
}

#[test]
fn a_module_that_takes_no_image_is_refused() {
    for (wat, said) in [
        ("(module (memory 1))", "it exports no global `FILES_IMAGE`"),
        (r#"(module (memory 1) (func (export "FILES_IMAGE")))"#, "it exports no global `FILES_IMAGE`"),
        (
            r#"(module (memory 1) (global (export "FILES_IMAGE") (mut i32) (i32.const 8)))"#,
            "it has a `FILES_IMAGE` that is no constant address",
        ),
        (
            r#"(module (import "a" "b" (global i32)) (memory 1) (export "FILES_IMAGE" (global 0)))"#,
            "it has a `FILES_IMAGE` that is no constant address",
        ),
        (
            r#"(module (memory 1) (global (export "FILES_IMAGE") i64 (i64.const 8)))"#,
            "it has a `FILES_IMAGE` that is no constant address",
        ),
        (
            r#"(module (memory 1) (global (export "FILES_IMAGE") i32 (i32.const 65529)))"#,
            "it has a `FILES_IMAGE` that is not in its memory",
        ),
        (r#"(module (global (export "FILES_IMAGE") i32 (i32.const 8)))"#, "it has not one memory of its own"),
        (
            r#"(module (memory i64 1) (global (export "FILES_IMAGE") i32 (i32.const 8)))"#,
            "it has a memory of an unusual kind",
        ),
    ] {
        let found = refused(wat);
        assert_eq!(found, format!("the files guest cannot take an image: {said}; build the guests again"), "{wat}");
    }
    let said = with_image(b"no module", IMAGE).expect_err("it is refused").to_string();
    assert!(said.starts_with("the files guest is not a core module"), "{said}");
    let full = r#"(module (memory 65536) (global (export "FILES_IMAGE") i32 (i32.const 8)))"#;
    assert!(refused(full).contains("the memory of a component has no room for it"), "{}", refused(full));
}
