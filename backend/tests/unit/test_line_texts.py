"""domain/line_texts.py: what a text may name, as payers write it and banks break it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.business.banking.domain.invoice_tokens import Strength
from igny8_core.business.banking.domain.line_texts import lookup_keys, read_texts
from igny8_core.business.billing.domain.references import creditor_reference, invoice_number, normalise_reference
from tests.unit.matching_cast import line

RF = creditor_reference(42)


@pytest.mark.parametrize(
    "text",
    [
        "ACME-000042",
        "acme 42",
        "acme0042",
        "INV ACME/000042",
        "Invoice no. ACME_42, thank you",
        "ACME - 000042",
        "ACME‑000042",
        "ＡＣＭＥ－０００042",
        "ACME-0000 42 EUR 49,00",
        "ACME-00\n0042",
        "(#ACME-42)",
        "ACME-000042/2026",
        "INV-ACME-000042 12.10.2026",
        "tel 0300-1234567 ACME 42 2026-11-05",
    ],
)
def test_a_number_is_read_in_full(text: str) -> None:
    assert read_texts(line(text)).invoice_numbers["ACME-000042"] == Strength.FULL


@pytest.mark.parametrize(
    "text", ["ACME no 42", "AC ME-000042", "INVACME-000042", "XY-ACME-000042", "ACME invoice 000042", "ACME-000042EUR"]
)
def test_a_number_that_needs_the_payer_beside_it(text: str) -> None:
    assert read_texts(line(text)).invoice_numbers["ACME-000042"] == Strength.WITH_PAYER


@pytest.mark.parametrize("text", ["ACME-OOOO42", "ACME 42-11", "000042 ACME", "ACME 42 7", "AAAAAACME-000042"])
def test_a_number_that_is_only_possible(text: str) -> None:
    assert read_texts(line(text)).invoice_numbers["ACME-000042"] == Strength.POSSIBLE


def test_a_code_that_ends_in_a_digit_is_not_the_number_of_another() -> None:
    for text in ("ACME3 - 000042", "ACME3-42", "ACME3 000042"):
        numbers = read_texts(line(text)).invoice_numbers
        assert numbers["ACME3-000042"] == Strength.FULL
        assert numbers.get("ACME-000003", Strength.NONE) <= Strength.POSSIBLE


@pytest.mark.parametrize(
    "text",
    ["ACME-000421", "ACME-0000421", "ACME-2042", "ACME 12.10.42", "ACME 42,00", "ACME, 42", "ACMEX-42", "ACME EUR 42"],
)
def test_a_part_of_something_else_is_no_number(text: str) -> None:
    assert "ACME-000042" not in read_texts(line(text)).invoice_numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [("MAY 2026", "MAY-002026"), ("INV 42", "INV-000042"), ("2026-11", "2026-000011"), ("ACME 2012", "ACME-002012")],
)
def test_words_and_years_before_other_numbers_prove_nothing(text: str, number: str) -> None:
    assert read_texts(line(text)).invoice_numbers.get(number, Strength.NONE) <= Strength.POSSIBLE


@pytest.mark.parametrize("text", ["INV-000042", "2026-000042"])
def test_codes_that_many_use_need_the_payer(text: str) -> None:
    assert read_texts(line(text)).invoice_numbers[text] == Strength.WITH_PAYER


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ACME-000042, 43 and 44", (42, 43, 44)),
        ("ACME 42/43", (42, 43)),
        ("ACME-000142/43", (142, 143)),
        ("ACME-000042 000043", (42, 43)),
        ("ACME 42 to 45", (42, 43, 44, 45)),
        ("ACME-000042-45", (42, 43, 44, 45)),
    ],
)
def test_lists(text: str, numbers: tuple[int, ...]) -> None:
    (found,) = (one for one in read_texts(line(text)).listings if one.numbers[0].startswith("ACME-"))
    assert found.numbers == tuple(invoice_number("ACME", n) for n in numbers)


@pytest.mark.parametrize(
    "text", ["ACME-000042", "ACME-42 thanks", "ACME-42 to 2000", "ACME-42, 42", "MAY 42, 43", "ACME 42, 0"]
)
def test_what_is_no_list(text: str) -> None:
    assert read_texts(line(text)).listings == ()


@pytest.mark.parametrize(
    "text",
    [
        RF,
        RF.lower(),
        " ".join(RF[at : at + 4] for at in range(0, len(RF), 4)),
        f"RF {RF[2:]}",
        f"Ref:{RF}. Danke",
        f"SVWZ+{RF[:7]} {RF[7:]} 2026",
        f"yourref{RF}",
    ],
)
def test_a_creditor_reference_is_found_with_its_check_digits(text: str) -> None:
    texts = read_texts(line(text))
    assert texts.creditor_references[RF] == Strength.FULL
    assert not texts.bare_numbers - {2026}
    assert RF in lookup_keys(line("", structured_reference=RF)).creditor_references


@given(st.integers(1, 10**10 - 1), st.integers(2, 13), st.integers(1, 9))
def test_one_wrong_digit_is_no_creditor_reference(sequence: int, at: int, by: int) -> None:
    right = creditor_reference(sequence)
    wrong = right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :]
    assert not read_texts(line(wrong)).creditor_references


def test_letters_for_digits_in_a_creditor_reference_are_only_possible() -> None:
    assert read_texts(line(RF.replace("0", "O"))).creditor_references == {RF: Strength.POSSIBLE}


@pytest.mark.parametrize(
    "text", ["IBAN DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "12.10.2026", "EUR 49.00", "+92 300 1234567"]
)
def test_ibans_dates_sums_and_telephones_are_no_numbers(text: str) -> None:
    texts = read_texts(line(text))
    assert texts.invoice_numbers == {}
    assert texts.bare_numbers == frozenset()


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("TXN 883-421", Strength.FULL),
        ("paid, ref:TXN883421.", Strength.FULL),
        ("TXN88 3421", Strength.FULL),
        ("AB-TXN883421", Strength.POSSIBLE),
        ("TXN8834210", Strength.NONE),
        ("1TXN883421", Strength.NONE),
    ],
)
def test_submitted_references_are_whole_words(text: str, strength: Strength) -> None:
    assert read_texts(line(text)).references.get("TXN883421", Strength.NONE) == strength


def test_digits_beside_digits_may_be_a_part_of_more() -> None:
    assert read_texts(line("123456789012 34")).references["123456789012"] == Strength.POSSIBLE
    assert read_texts(line("123456789012 05.11.2026")).references["123456789012"] == Strength.FULL


def test_the_banks_own_fields_count_as_a_whole() -> None:
    keys = lookup_keys(line("", bank_reference="FT 26-1", end_to_end_id="NOTPROVIDED", counterparty_account="de89 37"))
    assert keys.references == {"FT261"}
    assert keys.end_to_end_id == ""
    assert keys.counterparty_account == "DE8937"
    assert lookup_keys(line("", end_to_end_id="ACME-000042")).invoice_numbers >= {"ACME-000042"}


def test_numbers_that_stand_alone() -> None:
    assert lookup_keys(line("invoice 42, order 007")).bare_numbers == {42, 7}


codes = st.from_regex(r"[A-Z][A-Z0-9]{2,7}", fullmatch=True)


@given(codes, st.integers(1, 9_999_999))
def test_the_canonical_form_is_always_looked_up(code: str, n: int) -> None:
    number = invoice_number(code, n)
    for text in (number, number.lower(), f"Invoice {number} thank you", f"{number}, 12.10.2026"):
        assert number in lookup_keys(line(text)).invoice_numbers


@given(st.text(min_size=1, max_size=120))
def test_a_reference_alone_in_a_field_is_always_looked_up(text: str) -> None:
    normalised = normalise_reference(text)
    if len(normalised) >= 4 and normalised not in {"NONE", "NOREF", "NONREF", "UNKNOWN", "NOTPROVIDED", "NOTAVAILABLE"}:
        assert normalised in lookup_keys(line("x", bank_reference=text)).references


@given(st.text(alphabet=st.sampled_from("ACME0O1IL24RF -/.,\n\u00a0é٤+&"), max_size=200))
def test_reading_is_bounded(text: str) -> None:
    keys = lookup_keys(line(text))
    assert len(keys.references) <= 65
    assert len(keys.invoice_numbers) <= 40 * (len(text) + 1)


@given(st.text(max_size=300))
def test_any_text_can_be_read_again_with_the_same_result(text: str) -> None:
    one = line(text, structured_reference=text, end_to_end_id=text, counterparty_account=text, bank_reference=text)
    assert read_texts.__wrapped__(one) == read_texts(one)
