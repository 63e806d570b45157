"""How long a page takes in the very large account, first and deep, against the same page of a small one."""

import json
import statistics
from dataclasses import dataclass
from urllib.parse import urlencode

from bench import load
from bench.ids import HOT_INVOICE, HOT_REFERENCE, LARGE_ACCOUNT, key_of, row_id
from bench.sizes import Sizes
from bench.world import World

SMALL_ACCOUNT = 2
MUST, AIM = 1.5, 1.1
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Latency:
    """Medians in milliseconds of one list: a small account's first page, the large one's first and deep pages."""

    name: str
    small_ms: float
    first_ms: float
    deep_ms: float

    @property
    def first_ratio(self) -> float:
        """The large account's first page to the small one's."""
        return self.first_ms / self.small_ms

    @property
    def deep_ratio(self) -> float:
        """The large account's deep page to the small one's first."""
        return self.deep_ms / self.small_ms


def measure(world: World, sizes: Sizes) -> list[Latency]:
    """The list as it comes and under each filter; every page compared has 50 payments."""
    connection = load.Connection.to(world.port)
    found = []
    with world.worker_paused():
        for name in ("unfiltered", "status", "invoice_id", "reference"):
            small, first = _page(name, SMALL_ACCOUNT), _page(name, LARGE_ACCOUNT)
            deep = _walk(connection, first, sizes.deep_page)
            found.append(Latency(name, *_medians(connection, [small, first, deep], sizes.samples)))
    connection.sock.close()
    return found


def _page(name: str, account: int) -> bytes:
    filters = {
        "status": "failed",
        "invoice_id": str(row_id("invoice", account, HOT_INVOICE)),
        "reference": HOT_REFERENCE,
    }
    query = urlencode({"page_size": PAGE_SIZE, **({name: filters[name]} if name in filters else {})})
    return load.request("GET", f"/api/v1/billing/payments/?{query}", key_of(account))


def _walk(connection: load.Connection, request: bytes, pages: int) -> bytes:
    """The request for a page far down, found as a client finds it: from page to page."""
    _, path, rest = request.split(b" ", 2)
    for _ in range(pages - 1):
        document = json.loads(_answer(connection, b" ".join((b"GET", path, rest))))
        path = document["next"].partition("127.0.0.1")[2].encode()
    return b" ".join((b"GET", path, rest))


def _medians(connection: load.Connection, requests: list[bytes], samples: int) -> list[float]:
    """By turns, so that what else the machine does falls on all of them alike."""
    seconds: list[list[float]] = [[] for _ in requests]
    for _ in range(samples):
        for request, taken in zip(requests, seconds, strict=True):
            body = _answer(connection, request, taken)
            if body.count(b'"invoice_id"') != PAGE_SIZE:
                raise RuntimeError(f"not a full page: {body[:500]!r}")
    return [1000 * statistics.median(taken) for taken in seconds]


def _answer(connection: load.Connection, request: bytes, taken: list[float] | None = None) -> bytes:
    run = load.Run()
    connection.send(request)
    while not connection.receive():
        pass
    load.note(run, connection, b" 200 ")
    if run.refused:
        raise RuntimeError(f"refused: {run.refusal!r}")
    if taken is not None:
        taken += run.latencies
    return connection.body()
