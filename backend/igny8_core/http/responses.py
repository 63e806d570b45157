"""The three forms of every JSON answer: one thing, a list, an error. Rendered by msgspec."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.http import HttpResponse

from igny8_core.http import context
from igny8_core.http.errors import status_of
from igny8_core.kit.errors import AppError

CONTENT_TYPE = "application/json"
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `count` is exact up to 1,000 and capped there."""

    results: Sequence[Any]
    count: int
    count_exact: bool
    next: str | None
    previous: str | None


class JsonAnswer(HttpResponse):
    """An answer already rendered as bytes, so that it can be stored and repeated."""

    def __init__(self, body: bytes, *, status: int) -> None:
        super().__init__(body, status=status, content_type=CONTENT_TYPE)
        self["Content-Length"] = str(len(body))


def one(data: Any, *, status: int = 200, message: str | None = None) -> JsonAnswer:
    """`{"success": true, "data": ...}`."""
    document: dict[str, Any] = {"success": True, "data": data}
    if message is not None:
        document["message"] = message
    document["request_id"] = context.request_id()
    return JsonAnswer(_encoder.encode(document), status=status)


def many(page: Page) -> JsonAnswer:
    """`{"success": true, "count": ..., "results": [...]}`."""
    document = {
        "success": True,
        "count": page.count,
        "count_exact": page.count_exact,
        "next": page.next,
        "previous": page.previous,
        "results": page.results,
        "request_id": context.request_id(),
    }
    return JsonAnswer(_encoder.encode(document), status=200)


def every(rows: Sequence[Any]) -> JsonAnswer:
    """A short list as a single page."""
    return many(Page(rows, len(rows), True, None, None))


def failure(error: AppError) -> JsonAnswer:
    """`{"success": false, "error": ..., "code": ...}` with the status of the error's kind."""
    document: dict[str, Any] = {"success": False, "error": error.message, "code": error.code}
    if error.fields:
        document["errors"] = _field_errors(error.fields)
    if error.data:
        document["data"] = error.data
    document["request_id"] = context.request_id()
    answer = JsonAnswer(_encoder.encode(document), status=status_of(error))
    if error.retry_after_seconds is not None:
        answer["Retry-After"] = str(error.retry_after_seconds)
    if answer.status_code == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="api"'
    return answer


def _field_errors(fields: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: list(sentences) for name, sentences in fields.items()}
