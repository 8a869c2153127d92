//! An app of dynamic libraries that call each other in a circle, put together by `wit-component` as any C or Rust app is.

use anyhow::Result;
use wit_component::{Linker, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const WIT: &str = r#"
package test:app;
world base { import log: func(a: u32) -> u32; }
world app {
  import log: func(a: u32) -> u32;
  import say: func(s: list<u8>);
  export run: func(a: u32) -> u32;
  export peek: func() -> list<u8>;
}
"#;

/// What both libraries import of their surroundings, and how much they have.
const AROUND: &str = r#"
  (import "env" "memory" (memory 1)) (import "env" "__indirect_function_table" (table 0 funcref))
  (import "env" "__memory_base" (global $base i32)) (import "env" "__table_base" (global $table i32))
  (import "env" "__stack_pointer" (global $stack (mut i32)))
"#;

/// A library with data, a function in the table, a weak symbol that nobody has, and a call back into what needs it.
const BASE: &str = r#"
  (@dylink.0 (mem-info (memory 16 4) (table 1 0)) (import-info "env" "nobody" binding-weak undefined))
  (type $f (func (param i32) (result i32)))
  (import "env" "back" (func $back (type $f))) (import "env" "nobody" (func $nobody (type $f)))
  (import "$root" "log" (func $log (type $f)))
  (import "GOT.func" "back" (global $back-at (mut i32)))
  (elem (global.get $table) func $twice) (data (global.get $base) "\05\00\00\00base")
  (global (export "number") i32 (i32.const 0))
  (func $twice (export "twice") (type $f) (i32.mul (local.get 0) (i32.load (global.get $base))))
  (func (export "round") (type $f)
    (if (i32.eqz (local.get 0)) (then (return (call $log (i32.const 1)))))
    (i32.add (call $back (i32.sub (local.get 0) (i32.const 1)))
             (call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) (global.get $back-at))))
  (func (export "perhaps") (type $f) (if (i32.gt_u (local.get 0) (i32.const 1000)) (then (return (call $nobody (i32.const 0))))) (i32.const 6))
  (func (export "__wasm_call_ctors") (drop (call $log (i32.const 77))) (i32.store offset=8 (global.get $base) (i32.const 3)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (unreachable))
"#;

/// The app: it exports what the world does, and calls a host function that needs the memory.
const APP: &str = r#"
  (@dylink.0 (mem-info (memory 32 4) (table 1 0)) (needed "base.so"))
  (type $f (func (param i32) (result i32)))
  (import "env" "twice" (func $twice (type $f))) (import "env" "round" (func $round (type $f)))
  (import "env" "perhaps" (func $perhaps (type $f)))
  (import "$root" "say" (func $say (param i32 i32))) (import "$root" "log" (func $log (type $f)))
  (import "GOT.mem" "number" (global $number (mut i32)))
  (elem (global.get $table) func $back) (data (global.get $base) "the app")
  (func $back (export "back") (type $f) (if (result i32) (local.get 0) (then (call $round (local.get 0))) (else (i32.const 2))))
  (func (export "run") (type $f)
    (call $say (global.get $base) (i32.const 7))
    (i32.add (call $perhaps (local.get 0))
             (i32.add (i32.load offset=8 (global.get $number)) (call $twice (call $round (local.get 0))))))
  (func (export "peek") (result i32)
    (i32.store offset=16 (global.get $base) (global.get $base)) (i32.store offset=20 (global.get $base) (i32.const 24))
    (i32.add (global.get $base) (i32.const 16)))
  (func (export "__wasm_call_ctors") (drop (call $log (i32.const 88))) (call $say (global.get $base) (i32.const 3)))
"#;

/// The app, linked the way that a loader would: a core module for each library.
pub fn component() -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("app.wit", WIT)?;
    let library = |body: &str, world: &str| -> Result<Vec<u8>> {
        let world = resolve.select_world(&[package], Some(world))?;
        // The description of a library comes first.
        let (described, rest) = body.split_once("(type $f").expect("a type comes first");
        let mut module = wat::parse_str(format!("(module {described} {AROUND} (type $f{rest})"))?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
        Ok(module)
    };
    let mut linker = Linker::default();
    linker.library("base.so", &library(BASE, "base")?, false)?.library("app.so", &library(APP, "app")?, false)?;
    linker.encode()
}
