"""Facts of documents as they come in life, for the tests that look at them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from igny8_core.business.billing.domain.papers import Applied, InvoiceFacts, Line, ReceiptFacts, WayToPay
from igny8_core.business.billing.domain.payment_qr import payment_qr
from igny8_core.seller import Party

SELLER = Party(
    name="IGNY8 Demo Ltd",
    address="12 Finsbury Square",
    post_code="EC2A 1AS",
    city="London",
    country="GB",
    tax_id="GB123456789",
    registration="Registered in England and Wales, no. 01234567",
    email="billing@igny8.example",
    website="igny8.example",
)
GERMAN = Party(
    name="Spreeufer Werkstatt GmbH", address="Köpenicker Straße 16\n10997 Berlin", country="DE", tax_id="DE136695976"
)
PAKISTANI = Party(
    name="کراچی ٹیکسٹائل ورکس", address="پلاٹ 14، کورنگی انڈسٹریل ایریا\nکراچی", country="PK", tax_id="NTN 1234567-8"
)
HOSTILE = Party(
    name='#read("/etc/passwd") $x^2$ \\ *bold* _it_ @ref <label> "quote" \\u{41}',
    address="#panic()\n]]) #let x = 1 \\",
    country="DE",
)
EASTERN = Party(name="株式会社東京商事 · 上海贸易有限公司 · 서울무역", address="千代田区丸の内1-1\n東京", country="JP")
LINES = (
    Line("Team plan, November 2026", 1, 24900, 24900, 4731, Decimal("19.000")),
    Line("500 credits", 3, 4500, 13500, 2565, Decimal("19.000")),
    Line("Printed handbook", 2, 1990, 3980, 279, Decimal("7.000")),
)
SEPA = {
    "payee_name": "IGNY8 Demo Ltd",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "bank_name": "Commerzbank",
}
REFERENCE = "RF180000000042"


def _qr(currency: str, instructions: dict[str, str], amount_minor: int) -> str | None:
    return payment_qr(
        payment_method="bank_transfer",
        currency=currency,
        instructions=instructions,
        amount_minor=amount_minor,
        reference=REFERENCE,
    )


PENDING = InvoiceFacts(
    id=UUID(int=1),
    account_id=UUID(int=2),
    changed_at=datetime(2026, 11, 5, tzinfo=UTC),
    number="BERLIN-000042",
    reference=REFERENCE,
    status="pending",
    currency="EUR",
    issued_on=date(2026, 11, 5),
    due_on=date(2026, 11, 19),
    paid_on=None,
    seller=SELLER,
    buyer=GERMAN,
    lines=LINES,
    total_minor=49955,
    tax_minor=7575,
    settled_minor=10000,
    ways_to_pay=(
        WayToPay("SEPA-Überweisung", {**SEPA, "note": f"Quote {REFERENCE} and send €399.55."}, _qr("EUR", SEPA, 39955)),
    ),
)
PAID = replace(PENDING, status="paid", paid_on=date(2026, 11, 9), settled_minor=49955, ways_to_pay=(), buyer=EASTERN)
VOID = replace(PENDING, status="void", settled_minor=0, ways_to_pay=(), buyer=HOSTILE)
URDU = replace(
    PENDING,
    number="KARACHI-000042",
    currency="PKR",
    buyer=PAKISTANI,
    settled_minor=0,
    lines=(
        Line("ٹیم پلان، نومبر 2026", 1, 4500000, 4500000, 0, None),
        Line("500 credits", 1, 4500000, 4500000, 0, None),
    ),
    total_minor=9000000,
    tax_minor=0,
    ways_to_pay=(
        WayToPay(
            "Bank transfer (Pakistan)",
            {
                "payee_name": "IGNY8 Demo Ltd",
                "bank_name": "Standard Chartered Pakistan",
                "iban": "PK36SCBL0000001123456702",
                "bic": "SCBLPKKX",
            },
            None,
        ),
        WayToPay(
            "JazzCash",
            {"payee_name": "IGNY8 Demo Ltd", "wallet_name": "JazzCash", "wallet_number": "03000000001"},
            None,
        ),
        WayToPay(
            "Easypaisa",
            {"payee_name": "IGNY8 Demo Ltd", "wallet_name": "Easypaisa", "wallet_number": "03400000001"},
            None,
        ),
    ),
)
RECEIPT = ReceiptFacts(
    account_id=UUID(int=2),
    changed_at=datetime(2026, 11, 5, tzinfo=UTC),
    number="R-3F2A9C1B07",
    method="bank_transfer",
    reference="FT23 1190 4471",
    currency="KWD",
    received_minor=49955,
    refunded_minor=10000,
    received_on=date(2026, 11, 9),
    seller=SELLER,
    buyer=GERMAN,
    applied=(Applied("BERLIN-000042", 40000, 5), Applied("BERLIN-000043", 9000, 0)),
)
