"""domain/notes.py: card numbers are masked, other numbers are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.business.billing.domain.notes import mask_card_numbers
from stdnum import luhn


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("card 4111111111111111.", "card ************1111."),
        ("4111 1111 1111 1111", "**** **** **** 1111"),
        ("4111-1111-1111-1111", "****-****-****-1111"),
        ("amex 378282246310005!", "amex ***********0005!"),
        ("paid 2025-01-10 4111 1111 1111 1111", "paid 2025-01-10 **** **** **** 1111"),
        ("a4111111111111111b", "a************1111b"),
    ],
)
def test_card_numbers_are_masked(text: str, expected: str) -> None:
    assert mask_card_numbers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no digits",
        "4111111111111112",
        "411111111111",
        "4111  1111  1111  1111",
        "4111/1111/1111/1111",
        "call 0300 1234567",
        "1" * 20,
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert mask_card_numbers(text) == text


@given(st.from_regex(r"[1-9][0-9]{11,17}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_every_luhn_number_of_13_to_19_digits_is_masked(body: str, separator: str) -> None:
    number = body + luhn.calc_check_digit(body)
    masked = mask_card_numbers(separator.join(number))
    digits = masked.replace(separator, "")
    assert digits == "*" * (len(number) - 4) + number[-4:]


@given(st.text())
def test_the_length_never_changes(text: str) -> None:
    masked = mask_card_numbers(text)
    assert len(masked) == len(text)
    assert all(new in {old, "*"} for old, new in zip(text, masked, strict=True))
