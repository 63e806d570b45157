"""kit/money.py and kit/currencies.py: reading, writing and rounding amounts."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.money import (
    MAX_AMOUNT_MINOR,
    InvalidAmount,
    Money,
    UnknownCurrency,
    exponent,
    format_amount,
    parse_amount,
    parse_amounts,
    percent_of,
)
from iso4217 import Currency

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(min_value=1, max_value=MAX_AMOUNT_MINOR)


# Funds, metals, baskets and codes that stand for no money; and a dinar that is a unit of account.
NO_MONEY = "BOV CHE CHW COU MXV USN XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX"


def test_currencies_and_exponents_are_those_of_iso_4217() -> None:
    listed = {currency.code: currency.exponent for currency in Currency}
    assert {code: listed.get(code) for code in CURRENCIES} == CURRENCIES
    assert sorted(listed.keys() - CURRENCIES.keys()) == NO_MONEY.split()


@given(amounts, currencies)
def test_what_is_written_is_read_again(amount_minor: int, currency: str) -> None:
    text = format_amount(amount_minor, currency)
    assert parse_amount(text, currency) == amount_minor
    assert Decimal(text) == Decimal(amount_minor).scaleb(-exponent(currency))
    assert len(text.partition(".")[2]) == exponent(currency)
    assert format_amount(-amount_minor, currency) == "-" + text


@pytest.mark.parametrize(
    ("text", "currency", "amount_minor"),
    [
        ("4500.00", "PKR", 450_000),
        ("4500", "PKR", 450_000),
        ("4500.5", "PKR", 450_050),
        ("0.01", "PKR", 1),
        ("4500", "JPY", 4_500),
        ("4.500", "KWD", 4_500),
        ("9999999999999.99", "USD", MAX_AMOUNT_MINOR),
    ],
)
def test_amounts_that_are_read(text: str, currency: str, amount_minor: int) -> None:
    assert parse_amount(text, currency) == amount_minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "+1",
        "1e3",
        "1E3",
        "1,000",
        "1 000",
        " 1",
        "1 ",
        "1\n",
        "01",
        "00.10",
        ".5",
        "5.",
        "1.234",
        "1.000",
        "0",
        "0.00",
        "NaN",
        "Infinity",
        "0x1",
        "1_000",
        "٤",
        "１",
        "1.2.3",
        "1.٤",
        "²",
        "10000000000000.00",
        "9" * 21,
        "9" * 5000,
        "0." + "0" * 5000,
    ],
)
def test_amounts_that_are_refused(text: str) -> None:
    with pytest.raises(InvalidAmount):
        parse_amount(text, "PKR")


@given(st.text(max_size=25))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        amount_minor = parse_amount(text, "KWD")
    except ValidationError:
        return
    assert Decimal(text).scaleb(3) == amount_minor


def test_every_text_at_fault_is_named_with_its_field() -> None:
    texts = {"least": "1.00", "most": "0.00", "tolerance": "0.00", "fee": "1.234"}
    assert parse_amounts({"least": "1.00", "tolerance": "0.00"}, "EUR", allow_zero=("tolerance",)) == {
        "least": 100,
        "tolerance": 0,
    }
    with pytest.raises(ValidationError) as refused:
        parse_amounts(texts, "EUR", allow_zero=("tolerance",))
    assert refused.value.message == ValidationError.default_message
    assert refused.value.fields == {"most": ["The amount must be greater than zero."], "fee": ["EUR has 2 decimals."]}


def test_zero_only_where_it_is_allowed() -> None:
    assert parse_amount("0.00", "EUR", allow_zero=True) == 0
    with pytest.raises(InvalidAmount):
        parse_amount("4500.0", "JPY")


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [
        (0, "EUR", "0.00"),
        (5, "EUR", "0.05"),
        (-5, "EUR", "-0.05"),
        (7, "JPY", "7"),
        (-7, "JPY", "-7"),
        (1, "KWD", "0.001"),
        (12_345, "CLF", "1.2345"),
    ],
)
def test_amounts_are_written_with_every_decimal(amount_minor: int, currency: str, text: str) -> None:
    assert format_amount(amount_minor, currency) == text


@pytest.mark.parametrize("currency", ["", "eur", "XAU", "ABC", "EUR "])
def test_unknown_currencies(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        parse_amount("1", currency)


@pytest.mark.parametrize(
    ("amount_minor", "rate", "expected"),
    [(1_000, "20", 200), (250, "1", 3), (249, "1", 2), (-250, "1", -3), (10, "7.5", 1), (999, "0", 0)],
)
def test_percentages_round_half_up(amount_minor: int, rate: str, expected: int) -> None:
    assert percent_of(amount_minor, Decimal(rate)) == expected


@given(amounts, st.decimals(min_value=0, max_value=100, places=3))
def test_percentages_are_within_half_a_unit(amount_minor: int, rate: Decimal) -> None:
    thousandths = int(rate.scaleb(3)) * amount_minor
    assert percent_of(amount_minor, rate) == (thousandths * 2 + 100_000) // 200_000
    whole = Decimal(amount_minor).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert percent_of(amount_minor, rate) <= whole


def test_money_stays_within_one_currency() -> None:
    five, three = Money(500, "EUR"), Money(300, "EUR")
    assert five + three == Money(800, "EUR")
    assert three - five == Money(-200, "EUR")
    assert three < five and three <= five and five > three and five >= three
    assert str(five) == "5.00 EUR"
    assert five != Money(500, "USD")
    for operation in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(ValueError, match="USD"):
            operation(Money(1, "EUR"), Money(1, "USD"))
    with pytest.raises(UnknownCurrency):
        Money(1, "XXX")
