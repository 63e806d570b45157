"""domain/matching.py: nothing wrong is ever certain, whatever the payer writes and whoever else is open."""

import re
from dataclasses import replace

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.matching import Candidate, CandidateKind, Decision, decide, lookup_keys
from igny8_core.business.billing.domain.references import creditor_reference, invoice_number, normalise_reference
from tests.unit.matching_cast import candidate, line, payment

CODES = ("ACME", "ACM", "CME", "ACME1", "ACME10", "AC0", "ACO", "ACI", "AC1", "INV", "MAY", "2026", "202", "A12")
NUMBERS = (1, 2, 11, 12, 42, 43, 121, 201, 421, 2012, 2026, 4211, 120012, 1000042)
AMOUNTS = (4900, 4901, 5000, 9800, 9900)
REFERENCES = ("", "FT26112XKQ81", "20261112", "NOVEMBER2026", "123456789012", "1234567890123", "ACME000042", "12")
FORMS = (
    "{c}-{n:06d}",
    "{c} {n}",
    "{c}{n}",
    "{c}{n:06d}",
    "{c}/{n:04d}",
    "inv {c}-{n:06d}",
    "{c} no {n}",
    "INV{c}{n:06d}",
    "{c}-{n:06d}1",
    "1{c}-{n:06d}",
    "{c}-{n}0",
    "{c}-2{n:06d}",
    "{c}, {n}",
    "{n:06d}",
    "{n}",
    "{c}",
    "X-{c}-{n:06d}",
    "{c}-{n:06d} 000043",
    "{c} {n}, 43",
    "{c}-{n:06d} to 43",
    "{c}-{n} 2026-11",
    "{c}-{n}/11/2026",
    "{c}-{n:03d} {n:03d}",
)
NAMES = ("", "Acme Trading Ltd", "Acm Trading", "Inv Trading Ltd", "2026 Trading Ltd", "Somebody")


@st.composite
def worlds(draw: st.DrawFn) -> list[Candidate]:
    """Open invoices of codes that look alike, at few prices, some with payments whose references repeat."""
    codes = st.sampled_from(draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True)))
    wanted = draw(st.lists(st.tuples(codes, st.sampled_from(NUMBERS)), min_size=1, max_size=7, unique=True))
    world = []
    for at, (code, n) in enumerate(wanted):
        one = candidate(
            invoice_number(code, n),
            draw(st.sampled_from(AMOUNTS)),
            currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "USD"])),
            creditor_reference=creditor_reference(10**9 + 7 * at),
            tolerance_minor=draw(st.sampled_from([0, 0, 1])),
            known_payer_accounts=frozenset(draw(st.sampled_from([(), ("DE1",), ("DE2",)]))),
        )
        world.append(one)
        for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
            world.append(payment(one, draw(st.sampled_from(REFERENCES)), currency=one.currency))
    used = [(one.reference, one.account_id) for one in world if one.reference]
    shared = {reference for reference, account in used if any(account != other and reference == r for r, other in used)}
    return [replace(one, reference_is_shared=one.reference in shared) for one in world]


@st.composite
def texts(draw: st.DrawFn, world: list[Candidate], meant: list[Candidate]) -> str:
    """The numbers of those meant, or anything a payer might write of the others, well or badly."""
    pieces = [one.invoice_number for one in meant]
    for _ in range(draw(st.integers(0 if draw(st.booleans()) else 1, 3 - len(meant)))):
        code, _, digits = draw(st.sampled_from(world)).invoice_number.partition("-")
        piece = draw(st.sampled_from(FORMS)).format(c=code, n=int(digits))
        reference = draw(st.sampled_from(world)).creditor_reference
        at = draw(st.integers(2, len(reference) - 1))
        wrong = reference[:at] + str((int(reference[at]) + 1) % 10) + reference[at + 1 :]
        kinds = [piece, piece, piece, reference, wrong, draw(st.sampled_from(REFERENCES)), "42", "2026-11-05", "49.00"]
        pieces.append(draw(st.sampled_from(kinds)))
    text = draw(st.sampled_from([" ", " ", ", ", "-", ""])).join(draw(st.permutations(pieces)))
    cut = draw(st.integers(0, len(text)))
    return draw(st.sampled_from([text, text, f"{text[:cut]} {text[cut:]}", text.replace("0", "O"), text.lower()]))


