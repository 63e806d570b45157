"""Multipart bodies for tests, written by hand so that they can be wrong."""

from typing import Any

from tests.cast import Api

BOUNDARY = "boundary-of-a-test"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, file_name: str | None = None, extra: str = "") -> bytes:
    """One part with its headers."""
    named = f'; filename="{file_name}"' if file_name is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{extra}\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole body."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def upload(api: Api, path: str, body: bytes, **headers: str) -> Any:
    """POST a multipart body."""
    return api.call("POST", path, body, **{"Content-Type": CONTENT_TYPE, **headers})
