"""domain/line_tokens.py: which words of a text are dates, amounts, telephone numbers and IBANs, and so no numbers of invoices."""

import pytest
from igny8_core.business.banking.domain.line_tokens import simplify, words_of


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("paid 12.10.2026 for 42", "12 10 2026"),
        ("12.13.2026", "12 13 2026"),
        ("13.12.2026", "13 12 2026"),
        ("13.13.2026", ""),
        ("31.12.2026", "31 12 2026"),
        ("32.10.2026", ""),
        ("00.10.2026", ""),
        ("1.2.99", "1 2 99"),
        ("1.2.100", ""),
        ("1.2.1899", ""),
        ("1.2.1900", "1 2 1900"),
        ("1.2.2199", "1 2 2199"),
        ("1.2.2200", ""),
        ("2026-11-05", "2026 11 05"),
        ("2026-01-31", "2026 01 31"),
        ("2026-12-01", "2026 12 01"),
        ("2026-13-05", ""),
        ("2026-00-05", ""),
        ("2026-11-32", ""),
        ("2026-11-00", ""),
        ("2199-11-05", "2199 11 05"),
        ("2200-11-05", ""),
        ("100-11-05", "100 11 05"),
        ("99-11-05", ""),
        ("12/10/26", "12 10 26"),
        ("11/2026", "11 2026"),
        ("2026-11", "2026 11"),
        ("13/2026", ""),
        ("49,00", "49 00"),
        ("1.234,56", "1 234 56"),
        ("1,234.56 x", "1 234 56"),
        ("+92 300 1234567", "92 300 1234567"),
        ("0300-1234567", "0300 1234567"),
        ("EUR 42", "EUR 42"),
        ("42 EUR", "42 EUR"),
        ("XYZ 42", ""),
        ("42 XYZ", ""),
        ("RS. 42", "RS 42"),
        ("€42", "42"),
        ("42 €", "42"),
        ("no 12-34", ""),
        ("DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        ("DE89370400440532013000 42", "DE89370400440532013000"),
        ("DE89 3704 0044 0532 0130 01", ""),
        ("DE89 3704 0044 0532 0130 ٠٠", ""),
        ("DE89 3704-0044 0532 0130 00", ""),
        ("GB82 WEST 1234 5698 7654 32 INV", "GB82 WEST 1234 5698 7654 32"),
        ("RF18 5390 0754 7034", ""),
    ],
)
def test_what_is_skipped(text: str, skipped: str) -> None:
    assert " ".join(word.text for word in words_of(simplify(text)) if word.distracts) == skipped


def test_words_know_what_stands_before_them_and_whether_they_are_numbers() -> None:
    words = words_of(simplify("Inv.\u2013 acme   0042 ٤٢"))
    assert [(word.text, word.gap, word.is_number) for word in words] == [
        ("INV", "", False),
        ("ACME", ".- ", False),
        ("0042", " ", True),
        ("٤٢", " ", False),
    ]
