"""`make bench`: bring the product up, fill it, measure, print; exit status 1 where something that must be is missed.

Bank lines are measured before that, each in a process and with a database of its own.
"""

import platform
import subprocess
import sys
import time

from bench import latency, report, throughput
from bench.cases import cases
from bench.processes import Family, Memory
from bench.sizes import Sizes, from_environment
from bench.world import World, running


def main() -> int:
    """One run."""
    sizes, begun = from_environment(), time.monotonic()
    bank_lines_missed = any([_fails("bench.matching"), _fails("bench.statements_import")])
    _say(f"Filling {sizes.accounts} accounts of {sizes.rows} payments, and one of {sizes.large_rows:,} ...")
    with running(sizes) as world:
        _say(f"... filled after {time.monotonic() - begun:.0f} s; {sizes.rounds} rounds of {sizes.seconds:g} s each.")
        missed = _measure(world, sizes)
    _say(f"\nAll of it took {time.monotonic() - begun:.0f} s, on Python {platform.python_version()}.")
    for sentence in missed:
        _say(f"MISSED: {sentence}")
    return 1 if missed or bank_lines_missed else 0


def _fails(module: str) -> bool:
    """Run one of the benchmarks that stand alone; it prints for itself."""
    return subprocess.run([sys.executable, "-W", "ignore", "-m", module], check=False).returncode != 0


def _measure(world: World, sizes: Sizes) -> list[str]:
    memory = Memory(Family(world.pid("web")))
    missed: list[str] = []
    lists = latency.measure(world, sizes)
    _say(report.latencies(lists, sizes))
    missed += report.missed_latencies(lists)
    _say(report.throughput_head())
    for case in cases(sizes, approver_key=world.approver_key):
        result = throughput.measure(world, sizes, case, memory)
        _say(report.throughput_row(result))
        missed += report.missed_throughput(result)
    _say(report.memory(memory.highest_mb))
    return missed + report.missed_memory(memory.highest_mb)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
