"""Reads lines of OTLP/JSON by the published schema, and says what spans there are, as JSON."""

import base64
import json
import sys

from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

IDS = ("traceId", "spanId", "parentSpanId")


def with_bytes(value):
    """OTLP writes ids as hexadecimal digits, where protobuf's own JSON has base64."""
    if isinstance(value, list):
        return [with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    as_bytes = {key: base64.b64encode(bytes.fromhex(value[key])).decode() for key in IDS if key in value}
    return {key: as_bytes.get(key) or with_bytes(item) for key, item in value.items()}


def spans(line):
    """The spans of a line; the parser refuses a field that the schema does not have."""
    export = Parse(json.dumps(with_bytes(json.loads(line))), ExportTraceServiceRequest())
    return [span for resource in export.resource_spans for scope in resource.scope_spans for span in scope.spans]


def told(span):
    number = {item.key: item.value.int_value for item in span.attributes if item.value.HasField("int_value")}
    text = {item.key: item.value.string_value for item in span.attributes if item.value.HasField("string_value")}
    return {
        "name": span.name,
        "trace": span.trace_id.hex(),
        "span": span.span_id.hex(),
        "parent": span.parent_span_id.hex(),
        "kind": span.kind,
        "start": span.start_time_unix_nano,
        "end": span.end_time_unix_nano,
        "status": span.status.message,
        "numbers": number,
        "texts": text,
    }


json.dump([told(span) for line in sys.stdin for span in spans(line)], sys.stdout)
