#!/usr/bin/env bash
# Where a WIT world exports an interface with a resource, componentize-py 0.25.1 looks for the app's class in a module that is
# called as the interface. For an interface `types`, a name that many packages of WIT have, Python itself has a module of that
# name, and it is found first: an app with a file `types.py` cannot be built, and the error speaks of a class that is there.
# Under any other name the same app is built. One would guess that the app's own modules come first, or that the class can be in
# the app's main module, as the class of the interface is.
#
# Needs Python 3.10 or newer as `python3`, and PyPI. Ends with 0 as long as it behaves so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip --disable-pip-version-check install --quiet componentize-py==0.25.1
tools/bin/python -m pip --disable-pip-version-check list | grep -E '^componentize-py '

build() {
  mkdir -p "$1/app"
  cat > "$1/shop.wit" <<WIT
package acme:shop;

interface $1 {
  resource scale { constructor(most: u32); put: func(grams: u32) -> u32; }
  count: func() -> u32;
}
world shop { export $1; }
WIT
  cat > "$1/app/$1.py" <<'PYTHON'
class Scale:
    def __init__(self, most):
        self.grams = 0

    def put(self, grams):
        self.grams += grams
        return self.grams
PYTHON
  cat > "$1/app/main.py" <<PYTHON
class ${1^}:
    def count(self):
        return 1
PYTHON
  tools/bin/componentize-py -d "$1/shop.wit" -w shop componentize -p "$1/app" main -o "$1/shop.wasm" > "$1/said" 2>&1
}

build desk
test -s desk/shop.wasm
echo "interface desk, class in desk.py: built"
if build types; then
  echo "an app with types.py is built now"
  exit 1
fi
grep -m1 -E "has no attribute 'Scale'" types/said
echo "as described: Python's own module is looked in"
