"""A host that is made up for what needs no host of WSGI: its calls are counted."""

import enum
import importlib.util
import sys
import types

CALLS = []


class Err(Exception):
    """The bindings' own."""

    def __init__(self, value):
        self.value = value

    def __class_getitem__(cls, item):
        return cls


class Host:
    """Writes down what is called on it, and answers what was asked of it by name."""

    def __init__(self, *_, **answers):
        self.answers = answers

    def __getattr__(self, name):
        def call(*args):
            CALLS.append((name, *(arg for arg in args if not isinstance(arg, Host))))
            answer = self.answers.get(name)
            return answer(*args) if callable(answer) else answer

        return call

    def __exit__(self, *_):
        CALLS.append(("drop",))


class HttpVersion(enum.Enum):
    HTTP09, HTTP10, HTTP11, H2, H3 = range(5)


class FramingHeadersMode(enum.Enum):
    AUTOMATIC, MANUALLY_FROM_HEADERS = range(2)


def made_up(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


def load(folder):
    """The package, over bindings that are made up."""
    imports = {
        "compute_runtime": {"get_heap_mib": Host().get_heap_mib},
        "http_body": {"Body": Host},
        "http_resp": {"Response": Host},
        "http_req": {"Request": Host, "RequestWithBody": Host},
        "http_types": {"HttpVersion": HttpVersion, "FramingHeadersMode": FramingHeadersMode},
        "http_downstream": {"NextRequestOptions": Host, "next_request": Host().next_request},
        "log": {"Endpoint": Host},
    }
    made_up("componentize_py_types", Err=Err)
    modules = {name: made_up(f"wit_world.imports.{name}", **members) for name, members in imports.items()}
    made_up("wit_world", exports=made_up("wit_world.exports", HttpIncoming=object))
    made_up("wit_world.imports", **modules)
    package = made_up("fastly_py", __path__=[folder])
    package.__spec__ = importlib.util.spec_from_file_location("fastly_py", None, submodule_search_locations=[folder])


def request(uri="http://example.com/", method="GET", headers=(), version=HttpVersion.HTTP11):
    headers = dict(headers)
    return Host(
        get_method=method,
        get_uri=uri,
        get_version=version,
        client_ip_addr="192.0.2.1",
        get_headers=[(name, value) for name, values in headers.items() for value in values],
    )
