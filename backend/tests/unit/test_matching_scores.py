"""domain/evidence.py and domain/proposals.py: what each piece of evidence weighs, alone and with others, as a person sees it."""

from dataclasses import replace
from datetime import date

import pytest
from igny8_core.business.banking.domain.candidates import ReasonCode
from igny8_core.business.banking.domain.evidence import Evidence, tells
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.matching import Candidate, CandidateKind, decide
from tests.unit.matching_cast import candidate, line, payment

ACME, NEXT, BETA = candidate(), candidate("ACME-000043", 5100), candidate("BETA-000007")
KNOWN = replace(ACME, known_payer_accounts=frozenset({"DE1"}))
TID = "FT26112XKQ81"
CREDITOR = ACME.creditor_reference
UNIQUE = "amount_equal amount_unique"
PAYER = {"counterparty_account": "de 1", "counterparty_name": "ACME Trading"}


@pytest.mark.parametrize(
    ("said", "found", "score", "codes"),
    [
        (
            line(CREDITOR[:4] + CREDITOR[4:].replace("0", "O")),
            ACME,
            72,
            "invoice_number_likely amount_equal amount_unique",
        ),
        (line("ACME-OOOO42"), ACME, 72, "invoice_number_likely amount_equal amount_unique"),
        (line("20261110"), payment(ACME, "20261110"), 70, "submitted_reference_weak amount_equal amount_unique"),
        (
            line(TID),
            payment(ACME, TID, reference_is_shared=True),
            62,
            "submitted_reference_weak amount_equal amount_unique reference_shared",
        ),
        (
            line("AB-TXN883421"),
            payment(ACME, "TXN883421"),
            70,
            "submitted_reference_weak amount_equal amount_unique",
        ),
        (
            line("", counterparty_name="A Textiles"),
            replace(ACME, account_name="Acme Textiles"),
            54,
            "amount_equal name_similar amount_unique",
        ),
        (line("", counterparty_name="Xcme Textiles"), replace(ACME, account_name="Acme Textiles"), 36, UNIQUE),
        (line(""), replace(ACME, known_payer_accounts=frozenset({""}), account_name=""), 36, UNIQUE),
        (line("42"), payment(ACME, invoice_id=None, invoice_number=""), 36, UNIQUE),
        (line("invoice 42"), ACME, 50, "amount_equal bare_number amount_unique"),
        (line("invoice 42", value_date=None, booking_date=None), ACME, 50, "amount_equal bare_number amount_unique"),
        (line(""), ACME, 36, "amount_equal amount_unique"),
        (line("", counterparty_account="de 1"), KNOWN, 62, "amount_equal payer_account_known amount_unique"),
        (line("", counterparty_name="ACME Trading"), ACME, 54, "amount_equal name_similar amount_unique"),
        (line("from acme trading, thanks"), ACME, 54, "amount_equal name_similar amount_unique"),
        (line("", 100, counterparty_account="DE1"), KNOWN, 14, "payer_account_known amount_differs"),
        (line("ACME-000042", 5000), ACME, 48, "invoice_number amount_differs"),
        (line("ACME-000042", currency="USD"), ACME, 30, "invoice_number currency_differs"),
        (line("", 4890), replace(ACME, tolerance_minor=10), 32, "amount_within_tolerance amount_unique"),
        (line("ACME-000042", is_return=True), ACME, 76, "invoice_number amount_equal amount_unique not_a_payment"),
        (
            line(f"ACME-000042 {CREDITOR}", 4000, **PAYER),
            KNOWN,
            72,
            "creditor_reference invoice_number payer_account_known name_similar amount_differs",
        ),
        (
            line(f"ACME-000042 {CREDITOR}", currency="USD", **PAYER),
            KNOWN,
            45,
            "creditor_reference invoice_number payer_account_known name_similar currency_differs",
        ),
    ],
)
def test_a_proposal_weighs_what_speaks_for_it(said: StatementLine, found: Candidate, score: int, codes: str) -> None:
    decision = decide(said, [found])
    (proposal,) = decision.proposals
    assert decision.certain is None
    assert (proposal.score, " ".join(proposal.reason_codes)) == (score, codes)
    assert proposal.account_id == found.account_id


