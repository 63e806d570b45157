"""A payer's reference says what it shows: nothing unseen in it, not longer than it can be stored, twins are flagged."""

from typing import Any

import pytest
from igny8_core.business.banking.models import StatementLine
from igny8_core.business.banking.services import booking
from igny8_core.business.billing.tasks import note_shared_reference
from tests.cast import ADMIN, BILLING, Cast, claim
from tests.portal.visitor import PORTAL, signed_in

MANUAL, RECORD = f"{BILLING}payments/manual/", f"{ADMIN}payments/record/"

REFUSED = {
    "nothing to see": "\u200d\u200b",
    "a filler of Hangul": "\u3164",
    "a cell of braille without a dot": "\u2800",
    "an override": "\u202eABC",
    "an isolate": "AB\u2066C",
    "a mark of direction": "ABC\u200f",
    "two lines": "a\r\nX: y",
    "a line separator": "a\u2028b",
    "a next line": "a\u0085b",
    "a tab": "a\tb",
    "ligatures that grow": "\ufb03" * 128,
    "words in one sign": "\ufdfa" * 128,
    "letters whose capital is longer": "\u1fb7" * 128,
    "half of a pair of separators": "-\u2060.",
    "a non-character": "a\uffffb",
}


def recorded(cast: Cast, reference: str) -> dict[str, Any]:
    return {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": reference,
        "amount": "10.00",
        "value_date": "2026-01-05",
    }


