"""Keyset pages: a page is found by the key where the last one ended, so page 1,000 costs no more than page 1."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from rest_framework.request import Request

from igny8_core.http.responses import Page
from igny8_core.kit.errors import ValidationError

DEFAULT_PAGE_SIZE = 25
MAX_PAGE_SIZE = 100
EXACT_COUNT_LIMIT = 1000
MAX_BIGINT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to continue: after the row with this key, or (backwards) before it.

    `key` holds the numbers of the ordering columns, the last of which is unique; `ordering` binds the cursor to its
    list.
    """

    ordering: str
    key: tuple[int, ...]
    backwards: bool


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The requested part of a list."""

    size: int
    cursor: Cursor | None


def page_request(request: Request, *, ordering: str, width: int = 1) -> PageRequest:
    """Read `page_size` and `cursor` (with a key of `width` numbers); raises `ValidationError`."""
    text = request.query_params.get("cursor")
    cursor = None if text is None else decode(text, ordering=ordering, width=width)
    return PageRequest(_size(request.query_params.get("page_size")), cursor)


def encode(cursor: Cursor) -> str:
    """The cursor as opaque text."""
    document = json.dumps([cursor.ordering, cursor.key, cursor.backwards], separators=(",", ":"))
    return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def decode(text: str, *, ordering: str, width: int) -> Cursor:
    """Parse a cursor that this list issued; raises `ValidationError` for any other text."""
    try:
        padded = text + "=" * (-len(text) % 4)
        name, key, backwards = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != ordering or type(backwards) is not bool or type(key) is not list or len(key) != width:
            raise ValueError("not a cursor of this list")
        if any(type(number) is not int or abs(number) > MAX_BIGINT for number in key):
            raise ValueError("not a key")
        return Cursor(ordering, tuple(key), backwards)
    except (ValueError, TypeError, binascii.Error, RecursionError, AttributeError) as error:
        sentence = "This cursor does not belong to this list. Start again without it."
        raise ValidationError(fields={"cursor": [sentence]}) from error


def build(
    request: Request,
    *,
    asked: PageRequest,
    ordering: str,
    rows: Sequence[Any],
    keys: list[tuple[int, ...]],
    count: int,
) -> Page:
    """A page from up to `size + 1` rows in the list's order, with their `keys`.

    The extra row comes first when going backwards and last when going forwards; it only shows that there is more.
    """
    backwards = asked.cursor is not None and asked.cursor.backwards
    more = len(rows) > asked.size
    if more:
        rows, keys = (rows[1:], keys[1:]) if backwards else (rows[:-1], keys[:-1])
    has_next = backwards or more
    has_previous = more if backwards else asked.cursor is not None
    return Page(
        results=rows,
        count=min(count, EXACT_COUNT_LIMIT),
        count_exact=count <= EXACT_COUNT_LIMIT,
        next=_url(request, Cursor(ordering, keys[-1], False)) if has_next and keys else None,
        previous=_url(request, Cursor(ordering, keys[0], True)) if has_previous and keys else None,
    )


def _url(request: Request, cursor: Cursor) -> str:
    parameters = [(name, value) for name, value in request.query_params.items() if name != "cursor"]
    query = urlencode([*parameters, ("cursor", encode(cursor))])
    return f"{request.scheme}://{request.get_host()}{request.path}?{query}"


def _size(text: str | None) -> int:
    if text is None:
        return DEFAULT_PAGE_SIZE
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE_SIZE):
        raise ValidationError(fields={"page_size": [f"Send a whole number from 1 to {MAX_PAGE_SIZE}."]})
    return int(text)
