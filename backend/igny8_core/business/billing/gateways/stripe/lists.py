"""Stripe's lists, page by page: the newest first, and not without end."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from igny8_core.business.billing.gateways.stripe.failures import required

PAGE, MOST_PAGES = 100, 20


def made_since(fetch: Callable[[Any], Any], since: datetime) -> Iterator[Any]:
    """The objects of a list that were made since then, on at most so many pages; `fetch` takes a page's query."""
    query: Any = {"limit": PAGE, "created": {"gte": int(since.timestamp())}}
    for _ in range(MOST_PAGES):
        page = fetch(query)
        yield from page.data
        if not page.has_more:
            return
        query = {**query, "starting_after": required(page.data[-1].id)}
