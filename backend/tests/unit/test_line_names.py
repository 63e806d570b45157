"""domain/line_texts.py: everything that a text may name, in full and with its strength."""

import pytest
from igny8_core.business.banking.domain.invoice_tokens import Strength
from igny8_core.business.banking.domain.line_texts import read_texts
from igny8_core.business.billing.domain.references import creditor_reference, invoice_number
from tests.unit.matching_cast import line

RF = creditor_reference(42)
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FULL, WITH_PAYER, POSSIBLE, NONE = Strength.FULL, Strength.WITH_PAYER, Strength.POSSIBLE, Strength.NONE


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
        ("ACME3, 000042", {"ACME-000003": FULL, "ACME-000042": POSSIBLE}),
        ("ACME3:42", {"ACME-000003": POSSIBLE, "ACME3-000042": FULL}),
        ("ACME3 : 42", {"ACME-000003": POSSIBLE, "ACME3-000042": FULL}),
        ("ACME3#000042", {"ACME-000003": POSSIBLE, "ACME3-000042": FULL}),
        ("ACME3 42", {"ACME-000003": POSSIBLE, "ACME-000342": POSSIBLE, "ACME3-000042": FULL}),
        ("ACME 42 2026", {"ACME-000042": POSSIBLE, "ACME-422026": POSSIBLE, "ACME42-002026": POSSIBLE}),
        ("ACME 42/2026", {"ACME-000042": POSSIBLE, "ACME42-002026": POSSIBLE, "ACME-002026": POSSIBLE}),
        ("ACME.42", {"ACME-000042": FULL}),
        ("ACME:42", {"ACME-000042": FULL}),
        ("ACME - 42", {"ACME-000042": FULL}),
        ("ACME --- 42", {}),
        ("ACME+42", {}),
        ("ACME 123456", {"ACME-123456": FULL}),
        ("NO 42", {}),
        ("ACME42", {"ACME-000042": FULL, "ACME4-000002": POSSIBLE}),
        (
            "INVACME42",
            {
                "INVACME-000042": FULL,
                "1NVACME-000042": POSSIBLE,
                "ACME-000042": WITH_PAYER,
                "INVACME4-000002": POSSIBLE,
            },
        ),
        (
            "RGACME000042",
            {
                "RGACME-000042": FULL,
                "ACME-000042": WITH_PAYER,
                "RGACME0-000042": POSSIBLE,
                "RGACME00-000042": POSSIBLE,
            },
        ),
        ("ABCDEFGHIJKLMNOPQRSTUVWX1", {}),
        (
            "ABCDEFGHIJKLMNOPQRSTUVW1",
            {f"{'RSTUVW'[-length:]}-000001": POSSIBLE for length in range(3, 7)}
            | {
                "QRSTUVW-000001": POSSIBLE,
                "PQRSTUVW-000001": POSSIBLE,
            },
        ),
        ("ACME OOOOOO", {}),
        ("ACME OOOOIL", {"ACME-000011": POSSIBLE}),
        ("ACME OOOIL", {}),
        ("000042-ACME", {"ACME-000042": POSSIBLE}),
        ("000042,ACME", {}),
        ("000042 AC", {}),
        ("000042 123ACM", {"123ACM-000042": POSSIBLE}),
        ("1234567 ACME", {}),
        ("ACME-000042ABC", {"ACME-000042": WITH_PAYER}),
        ("ACME-100042ABC", {}),
        ("12.10.2026 ACME 42", {"ACME-000042": FULL}),
        ("XY/ACME-000042", {"ACME-000042": WITH_PAYER}),
        ("42-ACME-000043", {"ACME-000043": FULL}),
        ("INV-ACME-000043", {"ACME-000043": FULL}),
        (
            "ACME 42 43",
            {
                "ACME-000042": POSSIBLE,
                "ACME-004243": POSSIBLE,
                "ACME42-000043": WITH_PAYER,
                "ACME-000043": POSSIBLE,
            },
        ),
        ("ACME 000042 43", {"ACME-000042": FULL, "000042-000043": POSSIBLE}),
        ("PO1-PO2-000042", {"PO2-000042": WITH_PAYER, "P02-000042": POSSIBLE}),
        # The digits of a code and of a number, run together.
        (
            "ACME22345678",
            {"ACME22-345678": FULL, "ACME223-045678": POSSIBLE, "ACME2234-005678": POSSIBLE},
        ),
        (
            "INVACM2000042",
            {
                "INVACM-2000042": FULL,
                "1NVACM-2000042": POSSIBLE,
                "ACM-2000042": WITH_PAYER,
                "INVACM2-000042": FULL,
                "1NVACM2-000042": POSSIBLE,
                "ACM2-000042": WITH_PAYER,
                "INVACM20-000042": POSSIBLE,
            },
        ),
        # A year has four digits, and what follows a dash may be a word.
        ("ACME 20", {"ACME-000020": FULL}),
        ("ACME 201", {"ACME-000201": FULL}),
        ("ACME 42-X", {"ACME-000042": FULL}),
        ("ACME 42.7", {"ACME-000042": POSSIBLE, "ACME42-000007": WITH_PAYER}),
        ("ACME 42_7", {"ACME-000042": POSSIBLE, "ACME42-000007": WITH_PAYER}),
        # What may be the code of the number after it, and what not.
        ("ACMEO3 000042", {"ACMEO-000003": POSSIBLE, "ACMEO3-000042": FULL, "ACME03-000042": POSSIBLE}),
        (
            "ACMEO3 42",
            {
                "ACMEO-000003": POSSIBLE,
                "ACMEO-000342": POSSIBLE,
                "ACME-000003": POSSIBLE,
                "ACMEO3-000042": FULL,
                "ACME03-000042": POSSIBLE,
            },
        ),
        # A code stands right before its number.
        ("#42 ACME", {}),
        ("ACME -- 42", {}),
        ("ACME, no 42", {}),
        ("12.10.2026 42", {}),
        ("42 EUR ME-000042", {}),
        ("ACME - INV - NO - REF - RG - 42", {"REF-000042": POSSIBLE, "INV-000042": POSSIBLE}),
        ("reference 000042", {}),
        ("ABCD EFGH-000042", {"EFGH-000042": FULL, "ABCDEFGH-000042": WITH_PAYER}),
        ("ABCD EFGHX-000042", {"EFGHX-000042": FULL}),
        ("-ACME-000042 paid", {"ACME-000042": FULL, "PAID-000042": POSSIBLE}),
        ("XY.ACME-000042", {"ACME-000042": WITH_PAYER}),
        ("XY_ACME-000042", {"ACME-000042": WITH_PAYER}),
        # A word glued to a code of 3 to 8 characters that begins with a letter.
        ("INVAB-000042", {"INVAB-000042": FULL, "1NVAB-000042": POSSIBLE}),
        ("INVABC-000042", {"INVABC-000042": FULL, "1NVABC-000042": POSSIBLE, "ABC-000042": WITH_PAYER}),
        ("INV2ABC-000042", {"INV2ABC-000042": FULL, "1NV2ABC-000042": POSSIBLE}),
        (
            "INVABCDEFGH-000042",
            {f"{'ABCDEFGH'[-length:]}-000042": POSSIBLE for length in range(3, 8)} | {"ABCDEFGH-000042": WITH_PAYER},
        ),
        ("INVABCDEFGHX-000042", {f"{'BCDEFGHX'[-length:]}-000042": POSSIBLE for length in range(3, 9)}),
        # A code after a number.
        ("rent 000042 ACME", {"RENT-000042": FULL, "ACME-000042": POSSIBLE}),
        ("000042 ABC", {"ABC-000042": POSSIBLE}),
        ("000042 ABCDEFGH", {"ABCDEFGH-000042": POSSIBLE}),
        ("000042 ABCDEFGHX", {}),
        ("000042 ACMÉ", {}),
        ("000042 234", {"000042-000234": POSSIBLE}),
    ],
)
def test_everything_that_a_text_may_name(text: str, numbers: dict[str, Strength]) -> None:
    assert read_texts(line(text)).invoice_numbers == numbers


