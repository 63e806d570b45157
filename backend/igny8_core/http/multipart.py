"""Strict multipart/form-data for addresses that take files: what a lenient parser would accept is refused here.

A view lists in `uploads` the actions that take files, and the maximum size of a file. The body becomes a plain dict:
text fields as `str`, files as `Upload`. A `StrictSerializer` with an `UploadField` validates it like any other body.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

from django.http.multipartparser import (
    FILE,
    RAW,
    ChunkIter,
    LazyStream,
    MultiPartParserError,
    Parser,
)
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser

from igny8_core.http.parsing import is_clean
from igny8_core.kit.errors import TooLarge, UnsupportedMediaType, ValidationError

MEDIA_TYPE = "multipart/form-data"
BESIDE_FILE_BYTES = 128 * 1024
"""Allowance for everything besides the file: the text fields and the lines between the parts."""
TEXT_BYTES = 64 * 1024
MAX_PARTS = 32
MAX_FILE_NAME = 255
IN_MEMORY_BYTES = 1024 * 1024
CHUNK_BYTES = 64 * 1024
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]\Z")
_FOLDERS = re.compile(r"[/\\]")
_PLAIN_ENCODINGS = frozenset({"", "7bit", "8bit", "binary"})


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """A file in a request, spooled to disk if it is large; the view closes it when the request ends."""

    name: str
    """The client's file name without folders: for display, never for a path."""
    size: int
    sha256: str
    file: IO[bytes]


class StrictMultipartParser(BaseParser):
    """Named parts in UTF-8, each name once, complete to the last boundary; a file over the view's limit is a 413."""

    media_type = MEDIA_TYPE

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The body as a dict; raises `ValidationError`, `TooLarge`, `UnsupportedMediaType`."""
        assert parser_context is not None
        view, request = parser_context["view"], parser_context["request"]
        limit = view.uploads.get(view.action_name(request))
        if limit is None:
            raise UnsupportedMediaType
        boundary = _boundary(media_type or "")
        tail = _Tail(stream)
        document: dict[str, Any] = {}
        try:
            for name, value in _parts(tail, boundary, limit_bytes=limit):
                if isinstance(value, Upload):
                    view.open_files.append(value.file)
                if name in document:
                    raise ValidationError(fields={name[:100]: ["Send it only once."]})
                document[name] = value
        except MultiPartParserError as error:
            raise _malformed("A part's headers are too long.") from error
        if not tail.ends_with(b"--" + boundary + b"--"):
            raise _malformed("It ends before its last boundary.")
        return document


def canonical_body(body: Any) -> Any:
    """The body for an idempotency fingerprint: each file is replaced by its SHA-256."""
    if not isinstance(body, Mapping):
        return body
    return {name: {"sha256": value.sha256} if isinstance(value, Upload) else value for name, value in body.items()}


class _Tail:
    """The stream, remembering its last bytes to tell whether the body is complete."""

    KEPT = 128

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""

    def read(self, size: int) -> bytes:
        """The next bytes."""
        chunk = self._stream.read(size)
        if chunk:
            self._kept = (self._kept + chunk[-self.KEPT :])[-self.KEPT :]
        return chunk

    def ends_with(self, mark: bytes) -> bool:
        """Whether the stream ended with the final boundary and at most one line break after it."""
        return self._kept.removesuffix(b"\r\n").endswith(mark)


def _boundary(media_type: str) -> bytes:
    boundary = parse_header_parameters(media_type)[1].get("boundary", "")
    if not _BOUNDARY.match(boundary):
        raise _malformed("Its boundary is missing or malformed.")
    return boundary.encode("ascii")


def _parts(stream: _Tail, boundary: bytes, *, limit_bytes: int) -> Iterable[tuple[str, str | Upload]]:
    parts = Parser(LazyStream(ChunkIter(cast(Any, stream), CHUNK_BYTES)), boundary)
    text_left, count = TEXT_BYTES, 0
    for kind, headers, content in parts:
        if kind == RAW:
            _refuse_nameless(content)
            continue
        count += 1
        if count > MAX_PARTS:
            raise _malformed("It has too many parts.")
        name, file_name = _names(headers)
        if kind == FILE:
            yield name, _spooled(content, file_name, limit_bytes=limit_bytes)
        else:
            text = content.read(text_left + 1)
            text_left -= len(text)
            if text_left < 0:
                raise TooLarge("The text fields are too large.")
            yield name, _text(name, text)


def _names(headers: Mapping[str, Any]) -> tuple[str, str]:
    disposition, parameters = headers["content-disposition"]
    encoding = headers.get("content-transfer-encoding", ("", {}))[0]
    if disposition.strip().lower() != "form-data" or encoding.strip().lower() not in _PLAIN_ENCODINGS:
        raise _malformed("A part is not plain form data.")
    try:
        name, file_name = (parameters.get(key, b"").decode("utf-8") for key in ("name", "filename"))
    except UnicodeDecodeError as error:
        raise _malformed("A part's name is not UTF-8.") from error
    if not name or not is_clean(name) or not is_clean(file_name):
        raise _malformed("A part has no valid name.")
    return name, _base_name(file_name)


def _base_name(file_name: str) -> str:
    """The last component of a path of any system, without invisible characters."""
    last = _FOLDERS.split(file_name)[-1]
    return "".join(character for character in last if character.isprintable())[-MAX_FILE_NAME:]


def _text(name: str, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValidationError(fields={name[:100]: ["This text is not UTF-8."]}) from error
    if not is_clean(text):
        raise ValidationError(fields={name[:100]: ["This text is malformed."]})
    return text


def _spooled(content: Iterable[bytes], file_name: str, *, limit_bytes: int) -> Upload:
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - the view closes it
    digest, size = hashlib.sha256(), 0
    for chunk in content:
        size += len(chunk)
        if size > limit_bytes:
            file.close()
            raise TooLarge(f"The file is larger than {limit_bytes // 1024**2} MB.")
        digest.update(chunk)
        file.write(chunk)
    file.seek(0)
    return Upload(file_name or "file", size, digest.hexdigest(), file)


def _refuse_nameless(content: Iterable[bytes]) -> None:
    """Only padding is allowed before the first and after the last boundary; a part without a name is an error."""
    if any(chunk.strip(b"-\r\n\t ") for chunk in content):
        raise _malformed("A part has no name.")


def _malformed(why: str) -> ValidationError:
    return ValidationError(f"The body is not valid multipart/form-data. {why}")
