"""Amounts on Stripe's wire, by Stripe's own table (docs.stripe.com/currencies): not ISO 4217's exponents.

ISK and UGX have two decimals here although ISO says none, and must be whole; MGA has none although ISO says two.
"""

from decimal import Decimal

from fake_gateway.stripe_api.errors import InvalidRequest

NO_DECIMALS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMALS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
WHOLE_ONLY = frozenset({"isk", "ugx"})
TWO_DECIMALS = frozenset(
    [
        "aed",
        "afn",
        "all",
        "amd",
        "ang",
        "aoa",
        "ars",
        "aud",
        "awg",
        "azn",
        "bam",
        "bbd",
        "bdt",
        "bgn",
        "bmd",
        "bnd",
        "bob",
        "brl",
        "bsd",
        "bwp",
        "byn",
        "bzd",
        "cad",
        "cdf",
        "chf",
        "cny",
        "cop",
        "crc",
        "cve",
        "czk",
        "dkk",
        "dop",
        "dzd",
        "egp",
        "etb",
        "eur",
        "fjd",
        "fkp",
        "gbp",
        "gel",
        "gip",
        "gmd",
        "gtq",
        "gyd",
        "hkd",
        "hnl",
        "htg",
        "huf",
        "idr",
        "ils",
        "inr",
        "isk",
        "jmd",
        "kes",
        "kgs",
        "khr",
        "kyd",
        "kzt",
        "lak",
        "lbp",
        "lkr",
        "lrd",
        "lsl",
        "mad",
        "mdl",
        "mkd",
        "mmk",
        "mnt",
        "mop",
        "mur",
        "mvr",
        "mwk",
        "mxn",
        "myr",
        "mzn",
        "nad",
        "ngn",
        "nio",
        "nok",
        "npr",
        "nzd",
        "pab",
        "pen",
        "pgk",
        "php",
        "pkr",
        "pln",
        "qar",
        "ron",
        "rsd",
        "rub",
        "sar",
        "sbd",
        "scr",
        "sek",
        "sgd",
        "shp",
        "sle",
        "sos",
        "srd",
        "std",
        "szl",
        "thb",
        "tjs",
        "top",
        "try",
        "ttd",
        "twd",
        "tzs",
        "uah",
        "ugx",
        "usd",
        "uyu",
        "uzs",
        "wst",
        "xcd",
        "xcg",
        "yer",
        "zar",
        "zmw",
    ]
)
CURRENCIES = NO_DECIMALS | TWO_DECIMALS | THREE_DECIMALS
MOST = 99_999_999
MORE_DIGITS = {"idr": 999_999_999_999, "lbp": 999_999_999_999, "cop": 9_999_999_999, "vnd": 9_999_999_999}
LEAST = {
    **{"usd": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "eur": 50, "inr": 50, "nzd": 50, "sgd": 50},
    **{"aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "jpy": 50, "mxn": 1000},
    **{"myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000},
    # Half a dollar's worth, roughly, where Stripe's table names no amount.
    **{"pkr": 14000, "kes": 6500, "isk": 7000, "ugx": 180000, "kwd": 160, "krw": 700, "mga": 2300},
}


def decimals(currency: str) -> int:
    """Decimals of a currency on the wire."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def checked_currency(currency: str, *, param: str) -> str:
    """A currency in small letters; raises `InvalidRequest`."""
    if currency.lower() not in CURRENCIES:
        raise InvalidRequest(
            f"Invalid currency: {currency}. Stripe currently supports these currencies:"
            f" {', '.join(sorted(CURRENCIES))}",
            param=param,
        )
    return currency.lower()


def check_amount(amount: int, currency: str, *, param: str) -> None:
    """Raises `InvalidRequest` for an amount that Stripe would not charge."""
    check_units(amount, currency, param=param)
    if amount > MORE_DIGITS.get(currency, MOST):
        raise InvalidRequest(
            f"Amount must be no more than {text_of(MORE_DIGITS.get(currency, MOST), currency)}",
            param=param,
            code="amount_too_large",
        )
    if amount < LEAST.get(currency, 1):
        raise InvalidRequest(
            f"Amount must be at least {text_of(LEAST.get(currency, 1), currency)}", param=param, code="amount_too_small"
        )


def check_units(amount: int, currency: str, *, param: str) -> None:
    """Raises `InvalidRequest` for an amount that the currency cannot have."""
    if amount < 1:
        raise InvalidRequest("Invalid positive integer", param=param, code="parameter_invalid_integer")
    if currency in WHOLE_ONLY and amount % 100:
        raise InvalidRequest(
            f"Invalid amount: {currency.upper()} has no decimals; the amount must be divisible by 100.", param=param
        )
    if currency in THREE_DECIMALS and amount % 10:
        raise InvalidRequest(
            f"Invalid amount: the last digit of an amount in {currency.upper()} must be 0.", param=param
        )


def text_of(amount: int, currency: str) -> str:
    """`15.00 usd` for 1500 on the wire."""
    return f"{decimal_of(amount, currency)} {currency}"


def decimal_of(amount: int, currency: str) -> str:
    """`15.00` for 1500 on the wire in a currency of two decimals."""
    return str(Decimal(amount).scaleb(-decimals(currency)))


def step(currency: str) -> int:
    """The smallest amount on the wire that the currency can have."""
    return 100 if currency in WHOLE_ONLY else 10 if currency in THREE_DECIMALS else 1


def unit(currency: str) -> int:
    """One unit of the currency on the wire."""
    return int(10 ** decimals(currency))
