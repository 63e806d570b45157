"""A WSGI environment (PEP 3333) of an ASGI scope."""

import io
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

type Environ = dict[str, Any]

_ALWAYS: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_WITHOUT_PREFIX = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def environ_of(scope: Mapping[str, Any]) -> Environ:
    """The environment of a request, with an empty body.

    Repeated headers are joined. A header with an underscore in its name is left out, because in a WSGI environment it
    could not be told from one with a hyphen that a proxy has set. A value that is not ASCII counts as empty.
    """
    server, client = scope["server"], scope["client"]
    environ: Environ = {
        **_ALWAYS,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(),
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key = _key(name)
        text = value.decode("ascii") if value.isascii() else ""
        if key in environ:
            text = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{text}"
        environ[key] = text
    return environ


@lru_cache(maxsize=512)
def _key(name: bytes) -> str:
    return _WITHOUT_PREFIX.get(name) or "HTTP_" + name.decode("ascii").upper().replace("-", "_")


def announced_length(environ: Environ) -> int | None:
    """The announced length of the body; None if it is chunked."""
    if environ.pop("HTTP_TRANSFER_ENCODING", ""):
        return None
    return int(environ.get("CONTENT_LENGTH") or 0)
