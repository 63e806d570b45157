"""How right and how fast the matcher is on lines as payers write them: `python -m bench.matching`.

Prints the precision of what is taken without a person, how much of the matchable that is, and how often the right
answer is among the first three proposals; ends with 1 where a limit is missed.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "backend"))

from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.matching import Candidate, Decision, Proposal, decide, lookup_keys
from igny8_core.business.banking.domain.names import NameIndex

from bench.matching_set import Case, Lines
from bench.matching_world import Maker, World

RECALL_LIMIT, FIRST_THREE_LIMIT = 0.90, 0.98
_SAME_AMOUNT_AT_MOST = 30
_OF_ACCOUNT_AT_MOST = 15


class Index:
    """Answers look-ups as the database would: by equality, with the same limits on the weak ones."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._by: dict[Hashable, list[Candidate]] = defaultdict(list)
        names = {}
        for candidate in sorted(candidates, key=lambda one: (one.opened_on, one.invoice_number)):
            names[candidate.account_id] = candidate.account_name
            for key in self._keys(candidate):
                self._by[key].append(candidate)
        self._names = NameIndex(names.items())

    @staticmethod
    def _keys(candidate: Candidate) -> list[Hashable]:
        keys: list[Hashable] = [("account", candidate.account_id), (candidate.amount_minor, candidate.currency)]
        keys += [("creditor", candidate.creditor_reference), ("number", candidate.invoice_number)]
        keys += [("reference", candidate.reference)] if candidate.reference else []
        keys += [("end", candidate.end_to_end_id)] if candidate.end_to_end_id else []
        return keys + [("payer", account) for account in candidate.known_payer_accounts]

    def find(self, line: StatementLine) -> list[Candidate]:
        keys = lookup_keys(line)
        found = [one for reference in keys.creditor_references for one in self._by.get(("creditor", reference), ())]
        found += [one for number in keys.invoice_numbers for one in self._by.get(("number", number), ())]
        found += [one for reference in keys.references for one in self._by.get(("reference", reference), ())]
        found += self._by.get(("end", keys.end_to_end_id), ())
        found += self._by.get(("payer", keys.counterparty_account), ())[:_OF_ACCOUNT_AT_MOST]
        for account_id in self._names.accounts_like(line.counterparty_name):
            found += self._by[("account", account_id)][:_OF_ACCOUNT_AT_MOST]
        return found + list(self._by.get((abs(line.amount_minor), line.currency), ()))[:_SAME_AMOUNT_AT_MOST]


@dataclass
class Result:
    """Counts over all cases."""

    automatic: int = 0
    wrong: list[tuple[Case, Decision]] = field(default_factory=list)
    matchable: int = 0
    recalled: int = 0
    answerable: int = 0
    first_three: int = 0
    seconds: float = 0.0
    lines: int = 0
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    missed: list[tuple[Case, Decision]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return (self.automatic - len(self.wrong)) / self.automatic if self.automatic else 1.0

    @property
    def recall(self) -> float:
        return self.recalled / self.matchable if self.matchable else 1.0

    @property
    def among_first_three(self) -> float:
        return self.first_three / self.answerable if self.answerable else 1.0


def _paid(proposal: Proposal) -> frozenset[UUID]:
    return frozenset(part.candidate.invoice_id or part.candidate.id for part in proposal.parts)


def measure(world: World, cases: list[Case]) -> Result:
    """Decide every case and count; the time is the processor's for reading, looking up and deciding."""
    index = Index(world.candidates())
    result = Result(lines=len(cases))
    for case in cases:
        begun = time.process_time()
        decision = decide(case.line, index.find(case.line))
        result.seconds += time.process_time() - begun
        _count(result, case, decision)
    return result


def _count(result: Result, case: Case, decision: Decision) -> None:
    right = decision.certain is not None and _paid(decision.certain) == case.truth
    among = any(_paid(proposal) == case.truth for proposal in decision.proposals[:3])
    kind = result.kinds[case.kind]
    kind["lines"] += 1
    if decision.certain is not None:
        result.automatic += 1
        kind["automatic"] += 1
        if not right:
            result.wrong.append((case, decision))
    if case.matchable:
        result.matchable += 1
        kind["matchable"] += 1
        result.recalled += right
        kind["recalled"] += right
    if case.truth:
        result.answerable += 1
        result.first_three += among
        kind["first three"] += among
        if not among or (case.matchable and not right):
            result.missed.append((case, decision))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.matching", description=__doc__)
    parser.add_argument("--invoices", type=int, default=5000)
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--show", type=int, default=0, help="show so many of the lines that were missed or wrong")
    options = parser.parse_args(arguments)
    world = Maker(options.seed).world(options.invoices)
    lines = Lines(world, options.seed)
    result = measure(world, lines.cases(options.lines))
    print(f"matching: {options.lines} lines against {options.invoices} open invoices, seed {options.seed}")
    print(f"{'kind':<16}{'lines':>7}{'automatic':>11}{'matchable':>11}{'recalled':>10}{'first three':>13}")
    for name, kind in sorted(result.kinds.items()):
        print(
            f"{name:<16}{kind['lines']:>7}{kind['automatic']:>11}{kind['matchable']:>11}"
            f"{kind['recalled']:>10}{kind['first three']:>13}"
        )
    print(f"slips drawn again because nobody could tell them apart: {lines.indistinguishable}")
    print(f"precision of automatic matches {result.precision:.2%} of {result.automatic} (limit 100 %)")
    print(f"recall of the matchable        {result.recall:.2%} of {result.matchable} (limit {RECALL_LIMIT:.0%})")
    print(
        f"right among the first three    {result.among_first_three:.2%} of {result.answerable} "
        f"(limit {FIRST_THREE_LIMIT:.0%})"
    )
    print(f"processor time a line          {result.seconds / result.lines * 1e6:.0f} µs, look-ups in memory included")
    for case, decision in [*result.wrong, *result.missed][: options.show]:
        _show(case, decision)
    good = not result.wrong and result.recall >= RECALL_LIMIT and result.among_first_three >= FIRST_THREE_LIMIT
    return 0 if good else 1


def _show(case: Case, decision: Decision) -> None:
    line = case.line
    print(f"\n{case.kind}{' matchable' if case.matchable else ''}: {line.amount_minor} {line.currency}")
    print(f"  {line.counterparty_name!r} {line.structured_reference!r} {line.remittance!r} {line.end_to_end_id!r}")
    for proposal in decision.proposals[:3]:
        right = "right" if _paid(proposal) == case.truth else "wrong"
        names = "+".join(part.candidate.invoice_number for part in proposal.parts)
        certain = "CERTAIN" if proposal is decision.certain else ""
        print(f"  {right} {certain} {proposal.score} {names}: {'; '.join(proposal.reasons)}")


if __name__ == "__main__":
    sys.exit(main())
