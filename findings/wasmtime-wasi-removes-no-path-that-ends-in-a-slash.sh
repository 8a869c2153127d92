#!/usr/bin/env bash
# wasmtime-wasi 50.0.1 removes no directory whose path ends in a slash: `rmdir name/` in a sandbox is EINVAL, also by a preopened
# directory that may be changed. POSIX (XBD 4.16, and rmdir) and Linux remove it, and `mkdir name/` works in the same sandbox. One would
# guess that what can be made by a name can be removed by it.
#
# Needs Python 3.9 or newer as `python3`, and PyPI. Ends with 0 as long as it behaves so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip --disable-pip-version-check install --quiet wasmtime==50.0.1

cat > paths.py <<'PY'
import errno
import os

from wasmtime import Engine, Linker, Module, Store, WasiConfig

WAT = """
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $create (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $remove (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "name/")
  (func (export "mkdir name/") (result i32) (call $create (i32.const 3) (i32.const 0) (i32.const 5)))
  (func (export "rmdir name/") (result i32) (call $remove (i32.const 3) (i32.const 0) (i32.const 5)))
  (func (export "rmdir name") (result i32) (call $remove (i32.const 3) (i32.const 0) (i32.const 4))))
"""
# Numbers of WASI preview 1, which are not those of the machine.
NAMES = {0: "success", 28: "EINVAL"}


def told(call):
    try:
        call()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "success"


os.mkdir("there")
engine = Engine()
store, linker, config = Store(engine), Linker(engine), WasiConfig()
config.preopen_dir("there", "/")
store.set_wasi(config)
linker.define_wasi()
exports = linker.instantiate(store, Module(engine, WAT)).exports(store)

sandbox = {}
for call in ("mkdir name/", "rmdir name/", "rmdir name"):
    number = exports[call](store)
    sandbox[call] = NAMES.get(number, str(number))
kernel = {
    "mkdir name/": told(lambda: os.mkdir("here/")),
    "rmdir name/": told(lambda: os.rmdir("here/")),
}
print(f"in the sandbox: {sandbox}")
print(f"by the kernel:  {kernel}")
assert sandbox == {"mkdir name/": "success", "rmdir name/": "EINVAL", "rmdir name": "success"}
assert kernel == {"mkdir name/": "success", "rmdir name/": "success"}
PY
tools/bin/python paths.py
echo "as described: a directory that was made as name/ cannot be removed as name/"