@pytest.mark.parametrize(
    ("said", "found", "codes"),
    [
        (line(CREDITOR), ACME, "creditor_reference amount_equal amount_unique"),
        (line(TID), payment(ACME, TID), "submitted_reference amount_equal amount_unique"),
        (
            line("", -4900, end_to_end_id="RFND-1"),
            replace(ACME, kind=CandidateKind.REFUND, end_to_end_id="RFND-1"),
            "end_to_end_id amount_equal amount_unique",
        ),
    ],
)
def test_what_is_certain_scores_a_hundred(said: StatementLine, found: Candidate, codes: str) -> None:
    decision = decide(said, [found])
    assert decision.certain is not None
    assert (decision.certain.score, " ".join(decision.certain.reason_codes)) == (100, codes)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (line("", 100, counterparty_name="ACME Trading"), ACME),
        (line("", -4890), replace(ACME, kind=CandidateKind.REFUND, tolerance_minor=10)),
        (line("", 100), ACME),
    ],
)
def test_too_little_is_not_shown(said: StatementLine, found: Candidate) -> None:
    assert decide(said, [found]).proposals == ()


def test_the_words_name_the_difference_and_the_payer() -> None:
    (above,) = decide(line("ACME-000042", 5000, **PAYER), [KNOWN]).proposals
    assert above.reasons == (
        "names invoice ACME-000042",
        "this bank account has paid for the customer before",
        "the payer's name is like Acme Trading Ltd",
        "the amount is 1.00 EUR above 49.00 EUR",
    )
    (below,) = decide(line("ACME-000042", 4800), [ACME]).proposals
    assert below.reasons[-1] == "the amount is 1.00 EUR below 49.00 EUR"
    (other,) = decide(line("ACME-000042", currency="USD"), [ACME]).proposals
    assert other.reasons[-1] == "is in EUR, but the money is in USD"
    (near,) = decide(line("", 4890), [replace(ACME, tolerance_minor=10)]).proposals
    assert near.reasons[0] == "the amount is 49.00 EUR within the tolerance"


@pytest.mark.parametrize(
    ("day", "outside"),
    [(date(2026, 10, 21), True), (date(2026, 10, 22), False), (date(2027, 4, 30), False), (date(2027, 5, 1), True)],
)
def test_money_is_expected_from_ten_days_before_to_half_a_year_after(day: date, outside: bool) -> None:
    for said in (line("invoice 42", value_date=day), line("invoice 42", value_date=None, booking_date=day)):
        (proposal,) = decide(said, [ACME]).proposals
        assert ("outside_window" in proposal.reason_codes, proposal.score) == (outside, 38 if outside else 50)
    # Where the text proves the invoice, no day speaks against it.
    certain = decide(line("ACME-000042", value_date=day), [ACME]).certain
    assert certain is not None
    assert "outside_window" not in certain.reason_codes


@pytest.mark.parametrize(
    ("reference", "enough"),
    [
        ("1234567890", True),
        ("123456789", False),
        ("ABC123", True),
        ("ABC12", False),
        ("AB123", False),
        ("ABCD12", False),
        ("NOVEMBER123ABC", True),
        ("NOVEMBER12ABC", False),
        ("2026ABC123", True),
        ("2026ABC12", False),
        ("1899ABC", True),
        (CREDITOR, False),
    ],
)
def test_which_references_tell(reference: str, enough: bool) -> None:
    assert tells(reference) is enough