@st.composite
def situations(draw: st.DrawFn) -> tuple[StatementLine, list[Candidate]]:
    world = draw(worlds())
    invoices = [one for one in world if one.kind == CandidateKind.INVOICE]
    meant = draw(st.permutations(invoices))[: draw(st.integers(0, 2))]
    right = sum(one.amount_minor for one in meant) or world[0].amount_minor
    return line(
        draw(texts(world, meant)),
        draw(st.sampled_from([right, right, right, *AMOUNTS])),
        currency=draw(st.sampled_from([world[0].currency, "EUR", "USD"])),
        counterparty_name=draw(st.sampled_from(NAMES)),
        counterparty_account=draw(st.sampled_from(["", "", "DE1", "DE2", "DE3"])),
        structured_reference=draw(st.sampled_from(["", "", "", world[0].creditor_reference])),
    ), world


def names(written: str, one: Candidate) -> bool:
    """Another reading of the rules than the matcher's: does the text, in capitals, name the candidate at all?"""
    code, _, digits = one.invoice_number.partition("-")
    spaced_code, spaced_number = " ?".join(code), " ?".join(str(int(digits)))
    nothing_before = "" if code[0].isalpha() else "(?<![0-9])"
    pattern = rf"{nothing_before}{spaced_code}[ \-/._:#NO]*0*(?:[ 0]*0)? ?{spaced_number}(?![0-9])"
    joined = normalise_reference(written)
    own = one.reference if not one.reference_is_shared and len(one.reference) > 9 else ""
    listed = re.search(rf"(?<![0-9])0*{int(digits)}(?![0-9])", written) is not None and code in written
    return (
        bool(re.search(pattern, written)) or one.creditor_reference in joined or (own != "" and own in joined) or listed
    )


def names_in_full(written: str, one: Candidate) -> bool:
    """Whether it stands there as we write it; codes that are common words are left out, for others use them too."""
    if one.invoice_number.startswith(("INV", "MAY", "20")):
        return False
    return re.search(rf"(?<![A-Z0-9\-]){one.invoice_number}(?![A-Z0-9])", written) is not None


def wrongs_of(decision: Decision, statement_line: StatementLine, world: list[Candidate]) -> list[str]:
    """What is wrong with what was taken for certain."""
    certain = decision.certain
    if certain is None:
        return []
    written = " ".join(f"{statement_line.structured_reference} {statement_line.remittance}".upper().split())
    paid = {part.candidate.invoice_id for part in certain.parts}
    tolerance = certain.parts[0].candidate.tolerance_minor if len(certain.parts) == 1 else 0
    candidates = [part.candidate for part in certain.parts]
    asked = sum(one.amount_minor for one in candidates)
    found = {
        "not first": decision.proposals[0] is not certain,
        "sum": sum(part.amount_minor for part in certain.parts) != statement_line.amount_minor,
        "amount": abs(asked - statement_line.amount_minor) > tolerance,
        "currency": {one.currency for one in candidates} != {statement_line.currency},
        "accounts": len({one.account_id for one in candidates}) != 1,
        "the same twice": len(paid) != len(candidates),
        "not named": not all(names(written, one) for one in candidates),
        "another named": any(names_in_full(written, one) for one in world if one.invoice_id not in paid),
    }
    return [wrong for wrong, is_so in found.items() if is_so]


@settings(max_examples=600)
@given(situations())
def test_what_is_certain_is_named_and_has_the_right_amount_currency_and_account(
    situation: tuple[StatementLine, list[Candidate]],
) -> None:
    assert wrongs_of(decide(*situation), *situation) == []


