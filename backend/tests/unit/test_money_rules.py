"""The small rules of money in domain/, each at its boundary: four eyes, refunds, journals, parts of a bank line."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from igny8_core.business.banking.domain.bank_accounts import is_same_account, normalise_number
from igny8_core.business.banking.domain.booking import Booked, ensure_direction, ensure_fits
from igny8_core.business.banking.domain.candidates import CandidateKind
from igny8_core.business.banking.domain.fingerprints import Occurrences, fingerprint, has_bank_reference, is_total_of
from igny8_core.business.banking.domain.line_errors import LineNotOpen, WrongDirection
from igny8_core.business.banking.domain.line_states import LineStatus, ensure_transition
from igny8_core.business.banking.domain.names import occurs_in, similarity
from igny8_core.business.billing.domain.allocation import Claim, Share, split
from igny8_core.business.billing.domain.approvals import (
    NO_LIMIT_SET,
    UNLIMITED,
    WINDOW,
    approvals_needed,
    approvals_needed_overall,
    ensure_may_approve,
)
from igny8_core.business.billing.domain.errors import AmountExceedsRefundable, FourEyesRequired, InvalidTransition
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus, ensure_invoice_transition
from igny8_core.business.billing.domain.papers import Line, tax_groups
from igny8_core.business.billing.domain.refunds import (
    APPROVED,
    RefundStatus,
    SettledPart,
    credits_due_back,
    ensure_refund_transition,
    plan_refund,
)
from igny8_core.business.billing.domain.return_addresses import ensure_return_address
from igny8_core.business.ledger.domain.chart import NEVER_OWED_TO_US, Code, JournalKind, cash
from igny8_core.business.ledger.domain.entry import Entry, Unbalanced
from igny8_core.kit.errors import ValidationError
from tests.unit.matching_cast import line

ONE, TWO, THREE = (uuid.UUID(int=n) for n in (1, 2, 3))


def test_two_approve_above_the_limit_alone() -> None:
    assert [approvals_needed(amount_minor=amount, limit_minor=100) for amount in (99, 100, 101)] == [1, 1, 2]
    assert approvals_needed(amount_minor=1, limit_minor=NO_LIMIT_SET) == 2
    assert approvals_needed(amount_minor=2**63 - 1, limit_minor=UNLIMITED) == 1
    assert timedelta(days=1) == WINDOW


def test_how_many_approvals_are_told() -> None:
    def told(amount: int, given: int, *, is_settled: bool) -> int:
        return approvals_needed_overall(amount_minor=amount, limit_minor=100, given=given, is_settled=is_settled)

    assert [told(100, given, is_settled=False) for given in (0, 1)] == [1, 2]
    assert told(101, 0, is_settled=False) == 2
    assert [told(101, given, is_settled=True) for given in (0, 1, 2)] == [1, 1, 2]


def test_nobody_approves_what_they_recorded_or_approved() -> None:
    ensure_may_approve(operator_id=ONE, recorded_by=TWO, given_by={THREE})
    ensure_may_approve(operator_id=ONE, recorded_by=None, given_by=())
    with pytest.raises(FourEyesRequired, match="recorded"):
        ensure_may_approve(operator_id=ONE, recorded_by=ONE, given_by={ONE})
    with pytest.raises(FourEyesRequired, match="already approved"):
        ensure_may_approve(operator_id=ONE, recorded_by=TWO, given_by={ONE})


REFUND_TABLE = {
    "pending_approval": {"pending", "processing", "cancelled"},
    "pending": {"completed", "cancelled"},
    "processing": {"completed", "failed"},
    "completed": {"failed"},
    "failed": {"processing", "completed", "cancelled"},
    "cancelled": set(),
}


@pytest.mark.parametrize("current", list(RefundStatus))
@pytest.mark.parametrize("target", list(RefundStatus))
def test_every_step_of_a_refund(current: RefundStatus, target: RefundStatus) -> None:
    if target.value in REFUND_TABLE[current.value]:
        ensure_refund_transition(current, target)
        return
    words = "waiting for another operator" if current.value == "pending_approval" else f"This refund is {current.value}"
    with pytest.raises(InvalidTransition, match=words):
        ensure_refund_transition(current, target)


def test_the_refunds_that_are_approved() -> None:
    assert set(APPROVED) == {"pending", "processing", "completed"}


PARTS = [SettledPart(ONE, 500, 100), SettledPart(TWO, 300, 0)]


@pytest.mark.parametrize(
    ("amount", "first", "parts", "balance"),
    [
        (None, 0, ((ONE, 400), (TWO, 300)), 200),
        (None, 200, ((ONE, 400), (TWO, 300)), 200),
        (1, 0, ((ONE, 1),), 0),
        (400, 0, ((ONE, 400),), 0),
        (401, 0, ((ONE, 400), (TWO, 1)), 0),
        (701, 0, ((ONE, 400), (TWO, 300)), 1),
        (150, 200, (), 150),
        (250, 200, ((ONE, 50),), 200),
        (250, 50, ((ONE, 200),), 50),
        (250, 999, ((ONE, 50),), 200),
    ],
)
def test_what_a_refund_takes(
    amount: int | None, first: int, parts: tuple[tuple[uuid.UUID, int], ...], balance: int
) -> None:
    plan = plan_refund(amount_minor=amount, parts=PARTS, excess_left_minor=200, excess_first_minor=first)
    assert (plan.parts, plan.from_balance_minor) == (parts, balance)
    assert plan.settled_minor == sum(taken for _, taken in parts)


def test_no_limit_is_the_largest_amount_that_a_column_holds() -> None:
    assert UNLIMITED.bit_length() == 63


@pytest.mark.parametrize("amount", [901, 0, -1])
def test_no_refund_takes_more_than_is_left_or_nothing(amount: int) -> None:
    with pytest.raises(AmountExceedsRefundable):
        plan_refund(amount_minor=amount, parts=PARTS, excess_left_minor=200, excess_first_minor=0)
    with pytest.raises(AmountExceedsRefundable):
        plan_refund(amount_minor=None, parts=[SettledPart(ONE, 5, 5)], excess_left_minor=0, excess_first_minor=0)


@pytest.mark.parametrize(
    ("refunded", "cash", "due"),
    [(0, 300, 0), (1, 300, 0), (100, 300, 33), (300, 300, 100), (400, 300, 100), (1, 0, 0), (1, 1, 100)],
)
def test_credits_go_back_with_the_money_rounded_down(refunded: int, cash: int, due: int) -> None:
    assert credits_due_back(granted=100, refunded_minor=refunded, cash_minor=cash) == due


def test_a_claim_takes_what_is_due_wanted_and_left() -> None:
    def shares(received: int, *claims: Claim, tolerance: int = 0) -> tuple[list[tuple[int, int, int]], int]:
        done = split(received_minor=received, claims=claims, tolerance_minor=tolerance)
        return [(one.amount_minor, one.charges_minor, one.cash_minor) for one in done.shares], done.excess_minor

    assert shares(100, Claim(ONE, 60), Claim(TWO, 60)) == ([(60, 0, 60), (40, 0, 40)], 0)
    assert shares(100, Claim(ONE, 60, 10), Claim(TWO, 60)) == ([(10, 0, 10), (60, 0, 60)], 30)
    assert shares(100, Claim(ONE, 0), Claim(TWO, 100)) == ([(100, 0, 100)], 0)
    assert shares(1, Claim(ONE, 1)) == ([(1, 0, 1)], 0)
    assert shares(98, Claim(ONE, 100), tolerance=2) == ([(100, 2, 98)], 0)
    assert shares(97, Claim(ONE, 100), tolerance=2) == ([(97, 0, 97)], 0)
    assert shares(99, Claim(ONE, 100), tolerance=1) == ([(100, 1, 99)], 0)
    assert Share(ONE, 5).charges_minor == 0


def test_a_journal_balances_has_two_lines_and_leaves_zeros_out() -> None:
    entry = Entry(JournalKind.PAYMENT_SETTLED, ONE, "EUR", {"cash": 5, "receivable": -5, "charges": 0})
    assert (entry.lines, entry.cycle, entry.memo) == ({"cash": 5, "receivable": -5}, 0, "")
    for lines in ({}, {"cash": 0, "receivable": 0}, {"cash": 5}):
        with pytest.raises(Unbalanced, match="two lines or more"):
            Entry(JournalKind.PAYMENT_SETTLED, ONE, "EUR", lines)
    with pytest.raises(Unbalanced, match="sum to 1 EUR"):
        Entry(JournalKind.PAYMENT_SETTLED, ONE, "EUR", {"cash": 6, "receivable": -5})


def test_cash_has_an_account_for_each_method() -> None:
    assert cash("bank_transfer") == "cash:bank_transfer"
    assert set(NEVER_OWED_TO_US) == {Code.CUSTOMER_BALANCE, Code.CREDITS}


def booked(kind: CandidateKind, amount: int, target: uuid.UUID | None = ONE, account: uuid.UUID = TWO) -> Booked:
    return Booked(kind, account, target, amount)


@pytest.mark.parametrize("kind", list(CandidateKind))
def test_money_in_and_money_out_have_their_own_targets(kind: CandidateKind) -> None:
    comes = kind in (CandidateKind.PAYMENT, CandidateKind.INVOICE, CandidateKind.BALANCE)
    ensure_direction(amount_minor=1 if comes else -1, kinds=[kind])
    with pytest.raises(WrongDirection):
        ensure_direction(amount_minor=-1 if comes else 1, kinds=[kind])


def test_the_parts_of_a_line_add_up_and_name_each_target_once() -> None:
    pay, keep = booked(CandidateKind.INVOICE, 60), booked(CandidateKind.BALANCE, 40, None)
    ensure_fits(amount_minor=100, parts=[pay, keep])
    ensure_fits(amount_minor=-60, parts=[booked(CandidateKind.REFUND, 60)])
    ensure_fits(amount_minor=80, parts=[keep, booked(CandidateKind.BALANCE, 40, None, THREE)])
    for total, parts in ((101, [pay, keep]), (99, [pay, keep]), (120, [pay, pay]), (80, [keep, keep])):
        with pytest.raises(ValidationError) as refused:
            ensure_fits(amount_minor=total, parts=parts)
        assert list(refused.value.fields) == ["parts"]
    with pytest.raises(WrongDirection):
        ensure_fits(amount_minor=-60, parts=[pay])


def test_a_refused_step_names_both_states() -> None:
    with pytest.raises(InvalidTransition) as refused:
        ensure_invoice_transition(InvoiceStatus.PAID, InvoiceStatus.VOID)
    assert refused.value.data == {"from": "paid", "to": "void"}
    with pytest.raises(LineNotOpen) as not_open:
        ensure_transition(LineStatus.MATCHED, LineStatus.PROPOSED)
    assert not_open.value.data == {"from": "matched", "to": "proposed"}


def test_account_numbers_are_compared_without_signs_zeros_and_case() -> None:
    assert normalise_number("de89 3704-0044.0532 0130/00") == "DE89370400440532013000"
    iban = "DE89370400440532013000"
    assert is_same_account(iban, iban)
    assert is_same_account("0532013000", iban)
    assert is_same_account(iban, "0000532013000")
    assert is_same_account("0000013000", "0000013000")
    assert not is_same_account(iban, "13000")
    assert is_same_account(iban, "013000") is False
    assert is_same_account(iban, "2013000")
    assert is_same_account(iban, "213000") is False
    assert not is_same_account(iban, "DE75512108001245126199")


def test_a_booking_is_told_by_day_amount_and_reference_or_text() -> None:
    one = line("rent", bank_reference="B-1", end_to_end_id="E", counterparty_account="A", counterparty_name="N")
    from_notice = line("other", booking_date=None, bank_reference="b 1", end_to_end_id="e", counterparty_account="a")
    assert fingerprint(one) == fingerprint(from_notice)
    for change in ({"bank_reference": "B-2"}, {"end_to_end_id": "F"}, {"counterparty_account": "C"}, {"amount": 1}):
        assert fingerprint(line("rent", **{**vars_of(one), **change})) != fingerprint(one)
    assert [has_bank_reference(line(bank_reference=text)) for text in ("B-1", "", "nonref", "0")] == [
        True,
        False,
        False,
        False,
    ]
    plain = {"end_to_end_id": "E", "counterparty_account": "A", "counterparty_name": "N", "structured_reference": "S"}
    texts = fingerprint(line("rent", bank_reference="NONREF", **plain))
    assert texts == fingerprint(line("RENT", **plain))
    for name in plain:
        assert fingerprint(line("rent", **{**plain, name: "other"})) != texts
    assert fingerprint(line("rents", **plain)) != texts


def vars_of(_: object) -> dict[str, object]:
    return {"bank_reference": "B-1", "end_to_end_id": "E", "counterparty_account": "A", "counterparty_name": "N"}


def test_equal_bookings_are_counted_and_a_batch_is_the_sum_of_two_or_more() -> None:
    seen = Occurrences()
    assert [seen.next(mark) for mark in (b"a", b"a", b"b", b"a")] == [1, 2, 1, 3]
    assert is_total_of(5, [2, 3])
    assert not is_total_of(5, [5])
    assert not is_total_of(6, [2, 3])


def test_tax_is_grouped_by_rate_the_highest_first() -> None:
    def sold(amount: int, tax: int, rate: str | None) -> Line:
        return Line("x", 1, amount, amount, tax, None if rate is None else Decimal(rate))

    groups = tax_groups((sold(100, 7, "7"), sold(200, 38, "19.00"), sold(50, 0, None), sold(10, 2, "19")))
    assert [(group.rate, group.base_minor, group.tax_minor) for group in groups] == [
        (19, 210, 40),
        (7, 100, 7),
        (0, 50, 0),
    ]


def test_likeness_of_names() -> None:
    assert [similarity(*pair) for pair in (("ACME", "ACME"), ("", "A"), ("A", ""))] == [100, 0, 0]
    assert similarity("ACME TEXTI", "ACME TEXTILES") == similarity("ACME TEXTILES", "ACME TEXTI") == 95
    assert similarity("TEXTILES ACME", "ACME TEXTILES") == 100
    assert similarity("ALI TRADER", "LAHORE ALI TRADER") == 93
    assert similarity("AHMED", "KHAN AHMED") == 70
    assert occurs_in("AHMED", " TO AHMED KHAN ")
    assert not occurs_in("AHMED", " TO AHMEDS KHAN ")
    assert not occurs_in("AHME", " TO AHME KHAN ")


def test_an_address_to_come_back_to_has_500_characters_at_most() -> None:
    address = "https://example.com/" + "x" * 480
    ensure_return_address(address, hosts={"example.com"}, field="return_url")
    with pytest.raises(ValidationError) as refused:
        ensure_return_address(address + "x", hosts={"example.com"}, field="return_url")
    assert list(refused.value.fields) == ["return_url"]
