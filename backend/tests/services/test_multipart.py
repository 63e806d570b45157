"""The strict multipart parser: what it reads, what it refuses, and how idempotency compares two bodies with files."""

import hashlib
import io
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.http.multipart import StrictMultipartParser, Upload, canonical_body
from igny8_core.kit.errors import AppError, TooLarge, UnsupportedMediaType, ValidationError
from tests.api.uploading import BOUNDARY, CONTENT_TYPE, form, part


def parse(body: bytes, *, limit: int = 1000, action: str = "create", content_type: str = CONTENT_TYPE) -> Any:
    view = SimpleNamespace(uploads={"create": limit}, open_files=[], action_name=lambda request: action)
    context = {"view": view, "request": None}
    return StrictMultipartParser().parse(io.BytesIO(body), content_type, context)


def refusal(body: bytes, **options: Any) -> AppError:
    with pytest.raises(AppError) as caught:
        parse(body, **options)
    return caught.value


def test_text_and_files_are_read() -> None:
    document = parse(form(part("notes", "Grüße".encode()), part("file", b"\x00\r\n1\n", "C:\\a\\b/Ü.xml")))
    assert document["notes"] == "Grüße"
    file = document["file"]
    assert (file.name, file.size, file.file.read()) == ("Ü.xml", 5, b"\x00\r\n1\n")
    assert file.sha256 == hashlib.sha256(b"\x00\r\n1\n").hexdigest()


@given(st.binary(max_size=3000).filter(lambda content: BOUNDARY.encode() not in content))
def test_any_bytes_survive(content: bytes) -> None:
    document = parse(form(part("file", content, "a"), part("x", b"1")), limit=5000)
    assert document["file"].file.read() == content
    assert document["x"] == "1"


def test_a_file_at_the_limit_passes_and_one_past_it_does_not() -> None:
    assert parse(form(part("file", b"x" * 1000, "a")))["file"].size == 1000
    assert isinstance(refusal(form(part("file", b"x" * 1001, "a"))), TooLarge)
    assert isinstance(refusal(form(part("notes", b"x" * 65537))), TooLarge)


def test_an_action_without_files_takes_none() -> None:
    assert isinstance(refusal(form(part("file", b"x", "a")), action="list"), UnsupportedMediaType)


@pytest.mark.parametrize(
    "body",
    [
        form(part("file", b"x", "a"))[:-6],
        form(part("file", b"x", "a")).replace(b"--\r\n", b"\r\n"),
        part("file", b"x", "a"),
        b"",
        b"no boundary at all",
        form(part("x", b"1"), part("x", b"2")),
        form(part("x", b"1"), part("x", b"2", "file")),
        form(part("x", b"\xff")),
        form(part("x", b"a\x00b")),
        form(part("", b"1")),
        form(part("x", b"MQ==", extra="Content-Transfer-Encoding: base64\r\n")),
        form(f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nabc\r\n".encode()),
        form(f"--{BOUNDARY}\r\nContent-Disposition: attachment; name=x\r\n\r\nabc\r\n".encode()),
        form(f"--{BOUNDARY}\r\nX: {'y' * 5000}\r\n\r\nabc\r\n".encode()),
        form(*[part(f"x{number}", b"1") for number in range(40)]),
        b"preamble\r\n" + form(part("x", b"1")),
    ],
)
def test_malformed_bodies_are_refused(body: bytes) -> None:
    assert isinstance(refusal(body), ValidationError)


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=ü", f"; boundary={'x' * 71}"])
def test_boundaries_are_checked(boundary: str) -> None:
    assert isinstance(refusal(form(part("x", b"1")), content_type=f"multipart/form-data{boundary}"), ValidationError)


def test_a_fingerprint_sees_the_content_of_files() -> None:
    one, same, other = (Upload("n", 1, digest, io.BytesIO()) for digest in ("a", "a", "b"))
    assert canonical_body({"file": one, "x": "1"}) == canonical_body({"file": same, "x": "1"})
    assert canonical_body({"file": one, "x": "1"}) != canonical_body({"file": other, "x": "1"})
