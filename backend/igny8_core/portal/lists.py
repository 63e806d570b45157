"""Pages of long lists: each starts where the last one ended, so that depth costs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

SIZE = 20
MAX_BIGINT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of one page, and what the address of the older ones says; None when there are none."""

    rows: list[Any]
    older: int | None
    newest: bool


def before(request: HttpRequest) -> int | None:
    """Where the page starts; anything but a number of ours starts at the newest."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and int(text[:20]) <= MAX_BIGINT and len(text) < 20 else None


def newest_first(request: HttpRequest, rows: QuerySet[Any]) -> Slice:
    """A page of a table that counts its rows in `sequence`."""
    start = before(request)
    narrowed = rows if start is None else rows.filter(sequence__lt=start)
    found = list(narrowed.order_by("-sequence")[: SIZE + 1])
    older = found[SIZE - 1].sequence if len(found) > SIZE else None
    return Slice(found[:SIZE], older, start is None)


def shelves_document(wish: str, names: Mapping[str, Promise]) -> dict[str, Any]:
    """The shelves of a list for its page; a shelf that does not exist shows everything."""
    shelf = wish if wish in names else ""
    query = f"status={shelf}" if shelf else ""
    return {"shelf": shelf, "shelves": list(names.items()), "query": query, "label": names[""]}
