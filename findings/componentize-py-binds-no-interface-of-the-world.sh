#!/usr/bin/env bash
# A WIT world can have an interface in it: `import clock: interface { … }` and `export porter: interface { … }`
# (component model, `WIT.md`, "Worlds"). componentize-py 0.25.1 makes bindings for neither and ends with 0: there is no module
# `clock` to call, and no protocol for `porter`. The component that it builds has the export all the same, and a class of that
# name is called. One would guess that both have bindings, as interfaces of a package do, or that neither is taken.
#
# Needs Python 3.10 or newer as `python3`, and PyPI. Ends with 0 as long as it behaves so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip --disable-pip-version-check install --quiet componentize-py==0.25.1 wasmtime==50.0.1
tools/bin/python -m pip --disable-pip-version-check list | grep -E '^(componentize-py|wasmtime) '

mkdir wit
cat > wit/lodge.wit <<'WIT'
package acme:lodge;

world lodge {
  import clock: interface { hour: func() -> u8; }
  export porter: interface { carry: func(bags: u32) -> u32; }
}
WIT
cat > app.py <<'PYTHON'
class Porter:
    def carry(self, bags):
        return bags + 1
PYTHON

tools/bin/componentize-py -d wit -w lodge bindings bindings
echo "modules of the bindings:"
(cd bindings/wit_world && find . -name '*.py' | sort)
if grep -rqiE 'clock|porter' bindings; then
  echo "the bindings know the interfaces now"
  exit 1
fi
tools/bin/componentize-py -d wit -w lodge componentize app -o app.wasm

cat > call.py <<'PYTHON'
from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker

engine = Engine()
store = Store(engine)
store.set_wasi(WasiConfig())
linker = Linker(engine)
linker.add_wasip2()
with linker.root() as root, root.add_instance("clock") as clock:
    clock.add_func("hour", lambda *_: 7)
instance = linker.instantiate(store, Component.from_file(engine, "app.wasm"))
porter = instance.get_export_index(store, "porter")
carry = instance.get_func(store, instance.get_export_index(store, "carry", porter))
carried = carry(store, 3)
print(f"porter.carry(3) gives {carried}")
assert carried == 4, carried
PYTHON
tools/bin/python call.py
echo "as described: no bindings, and the export is called"
