"""domain/matching.py: each rule, what is certain by it, and the reasons a person reads."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from igny8_core.business.banking.domain.matching import Candidate, CandidateKind, Decision, ReasonCode, decide
from igny8_core.business.banking.domain.names import NameIndex
from tests.unit.matching_cast import candidate, line, payment

ACME = candidate()
BETA = candidate("BETA-000007")
TID = "FT26112XKQ81"


def is_for(decision: Decision, *candidates: Candidate) -> bool:
    return decision.certain is not None and [part.candidate for part in decision.certain.parts] == list(candidates)


def held_up(decision: Decision, code: ReasonCode) -> bool:
    return decision.certain is None and code in decision.proposals[0].reason_codes


def test_an_invoices_number_and_amount_are_enough() -> None:
    decision = decide(line("Invoice ACME-000042"), [ACME, BETA])
    assert is_for(decision, ACME)
    assert decision.certain is decision.proposals[0]
    assert decision.certain.score == 100
    assert decision.certain.reasons[:2] == ("names invoice ACME-000042", "the amount is exactly 49.00 EUR")
    assert decision.certain.reason_codes[:2] == (ReasonCode.INVOICE_NUMBER, ReasonCode.AMOUNT_EQUAL)
    assert decision.certain.parts[0].amount_minor == 4900


def test_so_are_a_creditor_reference_and_a_submitted_reference() -> None:
    waiting = payment(ACME, TID)
    assert is_for(decide(line("", structured_reference=ACME.creditor_reference), [ACME, BETA]), ACME)
    assert is_for(decide(line(f"transfer {TID}"), [waiting, BETA]), waiting)
    assert is_for(decide(line("", bank_reference=TID), [waiting, BETA]), waiting)


@pytest.mark.parametrize("amount", [4899, 4901, 1, 9800])
def test_another_amount_is_a_proposal_with_the_difference(amount: int) -> None:
    decision = decide(line("ACME-000042", amount), [ACME])
    assert decision.certain is None
    (proposal,) = decision.proposals
    assert ReasonCode.AMOUNT_DIFFERS in proposal.reason_codes
    assert proposal.parts[0].amount_minor == amount


def test_the_tolerance_counts_on_both_sides() -> None:
    tolerant = replace(ACME, tolerance_minor=50)
    assert is_for(decide(line("ACME-000042", 4850), [tolerant]), tolerant)
    assert is_for(decide(line("ACME-000042", 4950), [tolerant]), tolerant)
    assert decide(line("ACME-000042", 4849), [tolerant]).certain is None


def test_another_currency_is_never_certain() -> None:
    decision = decide(line("ACME-000042", currency="USD"), [ACME])
    assert held_up(decision, ReasonCode.CURRENCY_DIFFERS)


def test_twelve_is_not_two_thousand_and_twelve() -> None:
    twelve, later = candidate("ACME-000012"), candidate("ACME-002012")
    assert is_for(decide(line("ACME-000012"), [twelve, later]), twelve)
    assert is_for(decide(line("ACME-002012"), [twelve, later]), later)
    assert decide(line("ACME-002012"), [twelve]).certain is None
    assert decide(line("ACME-000012"), [later]).certain is None


def test_two_invoices_named_and_one_paid_is_for_a_person() -> None:
    other = candidate("ACME-000043", 5100)
    assert decide(line("ACME-000042 ACME-000043"), [ACME, other]).certain is None
    assert decide(line("ACME-000042, 43"), [ACME, other]).certain is None
    assert held_up(decide(line("ACME-000042 not BETA-000007"), [ACME, BETA]), ReasonCode.RIVAL)


def test_letters_like_digits_are_proposed_and_hold_up() -> None:
    assert decide(line("ACME-OOOO42"), [ACME]).certain is None
    assert decide(line("ACME-OOOO42"), [ACME]).proposals[0].parts[0].candidate == ACME
    o, zero = candidate("ACO-000042"), candidate("AC0-000042")
    assert held_up(decide(line("ACO-000042"), [o, zero]), ReasonCode.RIVAL)
    assert is_for(decide(line("ACO-000042"), [o, replace(zero, amount_minor=1)]), o)


def test_a_shared_reference_is_for_a_person() -> None:
    shared = payment(ACME, TID, reference_is_shared=True)
    assert held_up(decide(line(TID), [shared]), ReasonCode.REFERENCE_SHARED)
    both = [payment(ACME, TID), payment(BETA, TID)]
    assert held_up(decide(line(TID), both), ReasonCode.RIVAL)


@pytest.mark.parametrize("weak", ["123456789", "20261110", "NOVEMBER2026", "INVOICE42", "PAYMENT", "CASH2026", "AB12"])
def test_short_and_common_references_prove_nothing(weak: str) -> None:
    decision = decide(line(weak), [payment(ACME, weak)])
    assert decision.certain is None


def test_another_invoices_creditor_reference_as_a_reference_proves_that_invoice() -> None:
    assert decide(line(BETA.creditor_reference), [payment(ACME, BETA.creditor_reference)]).certain is None
    assert decide(line(BETA.creditor_reference), [payment(ACME, BETA.creditor_reference), BETA]).certain is None


def test_a_waiting_payment_stands_for_its_invoice() -> None:
    waiting = payment(ACME, TID)
    decision = decide(line("ACME-000042"), [ACME, waiting])
    assert is_for(decision, waiting)
    assert len(decision.proposals) == 1


def test_a_payment_of_part_and_money_for_all_is_for_a_person() -> None:
    part = payment(ACME, TID, amount=2000)
    assert held_up(decide(line("ACME-000042"), [ACME, part]), ReasonCode.PAYMENT_AWAITS)
    assert is_for(decide(line("ACME-000042", 2000), [ACME, part]), part)


def test_two_payments_of_an_invoice_are_told_apart_by_their_references() -> None:
    first, second = payment(ACME, TID), payment(ACME, "FT26112ZZZ99")
    assert held_up(decide(line("ACME-000042"), [ACME, first, second]), ReasonCode.RIVAL)
    assert is_for(decide(line(f"ACME-000042 {TID}"), [ACME, first, second]), first)


def test_someone_elses_number_from_a_known_payer_is_for_a_person() -> None:
    known = replace(BETA, known_payer_accounts=frozenset({"DE1"}))
    assert held_up(decide(line("ACME-000042", counterparty_account="DE1"), [ACME, known]), ReasonCode.OTHER_PAYER)
    named = line("ACME-000042", counterparty_name="BETA TRADING LIMITED")
    assert held_up(decide(named, [ACME, BETA]), ReasonCode.OTHER_PAYER)
    assert is_for(decide(replace(named, counterparty_name="Parent Holding"), [ACME, BETA]), ACME)


def test_a_code_that_is_a_common_word_needs_its_payer() -> None:
    may = candidate("INV-000042", account_name="Invento Labs Ltd")
    assert decide(line("INV-000042"), [may]).certain is None
    assert is_for(decide(line("INV-000042", counterparty_name="INVENTO LABS"), [may]), may)


def test_names_and_known_accounts_are_proposals() -> None:
    known = replace(ACME, known_payer_accounts=frozenset({"DE1"}))
    decision = decide(line("", counterparty_account="DE 1", counterparty_name="ACME Trading"), [known, BETA])
    assert decision.certain is None
    best, other = decision.proposals
    assert best.parts[0].candidate == known
    assert best.reason_codes == (ReasonCode.AMOUNT_EQUAL, ReasonCode.PAYER_ACCOUNT_KNOWN, ReasonCode.NAME_SIMILAR)
    assert best.score > other.score


def test_a_number_alone_and_the_window_move_a_proposal() -> None:
    old = candidate("ACME-000043", opened_on=date(2026, 1, 1))
    decision = decide(line("invoice 42"), [old, ACME])
    assert [proposal.parts[0].candidate for proposal in decision.proposals] == [ACME, old]
    assert ReasonCode.BARE_NUMBER in decision.proposals[0].reason_codes
    assert ReasonCode.OUTSIDE_WINDOW in decision.proposals[1].reason_codes


def test_several_invoices_named_are_split_when_the_sum_fits() -> None:
    other = candidate("ACME-000043", 5100)
    for text in ("ACME-000042 ACME-000043", "ACME-000042, 43", "acme 42 + acme 43"):
        decision = decide(line(text, 10000), [ACME, other, BETA])
        assert is_for(decision, ACME, other), text
        assert decision.certain is not None
        assert [part.amount_minor for part in decision.certain.parts] == [4900, 5100]
    wrong = decide(line("ACME-000042, 43", 10001), [ACME, other])
    assert wrong.certain is None
    assert [part.amount_minor for part in wrong.proposals[0].parts] == [4900, 5101]
    assert decide(line("ACME-000042, 43, 44", 10000), [ACME, other]).certain is None


def test_a_split_takes_the_waiting_payments_and_no_other_account() -> None:
    other = candidate("ACME-000043", 5100)
    waiting = payment(other, TID)
    assert is_for(decide(line("ACME-000042, 43", 10000), [ACME, other, waiting]), ACME, waiting)
    assert decide(line("ACME-000042 BETA-000007", 9800), [ACME, BETA]).certain is None
    part = payment(other, TID, amount=100)
    assert decide(line("ACME-000042, 43", 10000), [ACME, other, part]).certain is None


def test_a_sum_that_fits_unnamed_invoices_is_a_proposal() -> None:
    open_ones = [ACME, candidate("ACME-000043", 5100), candidate("ACME-000044", 7700)]
    decision = decide(line("thank you", 12800, counterparty_name="Acme Trading Ltd"), open_ones)
    assert decision.certain is None
    assert [part.candidate for part in decision.proposals[0].parts] == open_ones[1:]


def test_the_search_for_sums_is_bounded() -> None:
    open_ones = [candidate(f"ACME-{n:06d}", 1000 + 2 * n) for n in range(1, 200)]
    decision = decide(line("", 99999, counterparty_name="Acme Trading Ltd"), open_ones)
    assert decision.certain is None
    assert len(decision.proposals) <= 6


def test_debits_are_refunds_and_returns_are_bounced_transfers() -> None:
    refund = replace(ACME, kind=CandidateKind.REFUND, end_to_end_id="RFND-1")
    twin = replace(refund, id=UUID(int=77), end_to_end_id="RFND-2")
    bounced = replace(ACME, kind=CandidateKind.BOUNCE, id=UUID(int=78))
    everything = [ACME, refund, twin, bounced]
    assert is_for(decide(line("", -4900, end_to_end_id="RFND-1"), everything), refund)
    assert decide(line("", -4800, end_to_end_id="RFND-1"), everything).certain is None
    assert decide(line("ACME-000042", -4900), everything).certain is None
    assert is_for(decide(line("ACME-000042", -4900), [refund, bounced]), refund)
    assert is_for(decide(line("ACME-000042", -4900, is_return=True), everything), bounced)
    assert decide(line("ACME-000042", -4900), [bounced]).certain is None


def test_our_own_money_coming_back_pays_no_invoice() -> None:
    decision = decide(line("ACME-000042", is_return=True), [ACME])
    assert held_up(decision, ReasonCode.NOT_A_PAYMENT)


def test_nothing_moved_or_nothing_found() -> None:
    assert decide(line("ACME-000042", 0), [ACME]) == Decision(None, ())
    assert decide(line("ACME-000042"), []) == Decision(None, ())


@pytest.mark.parametrize(
    "name",
    [
        "ACME TEXTILES (PVT) LTD",
        "Acme Textiles",
        "ACME TEXTILES PRI",
        "Textiles Acme",
        "Acme Textils Ltd",
        "ÀCMÉ Textiles",
    ],
)
def test_names_are_found_among_many(name: str) -> None:
    accounts = [(UUID(int=n), f"Acme{n} Foods {n}") for n in range(50)] + [(UUID(int=99), "Acme Textiles Pvt Limited")]
    assert NameIndex(accounts).accounts_like(name)[0] == UUID(int=99)
    assert NameIndex(accounts).accounts_like("Somebody Else") == []
