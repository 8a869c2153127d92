#!/usr/bin/env bash
# componentize-py 0.25.1 makes no module for an interface that has nothing but other names for types (`type mark = u64`, or a
# `use`). Yet such an interface has a say in what the modules of others are called: where another one has its name, that one's
# module gets its package's name in front, though there is no second module that it could be taken for. So an import of an app
# stops working when a package that it depends on adds an interface without any code. One would guess that both count, or neither.
#
# Needs Python 3.10 or newer as `python3`, and PyPI. Ends with 0 as long as it behaves so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip --disable-pip-version-check install --quiet componentize-py==0.25.1
tools/bin/python -m pip --disable-pip-version-check list | grep -E '^componentize-py '

mkdir -p wit/deps
cat > wit/harbour.wit <<'WIT'
package acme:harbour;

interface units {
  enum length { metre, mile }
}
interface depth {
  use acme:sea/units.{fathoms};
  here: func() -> fathoms;
}
world alone { import units; }
world both { import units; import depth; }
WIT
cat > wit/deps/sea.wit <<'WIT'
package acme:sea;

interface units {
  type fathoms = u32;
}
WIT

modules() {
  tools/bin/componentize-py -d wit -w "acme:harbour/$1" bindings "$1" > /dev/null
  (cd "$1/wit_world/imports" && find . -name '*.py' ! -name '__init__.py' | sort | tr '\n' ' ')
}
alone=$(modules alone)
both=$(modules both)
echo "one interface called units: $alone"
echo "a second one, without a module: $both"
test "$alone" = "./units.py "
test "$both" = "./acme_harbour_units.py ./depth.py "
echo "as described: the module has another name, and there is no other of the old one"