@settings(max_examples=300)
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_in_which_the_database_answers_decides_nothing(
    situation: tuple[StatementLine, list[Candidate]], random: object
) -> None:
    statement_line, world = situation
    shuffled = [*world]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = decide(statement_line, world).certain, decide(statement_line, [*shuffled, *world]).certain
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert {part.candidate.id for part in first.parts} == {part.candidate.id for part in second.parts}


@settings(max_examples=300)
@given(situations())
def test_every_proposal_adds_up_to_the_line(situation: tuple[StatementLine, list[Candidate]]) -> None:
    statement_line, world = situation
    decision = decide(statement_line, world)
    assert len(decision.proposals) <= 6
    for proposal in decision.proposals:
        assert sum(part.amount_minor for part in proposal.parts) == statement_line.amount_minor
        assert all(part.amount_minor > 0 for part in proposal.parts)
        assert len({part.candidate.account_id for part in proposal.parts}) == 1
        assert 0 <= proposal.score <= 100
        assert (proposal.score == 100) == (proposal is decision.certain)
        assert len(proposal.reasons) == len(proposal.reason_codes) > 0


@given(st.sampled_from(CODES), st.sampled_from(NUMBERS), st.sampled_from(CODES), st.sampled_from(NUMBERS))
@example("ACME", 2012, "ACME", 12)
@example("ACME", 12, "ACME", 2012)
@example("ACME1", 12, "ACME", 1000012)
@example("ACO", 12, "AC0", 12)
def test_a_number_is_never_taken_for_another(code: str, n: int, other_code: str, other_n: int) -> None:
    written, other = invoice_number(code, n), invoice_number(other_code, other_n)
    assume(written != other)
    for text in (written, f"Invoice {written}", written.lower(), f"{written}/1"):
        assert decide(line(text), [candidate(other)]).certain is None


@given(st.integers(1, 10**10 - 1), st.integers(2, 13), st.integers(1, 9))
def test_a_creditor_reference_with_one_digit_wrong_settles_nothing(sequence: int, at: int, by: int) -> None:
    right = creditor_reference(sequence)
    wrong = right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :]
    open_one = candidate(creditor_reference=right)
    assert decide(line(right), [open_one]).certain is not None
    assert decide(line(wrong), [open_one]).certain is None
    assert decide(line("", structured_reference=wrong), [open_one]).certain is None


@given(st.sampled_from(REFERENCES[1:]), st.booleans())
def test_a_reference_of_two_accounts_settles_nothing(reference: str, flagged: bool) -> None:
    both = [
        payment(candidate(number), reference, reference_is_shared=flagged) for number in ("ACME-000042", "BETA-000042")
    ]
    assume(reference != "ACME000042")
    assert decide(line(reference), both).certain is None
    if flagged:
        assert decide(line(reference), both[:1]).certain is None


@given(situations())
def test_a_debit_settles_no_invoice(situation: tuple[StatementLine, list[Candidate]]) -> None:
    statement_line, world = situation
    debit = replace(statement_line, amount_minor=-statement_line.amount_minor)
    assert decide(debit, world) == Decision(None, ())
    refunds = [replace(one, kind=CandidateKind.REFUND) for one in world]
    certain = decide(debit, refunds).certain
    if certain is not None:
        (part,) = certain.parts
        assert part.candidate.currency == debit.currency
        assert part.candidate.amount_minor == -debit.amount_minor


@given(situations())
def test_what_is_certain_would_have_been_looked_up(situation: tuple[StatementLine, list[Candidate]]) -> None:
    statement_line, world = situation
    keys = lookup_keys(statement_line)
    certain = decide(statement_line, world).certain
    for part in certain.parts if certain else ():
        one = part.candidate
        assert (
            one.invoice_number in keys.invoice_numbers
            or one.creditor_reference in keys.creditor_references
            or one.reference in keys.references
        )