@pytest.mark.parametrize(
    ("text", "number", "strength"),
    [
        ("AB1000042", "AB1-000042", FULL),
        ("ACME300004 43", "ACME-300004", FULL),
        ("ACME300004 000043", "ACME-300004", POSSIBLE),
        ("ACME 4 2 7 9", "ACME-000427", POSSIBLE),
        ("ACME 4 2 7 9", "ACME-004279", NONE),
    ],
)
def test_how_far_a_number_is_trusted(text: str, number: str, strength: Strength) -> None:
    assert read_texts(line(text)).invoice_numbers.get(number, NONE) == strength


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
        ("ACME 2345678, 2345679", [("ACME", [2345678, 2345679], FULL)]),
        ("ACME 12345678, 9", []),
        ("reference 000042, 43", []),
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
        (f"{RF[:4]} + x {RF[4:]}", {}),
        (RF[:4] + RF[4:].translate(ARABIC), {}),
        ("RF097", {"RF097": FULL}),
        ("RF73A0123", {"RF73A0123": FULL}),
        ("RF73AO123", {}),
        (f"RF48{'1' * 21}", {f"RF48{'1' * 21}": FULL}),
        (f"RF29{'1' * 22}", {}),
    ],
)
def test_creditor_references_in_a_text(text: str, creditors: dict[str, Strength]) -> None:
    assert read_texts(line(text)).creditor_references == creditors


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("invoice 42, order 7", {42, 7}),
        ("ACME42", set()),
        ("INV42", {42}),
        ("1234567", {1234567}),
        ("12345678", set()),
        # The digits of a creditor reference are no numbers, however it is broken up; those of no reference are.
        ("RF 1234567", {1234567}),
        ("RF 67321", {67321}),
        ("RF 284321", set()),
        (f"{RF[:4]} {RF[4:10]} {RF[10:]} 77", {77}),
        (f"{RF[:4]} {RF[4:10].replace('0', 'O', 1)} {RF[10:]} 77", {77}),
    ],
)
def test_bare_numbers(text: str, numbers: set[int]) -> None:
    assert read_texts(line(text)).bare_numbers == numbers


