#!/usr/bin/env bash
# The JSON of OTLP (opentelemetry-proto 1.45.2, "JSON Protobuf Encoding" of the OTLP specification) writes a trace id as 32
# hexadecimal digits. The schema calls the field `bytes`, and protobuf's own JSON parser (protobuf 7.36.2) reads `bytes` as base64.
# Hexadecimal digits are base64 as well, so a correct line of OTLP/JSON is read without an error or a warning, and its ids are
# wrong: a trace id has 24 bytes and not 16, a span id 12 and not 8. Writing the message again gives the same digits, so that a
# round trip does not show it either. One would guess that the published schema with its own parser reads the published format.
#
# Needs Python 3.10 or newer as `python3`, and PyPI. Ends with 0 as long as it behaves so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/python -m pip --disable-pip-version-check install --quiet opentelemetry-proto==1.45.2 protobuf==7.36.2
tools/bin/python -m pip --disable-pip-version-check list | grep -E '^(opentelemetry-proto|protobuf) '

cat > read.py <<'PYTHON'
from google.protobuf.json_format import MessageToDict, Parse
from opentelemetry.proto.trace.v1.trace_pb2 import Span

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
span = Parse(f'{{"traceId": "{TRACE}", "spanId": "{SPAN}", "name": "a call"}}', Span())
again = MessageToDict(span)
print("bytes of the ids:", len(span.trace_id), len(span.span_id))
print("the ids that were written:", bytes.fromhex(TRACE) == span.trace_id, bytes.fromhex(SPAN) == span.span_id)
print("the same digits when it is written again:", again["traceId"] == TRACE, again["spanId"] == SPAN)
PYTHON
tools/bin/python read.py | tee said.txt
diff said.txt - <<'SAID'
bytes of the ids: 24 12
the ids that were written: False False
the same digits when it is written again: True True
SAID
echo "as described: the ids are read without an error, and are others"
