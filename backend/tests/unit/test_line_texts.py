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


FULL, WITH_PAYER, POSSIBLE = Strength.FULL, Strength.WITH_PAYER, Strength.POSSIBLE


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ACME-000042", {"ACME-000042": FULL}),
        ("ACME no 42", {"ACME-000042": WITH_PAYER}),
        ("AC ME-000042", {"ACME-000042": WITH_PAYER}),
        ("INVACME-000042", {"INVACME-000042": FULL, "1NVACME-000042": POSSIBLE, "ACME-000042": WITH_PAYER}),
        ("ACME3 - 000042", {"ACME-000003": POSSIBLE, "ACME3-000042": FULL}),
        ("ACME-0000 42", {"ACME-000042": FULL, "0000-000042": POSSIBLE}),
        ("ACME 42-11", {"ACME-000042": POSSIBLE, "ACME42-000011": WITH_PAYER}),
        ("000042 ACME", {"ACME-000042": POSSIBLE}),
        ("00042 ACME", {}),
        ("ACME-1234567", {"ACME-1234567": FULL}),
        ("ACME-12345678", {}),
        ("ACME-0123456", {}),
        (
            "ACME1000042",
            {
                "ACME-1000042": FULL,
                "ACME1-000042": FULL,
                "ACMEI-000042": POSSIBLE,
                "ACMEL-000042": POSSIBLE,
                "ACME10-000042": POSSIBLE,
                "ACME100-000042": POSSIBLE,
                "ACME1000-000042": POSSIBLE,
            },
        ),
        ("ACME 2026", {"ACME-002026": POSSIBLE}),
        ("ACME 1926", {"ACME-001926": POSSIBLE}),
        ("ACME 2126", {"ACME-002126": FULL}),
        (
            "ACME 42 7 9",
            {
                "ACME-000042": POSSIBLE,
                "ACME-000427": POSSIBLE,
                "ACME-004279": POSSIBLE,
                "ACME42-000007": POSSIBLE,
                "ACME42-000079": POSSIBLE,
                "427-000009": POSSIBLE,
            },
        ),
        ("INV 42", {"INV-000042": POSSIBLE}),
        ("2026-000011", {"2026-000011": WITH_PAYER, "2O26-000011": POSSIBLE}),
        ("2026 11", {"2026-000011": POSSIBLE}),
        ("ACME-000042EUR", {"ACME-000042": WITH_PAYER}),
        ("ACME O42", {"ACMEO-000042": WITH_PAYER, "ACME0-000042": POSSIBLE, "ACME-000042": POSSIBLE}),
        ("ACO-000042", {"ACO-000042": FULL, "AC0-000042": POSSIBLE}),
        (
            "AL1-000042",
            {
                "AL1-000042": FULL,
                "A11-000042": POSSIBLE,
                "ALI-000042": POSSIBLE,
                "A1I-000042": POSSIBLE,
                "ALL-000042": POSSIBLE,
                "A1L-000042": POSSIBLE,
            },
        ),
        ("ACME-0", {}),
        (
            "ABCDEFGHI-000042",
            {f"{'ABCDEFGHI'[-length:]}-000042": POSSIBLE for length in range(3, 9)},
        ),
        ("ABCDEFGH-000042", {"ABCDEFGH-000042": FULL}),
        ("AB-000042", {}),
        ("ref no ACME 42", {"ACME-000042": FULL, "NOACME-000042": WITH_PAYER, "N0ACME-000042": POSSIBLE}),
        ("ACME - INV - NO - REF - 42", {"REF-000042": POSSIBLE, "INV-000042": POSSIBLE, "ACME-000042": WITH_PAYER}),
        ("invoice 1234567", {"INVOICE-1234567": POSSIBLE}),
        ("ACME42 000043", {"ACME-000042": POSSIBLE, "ACME4-000002": POSSIBLE, "ACME42-000043": FULL}),
        ("PO1-PO2-000042", {"PO2-000042": WITH_PAYER, "P02-000042": POSSIBLE}),
    ],
)
def test_everything_that_a_text_may_name(text: str, numbers: dict[str, Strength]) -> None:
    assert read_texts(line(text)).invoice_numbers == numbers


@pytest.mark.parametrize(
    ("text", "listings"),
    [
        ("ACME-000042, 43", [("ACME", [42, 43], FULL)]),
        ("ACME 42-45", [("ACME", [42, 43, 44, 45], FULL)]),
        ("ACME 42 to 44", [("ACME", [42, 43, 44], FULL)]),
        ("ACME 42 and 44", [("ACME", [42, 44], FULL)]),
        ("ACME-000142/43", [("ACME", [142, 143], FULL)]),
        ("ACME-000142/200", [("ACME", [142, 200], FULL)]),
        ("ACME 42, 41", [("ACME", [42, 41], FULL)]),
        ("ACME 42+42", []),
        ("ACME 42, 0", []),
        ("ACME 42 bis 99", []),
        ("ACME 42-53", [("ACME", list(range(42, 54)), FULL)]),
        ("ACME 42-54", []),
        ("ACME 42, 12345678", []),
        ("ACME 42 (43)", []),
        ("ACME no 42, 43", [("ACME", [42, 43], WITH_PAYER)]),
        ("ACME 42 43 44", [("ACME", [42, 43, 44], FULL), ("ACME42", [43, 44], WITH_PAYER)]),
        ("ACME 5 6", []),
    ],
)
def test_lists_and_ranges(text: str, listings: list[tuple[str, list[int], Strength]]) -> None:
    found = [(listing.numbers, listing.strength) for listing in read_texts(line(text)).listings]
    assert found == [
        (tuple(invoice_number(code, n) for n in numbers), strength) for code, numbers, strength in listings
    ]


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("acme 42", {"ACME42": FULL}),
        ("ABC", {"ABC": FULL}),
        ("x ABC", {"XABC": FULL}),
        ("A12", {"A12": FULL}),
        ("ACME no 42", {"ACMENO42": FULL, "NO42": FULL}),
        ("ACME-12345678", {"ACME12345678": FULL, "12345678": POSSIBLE}),
        ("000042 ACME", {"000042": FULL, "000042ACME": FULL}),
        (
            "ACME 000042 000043",
            {
                "ACME000042": FULL,
                "ACME000042000043": FULL,
                "000042": POSSIBLE,
                "000042000043": FULL,
                "000043": POSSIBLE,
            },
        ),
        ("not provided", {"PROVIDED": FULL}),
        ("NONREF", {}),
        ("WONDERFUL", {"WONDERFUL": FULL}),
        (
            "transfer 12.10.2026 ABC123",
            {"TRANSFER12102026ABC123": FULL, "TRANSFER": FULL, "12102026": FULL, "ABC123": FULL},
        ),
    ],
)
def test_references_that_a_text_may_carry(text: str, references: dict[str, Strength]) -> None:
    assert read_texts(line(text)).references == references


@pytest.mark.parametrize(
    ("text", "creditors"),
    [
        (RF, {RF: FULL}),
        (f"x{RF}", {RF: FULL}),
        (f"{RF[:4]} {RF[4:8]} {RF[8:]}", {RF: FULL}),
        (f"RF {RF[2:]}", {RF: FULL}),
        (f"{RF[:4]} + {RF[4:]}", {}),
        (RF.replace("0", "O"), {RF: POSSIBLE}),
        (RF[:-1] + "3", {}),
        (RF.replace("0", "O")[:-1] + "3", {}),
    ],
)
def test_creditor_references_in_a_text(text: str, creditors: dict[str, Strength]) -> None:
    assert read_texts(line(text)).creditor_references == creditors