@pytest.mark.parametrize(
    ("said", "items", "score", "shares", "codes"),
    [
        (
            line("ACME-000042, 43", 10001),
            [ACME, NEXT],
            74,
            [4900, 5101],
            "several_invoices amount_differs invoice_number invoice_number_likely",
        ),
        (
            line("ACME-000042, 43", 9999),
            [ACME, NEXT],
            74,
            [4900, 5099],
            "several_invoices amount_differs invoice_number invoice_number_likely",
        ),
        (
            line("ACME-OOOO42 ACME-OOOO43", 10000),
            [ACME, NEXT],
            84,
            [4900, 5100],
            "several_invoices amount_equal invoice_number_likely",
        ),
        (
            line("ACME-OOOO42 ACME-OOOO43", 10000, **PAYER),
            [KNOWN, NEXT],
            95,
            [4900, 5100],
            "several_invoices amount_equal invoice_number_likely payer_account_known name_similar",
        ),
        (line("ACME-000042", 10000), [ACME, NEXT], 58, [4900, 5100], "several_invoices amount_equal invoice_number"),
        (
            line("thanks", 10000, counterparty_name="ACME Trading"),
            [ACME, NEXT, candidate("ACME-000044", 900)],
            58,
            [4900, 5100],
            "several_invoices amount_equal name_similar",
        ),
        (
            line("thanks", 10000, counterparty_account="DE1"),
            [KNOWN, NEXT, candidate("ACME-000044", 900)],
            66,
            [4900, 5100],
            "several_invoices amount_equal payer_account_known",
        ),
        (
            line("ACME-000042, 43 BETA-000007", 10000),
            [ACME, NEXT, BETA],
            84,
            [4900, 5100],
            "several_invoices amount_equal invoice_number invoice_number_likely",
        ),
    ],
)
def test_a_split_weighs_how_clearly_it_is_named(
    said: StatementLine, items: list[Candidate], score: int, shares: list[int], codes: str
) -> None:
    decision = decide(said, items)
    assert decision.certain is None
    best = decision.proposals[0]
    assert (best.score, [part.amount_minor for part in best.parts]) == (score, shares)
    assert " ".join(best.reason_codes) == codes


def test_a_split_says_what_its_invoices_ask_for_and_by_how_much_the_money_differs() -> None:
    def reasons(amount: int) -> tuple[str, ...]:
        return decide(line("ACME-000042, 43", amount), [ACME, NEXT]).proposals[0].reasons[:2]

    asked = "2 of this customer together ask for 100.00 EUR"
    assert reasons(10000) == (asked, "the amount is exactly 100.00 EUR")
    assert reasons(10001) == (asked, "the amount is 0.01 EUR above")
    assert reasons(9999) == (asked, "the amount is 0.01 EUR below")


def test_a_split_names_each_invoice_and_says_only_once_who_pays() -> None:
    items = [KNOWN, replace(NEXT, known_payer_accounts=frozenset({"DE1"}))]
    best = decide(line("ACME-OOOO42 ACME-OOOO43", 10000, **PAYER), items).proposals[0]
    assert best.reasons[2:] == (
        "may mean invoice ACME-000042, may mean invoice ACME-000043",
        "this bank account has paid for the customer before",
        "the payer's name is like Acme Trading Ltd",
    )


def test_a_split_has_six_parts_at_most() -> None:
    def best(count: int) -> list[int]:
        items = [candidate(f"ACME-{n:06d}", 1000 + 10**n) for n in range(1, count + 1)]
        asked = sum(item.amount_minor for item in items)
        proposals = decide(line("", asked, counterparty_name="Acme Trading Ltd"), items).proposals
        return [len(one.parts) for one in proposals]

    assert best(6) == [6]
    assert best(7) == []


def test_another_currency_is_never_part_of_a_split() -> None:
    proposals = decide(line("ACME-000042, 43", 10000, currency="USD"), [ACME, NEXT]).proposals
    assert [len(one.parts) for one in proposals] == [1]


def test_the_money_of_a_split_runs_out_in_order() -> None:
    items = [ACME, NEXT, candidate("ACME-000044", 900)]
    best = decide(line("ACME-000042 ACME-000043 ACME-000044", 10000), items).proposals[0]
    assert [(part.candidate, part.amount_minor) for part in best.parts] == [(ACME, 4900), (NEXT, 5100)]


def test_another_payer_keeps_a_named_split_for_a_person() -> None:
    """The money of BETA's bank account pays two invoices of ACME, to the last cent: likely, and not certain."""
    other = replace(BETA, known_payer_accounts=frozenset({"DE1"}))
    decision = decide(line("ACME-000042, 43", 10000, counterparty_account="DE1"), [ACME, NEXT, other])
    assert decision.certain is None
    assert (decision.proposals[0].score, len(decision.proposals[0].parts)) == (92, 2)
    ours = replace(NEXT, known_payer_accounts=frozenset({"DE1"}))
    assert decide(line("ACME-000042, 43", 10000, counterparty_account="DE1"), [ACME, ours, other]).certain is not None


def test_an_invoice_gives_way_if_one_of_its_waiting_payments_fits() -> None:
    fitting, smaller = payment(ACME, TID), payment(ACME, "FT26112ZZZ99", amount=2000)
    decision = decide(line("ACME-000042"), [ACME, fitting, smaller])
    assert ACME not in [proposal.parts[0].candidate for proposal in decision.proposals]
    alone = decide(line("ACME-000042"), [ACME, smaller]).proposals[0]
    assert (alone.parts[0].candidate, alone.reasons[-1]) == (
        ACME,
        "a payment of another amount awaits approval for this invoice",
    )


