"""Amounts by Stripe's own table: an exponent by ISO 4217 is a hundredfold mistake in three currencies."""

import pytest
import stripe
from fake_gateway.stripe_api.amounts import check_amount, checked_currency, decimal_of
from fake_gateway.stripe_api.balance import fee_of
from fake_gateway.stripe_api.errors import InvalidRequest
from tests.fake_gateway.driving import a_session


@pytest.mark.parametrize(
    ("amount", "currency", "decimal"),
    [
        (1500, "usd", "15.00"),
        (1500, "jpy", "1500"),
        (1500, "vnd", "1500"),
        (12000, "isk", "120.00"),
        (370000, "ugx", "3700.00"),
        (5000, "mga", "5000"),
        (5120, "kwd", "5.120"),
        (17500, "huf", "175.00"),
        (99_999_999, "eur", "999999.99"),
        (123_456_789_012, "idr", "1234567890.12"),
    ],
)
def test_taken(amount: int, currency: str, decimal: str) -> None:
    check_amount(amount, currency, param="amount")
    assert decimal_of(amount, currency) == decimal


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (100, "isk", "amount_too_small"),
        (12050, "isk", None),
        (370001, "ugx", None),
        (5124, "kwd", None),
        (100_000_000, "eur", "amount_too_large"),
        (49, "usd", "amount_too_small"),
        (0, "usd", "parameter_invalid_integer"),
        (-100, "usd", "parameter_invalid_integer"),
    ],
)
def test_refused(amount: int, currency: str, code: str | None) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_amount(amount, currency, param="amount")
    assert refused.value.body["error"].get("code") == code


def test_currencies_are_written_in_any_letters_and_sent_in_small_ones(client: stripe.StripeClient) -> None:
    assert a_session(client, currency="EUR").currency == "eur"
    assert checked_currency("PKR", param="currency") == "pkr"
    for unknown in ("xyz", "", "us", "btc"):
        with pytest.raises(InvalidRequest, match="Invalid currency"):
            checked_currency(unknown, param="currency")


def test_a_wrong_exponent_fails_at_the_door(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="divisible by 100"):
        a_session(client, currency="ugx", amount=185_050)
    with pytest.raises(stripe.InvalidRequestError, match="must be 0"):
        a_session(client, currency="kwd", amount=5124)


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [
        (1500, "usd", 74),  # 43.5 rounds to 44
        (100_000, "pkr", 2930),
        (10_000, "jpy", 320),
        (370_000, "ugx", 13_700),
        (5120, "kwd", 450),
        (5000, "mga", 175),
    ],
)
def test_the_fee_is_an_amount_that_the_currency_can_have(amount: int, currency: str, fee: int) -> None:
    assert fee_of(amount, currency) == fee
