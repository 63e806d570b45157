"""Pages of long lists: each starts where the last one ended, so that later pages cost no more."""

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
    """The rows of one page, and the query of the next older page; None if there are no older rows."""

    rows: list[Any]
    older: int | None
    newest: bool


def before(request: HttpRequest) -> int | None:
    """Where the page starts; anything but a valid number starts at the newest."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and int(text[:20]) <= MAX_BIGINT and len(text) < 20 else None


def newest_first(request: HttpRequest, rows: QuerySet[Any]) -> Slice:
    """A page of a table ordered by `sequence`."""
    start = before(request)
    narrowed = rows if start is None else rows.filter(sequence__lt=start)
    found = list(narrowed.order_by("-sequence")[: SIZE + 1])
    older = found[SIZE - 1].sequence if len(found) > SIZE else None
    return Slice(found[:SIZE], older, start is None)


def tabs_of(requested: str, names: Mapping[str, Promise]) -> dict[str, Any]:
    """The tabs of a list for its page; an unknown tab shows everything."""
    tab = requested if requested in names else ""
    query = f"status={tab}" if tab else ""
    return {"tab": tab, "tabs": list(names.items()), "query": query, "label": names[""]}
