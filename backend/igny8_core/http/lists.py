"""Lists of tables that have a `sequence`: keyset pages, newest first."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.http import responses
from igny8_core.http.pagination import EXACT_COUNT_LIMIT, build, page_request


def sequence_page(
    request: Request, queryset: QuerySet[Any], answer_of: Callable[[Any], Any], *, by: str = "sequence"
) -> HttpResponse:
    """A page of any table with a `sequence`, newest first; or ordered `by` another ascending column."""
    ordering = "-created_at" if by == "sequence" else f"-{by}"
    asked = page_request(request, ordering=ordering)
    backwards = asked.cursor is not None and asked.cursor.backwards
    rows = queryset
    if asked.cursor is not None:
        (key,) = asked.cursor.key
        rows = rows.filter(**{f"{by}__gt" if backwards else f"{by}__lt": key})
    found = list(rows.order_by(by if backwards else f"-{by}")[: asked.size + 1])
    if backwards:
        found.reverse()
    count = queryset.order_by()[: EXACT_COUNT_LIMIT + 1].count()
    return responses.many(
        build(
            request,
            asked=asked,
            ordering=ordering,
            rows=[answer_of(row) for row in found],
            keys=[(getattr(row, by),) for row in found],
            count=count,
        )
    )
