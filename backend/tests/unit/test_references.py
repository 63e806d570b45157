"""domain/references.py: one form for comparing, and check digits that catch a wrong digit."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from igny8_core.business.billing.domain.references import (
    checked_reference,
    creditor_reference,
    invoice_number,
    is_valid_creditor_reference,
    normalise_reference,
    read_reference,
    reference_skeleton,
)
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.texts import BadText
from stdnum import iso11649

sequences = st.integers(min_value=1, max_value=10**10 - 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("txn-001/abc.9_z", "TXN001ABC9Z"),
        (" TXN 001\tABC\u00a09 z\n", "TXN001ABC9Z"),
        ("ｔｘｎ－００１", "TXN001"),
        ("-/._ ", ""),
        ("straße", "STRASSE"),
        ("ﬁ-1", "FI1"),
    ],
)
def test_one_form(text: str, expected: str) -> None:
    assert normalise_reference(text) == expected


@given(st.text())
@example("A.\u0301")
@example("\u0390")
@example("\u00a8\u0301")
def test_a_normalised_reference_stays_as_it_is(text: str) -> None:
    once = normalise_reference(text)
    assert normalise_reference(once) == once
    assert not any(character.isspace() or character in "-/._" for character in once)


@given(st.text())
def test_separators_make_no_difference_around_a_reference(text: str) -> None:
    assert normalise_reference(f" {text}-_") == normalise_reference(text)


def test_the_example_of_the_standard() -> None:
    assert is_valid_creditor_reference("RF18 5390 0754 7034")
    assert is_valid_creditor_reference("rf18539007547034")


@given(sequences)
def test_made_references_are_valid_and_agree_with_stdnum(sequence: int) -> None:
    made = creditor_reference(sequence)
    assert made.startswith("RF")
    assert made[4:] == str(sequence).zfill(10)
    assert is_valid_creditor_reference(made)
    assert iso11649.is_valid(made)


@given(sequences)
@example(539007547034 % 10**10)
def test_every_change_of_one_digit_is_caught(sequence: int) -> None:
    made = creditor_reference(sequence)
    for place in range(2, len(made)):
        for digit in set("0123456789") - {made[place]}:
            assert not is_valid_creditor_reference(made[:place] + digit + made[place + 1 :])


@given(st.from_regex(r"RF(0[2-9]|[1-8][0-9]|9[0-8])[A-Z0-9]{1,21}", fullmatch=True))
def test_validity_agrees_with_stdnum(text: str) -> None:
    assert is_valid_creditor_reference(text) == iso11649.is_valid(text)


@pytest.mark.parametrize("text", ["", "RF", "RF18", "XX18539007547034", "RF1853900754703é", "RF01" + "1" * 22])
def test_texts_that_are_no_creditor_reference(text: str) -> None:
    assert not is_valid_creditor_reference(text)


@pytest.mark.parametrize("sequence", [0, -1, 10**10])
def test_sequences_outside_ten_digits(sequence: int) -> None:
    with pytest.raises(ValueError, match="ten digits"):
        creditor_reference(sequence)


def test_invoice_numbers() -> None:
    assert invoice_number("ACME", 42) == "ACME-000042"
    assert invoice_number("ACME", 1_234_567) == "ACME-1234567"
    with pytest.raises(ValueError, match="one"):
        invoice_number("ACME", 0)


def test_a_reference_is_read_for_display_for_comparing_and_for_likeness() -> None:
    made = read_reference("  txn-O1\u200b ")
    assert (made.text, made.normalised) == ("txn-O1", "TXNO1")
    assert made.skeleton == reference_skeleton("TXN 0l")
    assert len(read_reference("x" * 256).normalised) == 256
    for text, words in (("-/.", "not a valid reference"), ("x" * 257, "more than 256 characters")):
        with pytest.raises(BadText, match=words):
            read_reference(text)
        with pytest.raises(ValidationError) as refused:
            checked_reference(text, field="reference")
        assert list(refused.value.fields) == ["reference"]
    assert checked_reference("ab", field="reference") == read_reference("ab")


def test_the_first_and_the_last_sequence() -> None:
    assert creditor_reference(1)[4:] == "0000000001"
    assert creditor_reference(10**10 - 1)[4:] == "9999999999"
    assert invoice_number("ACME", 1) == "ACME-000001"


def test_skeletons_ignore_case_and_separators_and_end_at_a_limit() -> None:
    assert reference_skeleton("a-b_c d/e") == reference_skeleton("ABCDE")
    assert len(reference_skeleton("x" * 300)) == 256
    assert reference_skeleton("..") == ""
