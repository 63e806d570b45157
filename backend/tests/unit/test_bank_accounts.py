"""domain/bank_accounts.py: which part of what a file writes is the account, and which of our accounts it may mean."""

import pytest
from igny8_core.business.banking.domain.bank_accounts import is_named, is_same_account, numbers_in, undecorated

IBAN, ANOTHER = "DE89370400440532013000", "DE02120300000000202051"
SEYCHELLES = "SC18SSCB11010000000000001497USD"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (f"{IBAN}/EUR", IBAN),
        (f"{IBAN}/eur", IBAN),
        (f"{IBAN}eur", IBAN),
        (f"{IBAN}-EUR", IBAN),
        (f"{IBAN}.EUR", IBAN),
        ("0417164300_EUR", "0417164300_EUR"),
        ("SAVINGSEUR", "SAVINGSEUR"),
        ("EUR", "EUR"),
        (f"/{IBAN}//", IBAN),
        ("ABNANL2A/0417164300", "0417164300"),
        ("abnanl2axxx/0417164300", "0417164300"),
        ("MYBANK/0417164300", "0417164300"),
        ("BANK2/0417164300", "BANK2/0417164300"),
        ("COBADEFF", "COBADEFF"),
        ("SAVINGS", "SAVINGS"),
        ("COBADEFF/0532013000/USD", "0532013000/USD"),
    ],
)
def test_bank_and_currency_are_taken_off_and_nothing_else(written: str, plain: str) -> None:
    assert undecorated(written, "EUR") == plain


def test_a_currency_that_is_part_of_the_iban_stays() -> None:
    assert undecorated(SEYCHELLES, "USD") == SEYCHELLES
    assert undecorated(SEYCHELLES.lower(), "USD") == SEYCHELLES.lower()
    assert undecorated("COBADEFF/0532013000EUR", "") == "0532013000EUR"


@pytest.mark.parametrize(
    ("ours", "named", "same"),
    [
        (IBAN, IBAN, True),
        (f"COBADEFF{IBAN}", IBAN, True),
        (IBAN, f"AB12{IBAN}", False),
        (IBAN, ANOTHER, False),
        ("0532013000", IBAN, True),
        ("0532013001", IBAN, False),
        (ANOTHER, "202051", True),
        (ANOTHER, "0000202051", True),
        (ANOTHER, "02051", False),
        (ANOTHER, "302051", False),
        ("202051", ANOTHER, True),
        ("02051", "02051", True),
    ],
)
def test_an_account_is_meant_by_its_iban_or_by_six_digits_of_it(ours: str, named: str, same: bool) -> None:
    assert is_same_account(ours, named) is same


def test_the_numbers_that_a_file_may_mean() -> None:
    assert numbers_in("37040044/0532013000EUR", "EUR") == (
        "370400440532013000EUR",
        "370400440532013000",
        "0532013000",
    )
    assert numbers_in("", "EUR") == ()


def test_an_account_that_is_set_up_as_the_file_writes_it_is_that_account() -> None:
    assert is_named("COBADEFF12345EUR", "EUR", numbers_in("COBADEFF/12345EUR", "EUR"))
    assert is_named("0532013000EUR", "EUR", numbers_in("0532013000", "EUR"))
    assert not is_named("0532013000USD", "EUR", numbers_in("0532013000", "EUR"))
