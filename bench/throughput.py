"""Requests a second at 16 connections, ours and pgbench's with the same statements, by turns."""

import itertools
import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

from bench import limit, load
from bench.cases import Case
from bench.processes import Family, Memory
from bench.sizes import Sizes
from bench.world import World

WARM_UP_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time of one request or transaction, in milliseconds: the client's, the web server's, PostgreSQL's."""

    client: float
    web: float
    postgres: float


@dataclass(frozen=True, slots=True)
class Round:
    """Ours and pgbench's rate of one round, measured one right after the other, and what each cost."""

    ours: load.Run
    limit: float
    cost: Cost
    limit_cost: Cost


@dataclass(slots=True)
class Result:
    """What the rounds of a case have measured; everything told is the median over them."""

    case: Case
    statements: int
    rounds: list[Round] = field(default_factory=list)

    def median(self, value: Callable[[Round], float]) -> float:
        """The median over the rounds."""
        return statistics.median(map(value, self.rounds))

    @property
    def ratio(self) -> float:
        """Our rate to pgbench's."""
        return self.median(lambda one: one.ours.per_second / one.limit)


def measure(world: World, sizes: Sizes, case: Case, memory: Memory) -> Result:
    """All rounds of one case; raises RuntimeError on any answer but the good one, or a row too few or too many."""
    numbers = itertools.count()
    requests = (_bytes(case, number) for number in numbers)
    _drive(world, case, requests, memory, seconds=WARM_UP_SECONDS)
    request = asdict(case.request(next(numbers)))
    statements = limit.statements_of(world, **request)
    result = Result(case, statements.count)
    for number in range(sizes.rounds):
        first = number * (sizes.reserve // sizes.rounds)
        with world.worker_paused():
            before = _used(world)
            ours = _drive(world, case, requests, memory, seconds=sizes.seconds)
            between = _used(world)
            pgbench = limit.run(world, statements, head=case.head, seconds=sizes.seconds, first=first)
            after = _used(world)
        result.rounds.append(
            Round(
                ours,
                pgbench.per_second,
                _cost(before, between, ours.own_cpu, len(ours.latencies)),
                _cost(between, after, pgbench.own_cpu, pgbench.transactions),
            )
        )
    return result


def _used(world: World) -> tuple[float, float]:
    return Family(world.pid("web")).cpu_seconds(), Family(world.pid("postgres")).cpu_seconds()


def _cost(before: tuple[float, float], after: tuple[float, float], client: float, count: int) -> Cost:
    web, postgres = (end - begin for begin, end in zip(before, after, strict=True))
    return Cost(*(1000 * seconds / count for seconds in (client, web, postgres)))


def _bytes(case: Case, number: int) -> bytes:
    request = case.request(number)
    return load.request(request.method, request.path, request.key, request.body, request.headers)


def _drive(world: World, case: Case, requests: Iterator[bytes], memory: Memory, *, seconds: float) -> load.Run:
    before = world.ask(case.counted) if case.counted else 0
    with memory.watched():
        run = load.drive(world.port, requests, seconds=seconds, good=case.good)
    if run.refused:
        raise RuntimeError(f"{case.name}: {run.refused} answers were not{case.good.decode()}: {run.refusal!r}")
    written = world.ask(case.counted) - before if case.counted else 0
    if case.counted and written != len(run.latencies):
        raise RuntimeError(f"{case.name}: {len(run.latencies)} good answers, {written} rows")
    return run
