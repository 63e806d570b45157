"""How much is filled and how long is measured, from the environment."""

import os
from dataclasses import dataclass

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Sizes:
    """One run's size.

    `deep_page` is the page of the large account that is compared with its first one. `rounds` of each measurement are
    made, and the median counts.
    """

    accounts: int
    rows: int
    large_rows: int
    large_invoices: int
    deep_page: int
    samples: int
    seconds: float
    rounds: int

    @property
    def reserve(self) -> int:
        """How many rows each of pgbench's clients may use up, over all rounds."""
        return int(self.seconds * self.rounds * RESERVED_PER_SECOND / CONNECTIONS)

    @property
    def stock(self) -> int:
        """How many rows there are of each kind that is used up: one half is pgbench's, the other ours."""
        return 2 * CONNECTIONS * self.reserve


RESERVED_PER_SECOND = 4000
FULL = Sizes(
    accounts=200,
    rows=500,
    large_rows=1_000_000,
    large_invoices=20_000,
    deep_page=1000,
    samples=300,
    seconds=6,
    rounds=3,
)
SMALL = Sizes(
    accounts=200,
    rows=500,
    large_rows=60_000,
    large_invoices=2_000,
    deep_page=100,
    samples=100,
    seconds=3,
    rounds=1,
)


def from_environment() -> Sizes:
    """BENCH_SCALE=small, BENCH_SECONDS and BENCH_ROUNDS make a run smaller, shorter or longer."""
    sizes = SMALL if os.environ.get("BENCH_SCALE") == "small" else FULL
    return Sizes(
        accounts=sizes.accounts,
        rows=sizes.rows,
        large_rows=sizes.large_rows,
        large_invoices=sizes.large_invoices,
        deep_page=sizes.deep_page,
        samples=sizes.samples,
        seconds=float(os.environ.get("BENCH_SECONDS") or sizes.seconds),
        rounds=int(os.environ.get("BENCH_ROUNDS") or sizes.rounds),
    )