@pytest.mark.parametrize("reference", REFUSED.values(), ids=REFUSED.keys())
def test_refused_wherever_a_reference_is_written_and_nothing_is_stored(cast: Cast, reference: str) -> None:
    invoice_id = cast.invoice()
    body = claim(invoice_id, reference)
    older = {**body, "reference": body["transaction_reference"]}
    del older["transaction_reference"]
    for answer, field in (
        (cast.member.post(MANUAL, body), "transaction_reference"),
        (cast.member.post(MANUAL, older), "reference"),
        (cast.finance.post(RECORD, recorded(cast, reference)), "reference"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error"), answer.content
        assert list(answer.json()["errors"]) == [field]
    visitor, _ = signed_in(cast.account)
    form = {"transaction_reference": reference, "amount": "10.00", "paid_on": "2026-01-05", "method": "bank_transfer"}
    page = visitor.submit(f"{PORTAL}invoices/{invoice_id}/pay/", form)
    assert (page.status_code, 'id="id_transaction_reference_error"' in page.content.decode()) == (400, True)
    assert cast.viewer.get(f"{BILLING}payments/").json()["count"] == 0


@pytest.mark.parametrize("reference", ["\ufb03" * 128, "\u202eA", "\u200b"])
def test_a_filter_takes_no_other_references(cast: Cast, reference: str) -> None:
    answer = cast.viewer.get(f"{BILLING}payments/?reference={reference}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reference"])


def test_what_shows_nothing_is_not_kept(cast: Cast) -> None:
    data = cast.submit(cast.invoice(), " TT\u200b-\u00ad4\u200d4\ufeff1 ").json()["data"]
    assert (data["transaction_reference"], data["duplicate_reference"]) == ("TT-441", False)
    assert cast.viewer.get(f"{BILLING}payments/?reference=tt441").json()["count"] == 1


def test_a_reference_may_grow_to_what_fits(cast: Cast) -> None:
    data = cast.submit(cast.invoice(), "\ufb03" * 85).json()["data"]
    assert data["transaction_reference"] == "\ufb03" * 85


TWINS = [
    ("TRX-2026-ABC", "ТRХ-2026-АВС"),  # Cyrillic
    ("trx-a1", "TRX-А1"),  # Cyrillic, and other case
    ("inv-770", "inν-770"),  # Greek
    ("HBL 55 KEY", "ΗΒL 55 ΚΕΥ"),  # Greek
    ("sadapay-091", "ѕаdарау-О9l"),  # Cyrillic, and O for 0, l for 1
    ("FT1000", "FTI00O"),
    ("TT-4471", "TT\u20104471"),  # another hyphen
    ("modem", "rnodern"),
    ("TT 99", "T\u200bT 9\u20609"),
]


@pytest.mark.parametrize(("first", "twin"), TWINS)
def test_a_twin_is_flagged_and_not_refused(cast: Cast, first: str, twin: str) -> None:
    assert cast.submit(cast.invoice(), first).json()["data"]["duplicate_reference"] is False
    other = cast.submit(cast.invoice(), twin)
    assert (other.status_code, other.json()["data"]["duplicate_reference"]) == (201, True)
    booked = cast.finance.post(RECORD, recorded(cast, first))
    assert (booked.status_code, booked.json()["data"]["duplicate_reference"]) == (201, True)


def test_a_look_alike_on_the_same_invoice_is_flagged_and_what_is_the_same_is_refused(cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    assert cast.submit(invoice_id, "TRX-7", amount="100.00").status_code == 201
    lookalike = cast.submit(invoice_id, "ТRХ-7", amount="100.00")
    assert (lookalike.status_code, lookalike.json()["data"]["duplicate_reference"]) == (201, True)
    same = cast.submit(invoice_id, "TR\u200bX-7", amount="100.00")
    assert (same.status_code, same.json()["code"]) == (409, "duplicate_submission")


@pytest.mark.parametrize(
    ("first", "other"), [("TRX-1", "TRX-2"), ("TTV-8", "TTN-8"), ("АБВГД", "ABCDE"), ("12345", "12346"), ("B8", "88")]
)
def test_others_are_not_flagged(cast: Cast, first: str, other: str) -> None:
    assert cast.submit(cast.invoice(), first).status_code == 201
    assert cast.submit(cast.invoice(), other).json()["data"]["duplicate_reference"] is False


def test_capitals_alone_make_no_difference(cast: Cast) -> None:
    """Small m looks like rn, and small nu like v: their capitals do not, and still it is one reference."""
    for first, second in (("from 1", "FROM 1"), ("ν22", "Ν22")):
        assert cast.submit(cast.invoice(), first).status_code == 201
        assert cast.submit(cast.invoice(), second).json()["data"]["duplicate_reference"] is True


def test_money_kept_as_balance_counts_too(cast: Cast) -> None:
    assert cast.finance.post(RECORD, recorded(cast, "SADA 4")).status_code == 201
    assert cast.submit(cast.invoice(), "SADA 4").json()["data"]["duplicate_reference"] is True


@pytest.mark.parametrize(
    ("remittance", "expected"),
    [
        ("FT 77", "FT 77"),
        ("\ufb03" * 100, "E2E 7"),
        ("\ufb03" * 85, "E2E 7"),
        ("\u200b\u2800", "E2E 7"),
        ("F\u200bT 7", "FT 7"),
    ],
)
def test_a_bank_line_is_booked_under_a_text_that_can_be_stored(remittance: str, expected: str) -> None:
    line = StatementLine(sequence=12345, remittance=remittance, end_to_end_id="E2E 7")
    assert booking._reference(line) == expected


def test_operators_see_a_twin_of_another_account(cast: Cast, owner_connection: Any) -> None:
    code = cast.account.code
    theirs = claim(cast.invoice(account=cast.other), f"SHARED {code}")
    assert cast.stranger.post(MANUAL, theirs).status_code == 201
    mine = cast.submit(cast.invoice(), f"ЅНАRЕD {code}").json()["data"]
    row = owner_connection.execute("SELECT id FROM events_event WHERE subject_id = %s", [mine["id"]]).fetchone()
    note_shared_reference(event_id=str(row[0]), account_id=str(cast.account.id))
    shown = cast.support.get(f"{ADMIN}payments/?duplicate_reference=true&account_id={cast.account.id}").json()
    assert [payment["id"] for payment in shown["results"]] == [mine["id"]]
    assert mine["duplicate_reference"] is False