@pytest.mark.parametrize(
    ("text", "reference", "strength"),
    [
        ("-TXN883421", "TXN883421", FULL),
        ("AB-TXN8834", "TXN8834", NONE),
        ("AB-TXN88342", "TXN88342", POSSIBLE),
        ("TXN883421-AB", "TXN883421", NONE),
        ("x ABCD12, EFGH34", "ABCD12EFGH34", NONE),
        ("x ABCD12 EFGH34", "ABCD12EFGH34", FULL),
        ("x ABCD12 12.10.2026", "ABCD1212", NONE),
        ("x ABCD12 12.10.2026", "ABCD1212102026", NONE),
        ("x 12.10.2026 ABCD12", "12102026ABCD12", NONE),
        ("x TXN+88342", "TXN+88342", FULL),
        ("x TXN-+88342", "TXN+88342", FULL),
        ("123456789012, 34", "123456789012", FULL),
        ("x A123", "A123", FULL),
        ("x A12", "A12", NONE),
        ("x 123456", "123456", FULL),
        ("x 12345", "12345", NONE),
        (f"x {'A1' * 20}", "A1" * 20, FULL),
        (f"x {'A1' * 20}B", f"{'A1' * 20}B", NONE),
        ("a 1 b 2 c 3 d 4", "A1B2C3", FULL),
        ("a 1 b 2 c 3 d 4", "A1B2C3D", NONE),
    ],
)
def test_how_far_a_reference_is_trusted(text: str, reference: str, strength: Strength) -> None:
    assert read_texts(line(text)).references.get(reference, NONE) == strength


def test_sixty_four_references_at_most() -> None:
    text = ", ".join(f"AB{n:04d}" for n in range(100))
    assert list(read_texts(line(text)).references) == [f"AB{n:04d}" for n in range(64)]


@pytest.mark.parametrize("nothing", ["", "not provided", "NONREF", "noref", "Not Available", "none", "N/A", "unknown"])
def test_what_a_bank_writes_for_no_reference(nothing: str) -> None:
    texts = read_texts(line("", end_to_end_id=nothing, bank_reference=nothing))
    assert (texts.references, texts.end_to_end_id) == ({}, "")


def test_a_whole_field_is_a_reference_up_to_the_length_that_is_stored() -> None:
    assert read_texts(line("", bank_reference="A" * 256)).references == {"A" * 256: FULL}
    assert read_texts(line("", bank_reference="A" * 257)).references == {}


def test_the_end_to_end_id_is_told_without_spaces_around_it_and_names_are_sought_in_the_text_alone() -> None:
    texts = read_texts(line("thanks", end_to_end_id=" RFND-1 ", structured_reference="ACME Trading"))
    assert (texts.end_to_end_id, texts.plain) == ("RFND-1", " THANKS ")
