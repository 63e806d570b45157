"""domain/splits.py: which sets of items a line may pay, and what each of them gets."""

import pytest
from igny8_core.business.banking.domain.evidence import Evidence, LineFacts
from igny8_core.business.banking.domain.invoice_tokens import Strength
from igny8_core.business.banking.domain.line_texts import read_texts
from igny8_core.business.banking.domain.splits import splits_of
from tests.unit.matching_cast import candidate, line, payment

FULL, POSSIBLE, NONE = Strength.FULL, Strength.POSSIBLE, Strength.NONE


def items(*amounts: int, text: Strength = NONE, first: int = 1, **known: object) -> list[Evidence]:
    """Invoices of one account whose name the line bears."""
    known = {"same_currency": True, "similar_name": True, "text": text, **known}
    return [
        Evidence(candidate(f"ACME-{number:06}", amount), **known)  # type: ignore[arg-type]
        for number, amount in enumerate(amounts, first)
    ]


def shares(amount: int, members: list[Evidence]) -> list[tuple[int, ...]]:
    said = line(amount=amount)
    return [split.shares for split in splits_of(LineFacts(said, read_texts(said), amount, ""), members)]


@pytest.mark.parametrize(
    ("amount", "amounts", "found"),
    [
        (300, (100, 200), [(100, 200)]),
        (301, (100, 200), []),
        (300, (300,), []),
        (300, (300, 100, 200), [(100, 200)]),
        (2, (1, 1, 5), [(1, 1)]),
        (600, (100,) * 6, [(100,) * 6]),
        (700, (100,) * 7, []),
        # Three at most, the oldest invoices first.
        (200, (100, 100, 100, 100), [(100, 100)] * 3),
    ],
)
def test_invoices_that_add_up(amount: int, amounts: tuple[int, ...], found: list[tuple[int, ...]]) -> None:
    assert shares(amount, items(*amounts)) == found


@pytest.mark.parametrize(
    ("amount", "proved", "others", "found"),
    [
        # What the text proves is in every set, and what is left is looked for among the others.
        (300, (100,), (200, 150, 50), [(100, 200), (100, 150, 50)]),
        (100, (100,), (60, 40), [(60, 40)]),
        (101, (100,), (1,), [(100, 1)]),
        # More than one proved: they share the line as they come, and the rest goes to the last.
        (300, (100, 200), (50,), [(100, 200)]),
        (350, (100, 200), (50,), [(100, 250), (100, 200, 50)]),
        (150, (100, 200), (), [(100, 50)]),
        (600, (100,) * 5, (100,), [(100, 100, 100, 100, 200), (100,) * 6]),
        (700, (100,) * 6, (100,), [(100, 100, 100, 100, 100, 200)]),
        (100, (100, 200), (), []),
    ],
)
def test_what_is_proved_takes_part(
    amount: int, proved: tuple[int, ...], others: tuple[int, ...], found: list[tuple[int, ...]]
) -> None:
    members = items(*proved, text=FULL) + items(*others, first=len(proved) + 1)
    assert shares(amount, members) == found


def test_what_the_text_may_mean_is_one_set_if_it_adds_up() -> None:
    meant = items(100, text=FULL) + items(200, text=POSSIBLE, first=2)
    assert shares(300, meant) == [(100, 200)]
    assert shares(250, meant) == []


def test_what_the_text_may_mean_is_preferred_to_other_sums() -> None:
    meant = items(100, text=FULL) + items(200, text=POSSIBLE, first=2) + items(200, first=3)
    assert shares(300, meant) == [(100, 200)]


@pytest.mark.parametrize(("steps", "found"), [(1, []), (2, [(100, 200)])])
def test_the_search_takes_a_fixed_number_of_steps(
    monkeypatch: pytest.MonkeyPatch, steps: int, found: list[tuple[int, ...]]
) -> None:
    monkeypatch.setattr("igny8_core.business.banking.domain.splits._STEPS_AT_MOST", steps)
    assert shares(300, items(100, 200)) == found


def test_a_list_may_end_in_a_word_that_joins() -> None:
    assert [each.numbers for each in read_texts(line("ACME-000042, 43 and")).listings] == [
        ("ACME-000042", "ACME-000043")
    ]


def test_a_payment_beside_its_invoice_is_not_clear() -> None:
    (first, second) = items(100, 200)
    waiting = Evidence(payment(first.candidate), same_currency=True, similar_name=True)
    assert shares(300, [first, second]) == [(100, 200)]
    assert shares(300, [first, second, waiting]) == []


def test_other_currencies_and_accounts_that_nothing_points_to_take_no_share() -> None:
    assert shares(300, items(100, 200, same_currency=False)) == []
    assert shares(300, items(100, 200, similar_name=False)) == []
    assert shares(300, items(100, 200, similar_name=False, knows_payer=True)) == [(100, 200)]