def test_six_proposals_at_most_the_likeliest_first() -> None:
    proposals = decide(line(""), [candidate(f"ACM{n}-000001") for n in range(8)]).proposals
    assert [proposal.score for proposal in proposals] == [28] * 6
    known = replace(candidate("ZETA-000001"), known_payer_accounts=frozenset({"DE1"}))
    best = decide(line("", counterparty_account="DE1"), [ACME, BETA, known]).proposals
    assert [proposal.score for proposal in best] == [54, 28, 28]


def test_the_same_candidate_counts_once() -> None:
    assert len(decide(line("ACME-000042"), [ACME, ACME]).proposals) == 1


def test_three_sums_at_most_are_found() -> None:
    items = [candidate(f"ACME-{n:06d}", 1000) for n in range(1, 9)]
    proposals = decide(line("", 2000, counterparty_name="Acme Trading Ltd"), items).proposals
    assert [len(one.parts) for one in proposals] == [2, 2, 2]


def test_the_older_invoice_comes_first_in_a_sum_and_the_named_one_before() -> None:
    old, new = candidate("ACME-000001", 1000, opened_on=date(2026, 10, 1)), candidate("ACME-000002", 1000)
    third = candidate("ACME-000003", 1000, opened_on=date(2026, 10, 20))
    proposals = decide(line("", 2000, counterparty_name="Acme Trading Ltd"), [new, third, old]).proposals
    assert [[part.candidate for part in one.parts] for one in proposals] == [[old, third], [old, new], [third, new]]
    named = decide(line("ACME-000002", 2000, counterparty_name="Acme Trading Ltd"), [new, third, old]).proposals
    assert [part.candidate for part in named[0].parts] == [new, old]


def test_a_list_speaks_against_its_own_members_alone() -> None:
    """The list names a number that is not open; an invoice that the list does not name is no rival."""
    other = candidate("BETA-000007", 1)
    assert decide(line("ACME-000042, 99"), [ACME, other]).certain is not None
    assert decide(line("ACME-000042, 43"), [ACME, NEXT]).certain is None


def test_what_only_explains_weighs_nothing() -> None:
    evidence = Evidence(ACME)
    evidence.add(ReasonCode.AMOUNT_UNIQUE, "unique")
    evidence.add(ReasonCode.RIVAL, "another fits as well")
    evidence.add(ReasonCode.AMOUNT_UNIQUE, "said twice")
    assert (evidence.score, evidence.reasons[ReasonCode.AMOUNT_UNIQUE]) == (8, "unique")


def test_the_least_that_is_shown_and_a_score_that_is_never_below_nothing() -> None:
    far = [replace(one, tolerance_minor=10, opened_on=date(2026, 1, 1)) for one in (ACME, candidate("BETA-000008"))]
    assert [one.score for one in decide(line("", 4890), far).proposals] == [12, 12]
    assert [one.score for one in decide(line("", 4890, is_return=True), far).proposals] == [0, 0]


def test_one_minor_unit_is_money() -> None:
    cent = replace(ACME, amount_minor=1)
    assert decide(line("ACME-000042", 1), [cent]).certain is not None


def test_the_likeliest_comes_first_whether_it_is_split_or_not() -> None:
    other = replace(BETA, amount_minor=10000, known_payer_accounts=frozenset({"DE1"}))
    proposals = decide(line("ACME-000042", 10000, counterparty_account="DE1"), [ACME, NEXT, other]).proposals
    assert [(one.score, len(one.parts)) for one in proposals] == [(62, 1), (58, 2), (48, 1)]


def test_a_certain_split_is_proposed_once() -> None:
    decision = decide(line("ACME-000042, 43", 10000), [ACME, NEXT])
    assert [len(one.parts) for one in decision.proposals if len(one.parts) > 1] == [2]
    assert decision.proposals[0] is decision.certain


def test_where_neither_fits_the_waiting_payment_stands_for_its_invoice() -> None:
    part = payment(ACME, TID, amount=2000)
    proposals = decide(line("ACME-000042", 3000), [ACME, part]).proposals
    assert [one.parts[0].candidate for one in proposals] == [part]
