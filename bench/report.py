"""What a run prints, and what of it falls short."""

from collections.abc import Sequence

from bench import latency
from bench.latency import Latency
from bench.sizes import CONNECTIONS, Sizes
from bench.throughput import Result

MUST_MB, AIM_MB = 150, 110


def throughput_head() -> str:
    """The table's head."""
    return (
        f"\n{CONNECTIONS} keep-alive connections; ours over HTTP, pgbench -M prepared with the same statements."
        f" Cost is processor time\nper request in ms: client + web + PostgreSQL for ours, client + PostgreSQL for"
        f" pgbench.\n\n{'':<44}{'ours/s':>7}{'pgbench/s':>10}{'ratio':>7}{'must':>6}{'aim':>6}{'p50 ms':>8}"
        f"{'p99 ms':>8}{'statements':>12}{'our cost':>20}{'its cost':>14}"
    )


def throughput_row(result: Result) -> str:
    """One case."""
    case, median = result.case, result.median
    ours = [median(lambda one: one.cost.client), median(lambda one: one.cost.web)]
    ours.append(median(lambda one: one.cost.postgres))
    its = [median(lambda one: one.limit_cost.client), median(lambda one: one.limit_cost.postgres)]
    return (
        f"{case.name:<44}{median(lambda one: one.ours.per_second):>7.0f}{median(lambda one: one.limit):>10.0f}"
        f"{result.ratio:>7.2f}{case.must:>6.2f}{case.aim:>6.2f}"
        f"{median(lambda one: one.ours.percentile_ms(0.5)):>8.1f}"
        f"{median(lambda one: one.ours.percentile_ms(0.99)):>8.1f}{result.statements:>12}"
        f"{' + '.join(f'{ms:.2f}' for ms in ours):>20}{' + '.join(f'{ms:.2f}' for ms in its):>14}"
    )


def missed_throughput(result: Result) -> list[str]:
    """A sentence where a case is below what it must reach."""
    if result.ratio >= result.case.must:
        return []
    return [f"{result.case.name}: {result.ratio:.2f} of pgbench, must be {result.case.must:.2f}"]


def latencies(lists: Sequence[Latency], sizes: Sizes) -> str:
    """The lists' table."""
    lines = [
        f"\nGET payments/?page_size=50, one connection, medians of {sizes.samples} in ms; the ratios are to the small"
        f" account, must be {latency.MUST}, aim {latency.AIM}.\n",
        f"{'':<14}{'small account':>14}{f'{sizes.large_rows:,} payments':>20}{'ratio':>7}"
        f"{f'its page {sizes.deep_page:,}':>18}{'ratio':>7}",
    ]
    lines += [
        f"{one.name:<14}{one.small_ms:>14.2f}{one.first_ms:>20.2f}{one.first_ratio:>7.2f}{one.deep_ms:>18.2f}"
        f"{one.deep_ratio:>7.2f}"
        for one in lists
    ]
    return "\n".join(lines)


def missed_latencies(lists: Sequence[Latency]) -> list[str]:
    """A sentence for each page that is too slow."""
    return [
        f"the large account's {page} page, {one.name}: {ratio:.2f} of the small account's, must be {latency.MUST}"
        for one in lists
        for page, ratio in (("first", one.first_ratio), ("deep", one.deep_ratio))
        if ratio > latency.MUST
    ]


def memory(highest_mb: float) -> str:
    """The line about memory."""
    return f"\nMemory of a web process under load: {highest_mb:.0f} MB resident (must {MUST_MB}, aim {AIM_MB})."


def missed_memory(highest_mb: float) -> list[str]:
    """A sentence where a web process has grown too large."""
    return [] if highest_mb <= MUST_MB else [f"a web process holds {highest_mb:.0f} MB, must be {MUST_MB}"]
