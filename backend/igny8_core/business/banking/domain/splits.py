"""Splits a line over several invoices of one account: those it names, or those whose sum fits. Pure, and bounded."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from igny8_core.business.banking.domain.evidence import Evidence, LineFacts
from igny8_core.business.banking.domain.invoice_tokens import Strength

_UNITS_AT_MOST = 14
_PARTS_AT_MOST = 6
_STEPS_AT_MOST = 3000
_SUMS_AT_MOST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Evidence for several items of one account and the share of each; the shares add up to the line."""

    members: tuple[Evidence, ...]
    shares: tuple[int, ...]
    exact: bool
    """Whether each gets its full amount."""
    named: bool
    """Whether the text proves each of them and proves nothing else."""
    listed: bool
    """Whether the text may at least mean each of them."""


def splits_of(facts: LineFacts, evidences: list[Evidence]) -> list[Split]:
    """The possible splits of a line over several items of one account, best first."""
    found = []
    listed = _listed_numbers(facts, evidences)
    proved_accounts = {evidence.candidate.account_id for evidence in evidences if _proves(evidence, listed)}
    for members in _by_account(evidences).values():
        clear = _one_for_each_invoice(members)
        unclear = any(member.text and member not in clear for member in members)
        alone = len(proved_accounts) == 1 and not unclear
        found += _splits_of_account(facts, clear, listed, alone=alone)
    return found


def _by_account(evidences: list[Evidence]) -> dict[UUID, list[Evidence]]:
    """Items that could take a share: in the line's currency, with evidence for the item or its account."""
    accounts: dict[UUID, list[Evidence]] = defaultdict(list)
    for evidence in evidences:
        if evidence.same_currency:
            accounts[evidence.candidate.account_id].append(evidence)
    return {
        account: members
        for account, members in accounts.items()
        if any(member.text or member.points_to_payer for member in members)
    }


def _one_for_each_invoice(members: list[Evidence]) -> list[Evidence]:
    """A payment and its invoice count as one item if their amounts agree; otherwise neither is clear."""
    by_invoice: dict[UUID, list[Evidence]] = defaultdict(list)
    for member in members:
        by_invoice[member.candidate.invoice_id or member.candidate.id].append(member)
    return [group[0] for group in by_invoice.values() if len(group) == 1]


def _listed_numbers(facts: LineFacts, evidences: list[Evidence]) -> frozenset[str]:
    """Numbers in lists whose members are all open: a list with a gap proves nothing."""
    if not facts.texts.listings:
        return frozenset()
    payer_for = {evidence.candidate.invoice_number: evidence.points_to_payer for evidence in evidences}
    return frozenset(
        number
        for listing in facts.texts.listings
        if all(number in payer_for for number in listing.numbers)
        and (listing.strength == Strength.FULL or all(payer_for[number] for number in listing.numbers))
        for number in listing.numbers
    )


def _proves(evidence: Evidence, listed: frozenset[str]) -> bool:
    return evidence.text == Strength.FULL or evidence.candidate.invoice_number in listed


def _splits_of_account(
    facts: LineFacts, members: list[Evidence], listed: frozenset[str], *, alone: bool
) -> list[Split]:
    proved = [member for member in members if _proves(member, listed)]
    meant = [member for member in members if member.text or member in proved]
    found: list[Split] = []
    if len(proved) > 1:
        found.append(_share_out(facts.amount_minor, proved, named=alone))
    if len(meant) > len(proved) and _asked(meant) == facts.amount_minor:
        found.append(_share_out(facts.amount_minor, meant, named=False))
    if not any(split.exact for split in found):
        must = [member for member in proved if member.candidate.amount_minor < facts.amount_minor]
        for chosen in _sums(facts.amount_minor, must, members):
            found.append(_share_out(facts.amount_minor, chosen, named=False))
    return [split for split in found if len(split.members) > 1]


def _asked(members: Iterable[Evidence]) -> int:
    return sum(member.candidate.amount_minor for member in members)


def _share_out(amount_minor: int, members: list[Evidence], *, named: bool) -> Split:
    """Each item in turn gets its amount while money is left; the remainder goes to the last one."""
    exact = _asked(members) == amount_minor
    shares: list[int] = []
    left = amount_minor
    for member in members:
        share = min(left, member.candidate.amount_minor)
        if share == 0:
            break
        shares.append(share)
        left -= share
    shares[-1] += left
    taken = tuple(members[: len(shares)])
    listed = all(member.text for member in taken)
    return Split(taken, tuple(shares), exact, named and exact, listed)


def _sums(amount_minor: int, must: list[Evidence], members: list[Evidence]) -> list[list[Evidence]]:
    """Sets of at most six items, oldest first, that add up to exactly the amount; the search stops after a fixed number
    of steps.
    """
    left = amount_minor - _asked(must)
    others = sorted(
        (member for member in members if member not in must and member.candidate.amount_minor <= left),
        key=lambda member: (not member.text, member.candidate.opened_on, member.candidate.invoice_number),
    )[:_UNITS_AT_MOST]
    found: list[list[Evidence]] = []
    steps = 0

    def extend(start: int, chosen: list[Evidence], left: int) -> None:
        nonlocal steps
        for index in range(start, len(others)):
            steps += 1
            if steps > _STEPS_AT_MOST or len(found) == _SUMS_AT_MOST:
                return
            asked = others[index].candidate.amount_minor
            if asked == left:
                found.append([*must, *chosen, others[index]])
            elif asked < left and len(must) + len(chosen) + 1 < _PARTS_AT_MOST:
                extend(index + 1, [*chosen, others[index]], left - asked)

    if len(must) < _PARTS_AT_MOST:
        extend(0, [], left)
    return found
