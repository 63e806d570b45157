"""Payment QR codes, against the examples of their standards and read back from a picture by another's reader."""

from decimal import Decimal
from typing import Any

import pytest
import segno
import zxingcpp
from igny8_core.business.billing.domain.emv_qr import (
    BadCode,
    checked,
    crc16,
    decode,
    encode,
    for_payment,
    pix_payload,
    sealed,
)
from igny8_core.business.billing.domain.epc_qr import epc_payload
from igny8_core.business.billing.domain.instructions import check_instructions, fill
from igny8_core.business.billing.domain.payment_qr import payment_qr
from igny8_core.kit.errors import ValidationError
from PIL import Image
from segno.helpers import make_epc_qr

REFERENCE = "RF180000000042"
# EMVCo, EMV QR Code Specification for Payment Systems: Merchant-Presented Mode, the example of its annex.
EMVCO = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
    "6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A"
    "0112233449988770708123456786304A13A"
)
# Banco Central do Brasil, Manual do BR Code, the example of a static code.
BR_CODE = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal"
    "6008BRASILIA62070503***63041D3D"
)
GIRO = {"name": "Spreeufer GmbH", "iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX"}


def scanned(code: segno.QRCode) -> str:
    """What zxing reads in a picture of the code."""
    width, height = code.symbol_size(scale=6)
    picture = Image.new("L", (width, height), 255)
    for y, row in enumerate(code.matrix_iter(scale=6)):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x, y), 0)
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def read_back(text: str) -> str:
    """Draw the text as a code and read it again; a SEPA code has at most version 13."""
    code = segno.make_qr(text, error="m", encoding="utf-8", boost_error=False)
    assert int(code.version) <= 13 or not text.startswith("BCD")
    return scanned(code)


def pay(method: str, currency: str, amount_minor: int = 123456, **instructions: str) -> str | None:
    return payment_qr(
        payment_method=method,
        currency=currency,
        instructions=instructions,
        amount_minor=amount_minor,
        reference=REFERENCE,
    )


def test_a_sepa_code_has_the_lines_of_epc069_12() -> None:
    text = epc_payload(**GIRO, amount_minor=123456, reference=REFERENCE)
    assert text is not None
    assert text.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "COBADEFFXXX",
        "Spreeufer GmbH",
        "DE89370400440532013000",
        "EUR1234.56",
        "",
        REFERENCE,
    ]
    assert read_back(text) == text
    free = epc_payload(**GIRO, amount_minor=1, reference="Rechnung Größe 7")
    assert free is not None
    assert free.split("\n")[7:] == ["EUR0.01", "", "", "Rechnung Größe 7"]
    assert read_back(free) == free


@pytest.mark.parametrize("minor", [1, 10, 100, 99_990, 123_456, 99_999_999_999])
@pytest.mark.parametrize("remittance", [{"reference": REFERENCE}, {"text": "Rechnung Größe 7"}, {"text": "請求書"}])
def test_segno_writes_the_same_sepa_code(minor: int, remittance: dict[str, str]) -> None:
    amount = Decimal(minor).scaleb(-2)
    iban = GIRO["iban"].replace(" ", "")
    theirs = make_epc_qr(name=GIRO["name"], iban=iban, bic=GIRO["bic"], amount=amount, encoding="utf-8", **remittance)
    ours = epc_payload(**GIRO, amount_minor=minor, reference="".join(remittance.values()))
    assert ours is not None
    # It leaves out the zeros at an amount's end, as the standard allows.
    short = f"EUR{amount}".rstrip("0").rstrip(".")
    assert scanned(theirs) == ours.replace(f"EUR{amount}", short)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "x" * 71},
        {"name": " "},
        {"amount_minor": 0},
        {"amount_minor": 10**11},
        {"reference": "x" * 141},
        {"name": "ß" * 70, "reference": "ü" * 140},
    ],
)
def test_what_the_sepa_code_has_no_room_for_gives_none(change: dict[str, Any]) -> None:
    assert epc_payload(**{**GIRO, "amount_minor": 100, "reference": REFERENCE, **change}) is None


def test_the_checksum_is_that_of_the_standard_and_of_the_published_examples() -> None:
    assert crc16("123456789") == "29B1"
    for example in (EMVCO, BR_CODE):
        assert checked(example)[0] == ("00", "01")
        assert sealed(checked(example)) == example


def test_a_pix_code_differs_from_the_manual_s_example_by_amount_and_label() -> None:
    text = pix_payload(
        key="123e4567-e12b-12d1-a456-426655440000",
        name="Fulano de Tal",
        city="Brasília",
        amount="10.00",
        reference="***",
    )
    assert text is not None
    assert [one for one in checked(text) if one[0] not in ("54", "60")] == [
        one for one in checked(BR_CODE) if one[0] != "60"
    ]
    assert (dict(checked(text))["54"], dict(checked(text))["60"]) == ("10.00", "Brasilia")
    labelled = pay(
        "local_wallet",
        "BRL",
        wallet_name="PIX",
        payee_id="pix@igny8.example",
        payee_name="Ação Ltda",
        payee_city="Sao Paulo",
    )
    assert labelled is not None
    assert dict(decode(dict(checked(labelled))["62"])) == {"05": REFERENCE}
    assert dict(checked(labelled))["59"] == "Acao Ltda"
    assert read_back(labelled) == labelled


def test_a_upi_link_names_payee_amount_and_reference() -> None:
    text = pay("local_wallet", "INR", wallet_name="UPI", payee_id="igny8demo@upi", payee_name="IGNY8 Demo & Co")
    assert text == (
        f"upi://pay?pa=igny8demo@upi&pn=IGNY8%20Demo%20%26%20Co&am=1234.56&cu=INR&tn={REFERENCE}&tr={REFERENCE}"
    )
    assert read_back(text) == text


def test_a_merchant_s_code_is_filled_in_for_the_payment() -> None:
    text = for_payment(EMVCO, currency="CNY", amount="99.50", reference=REFERENCE)
    assert text is not None
    before, after = dict(checked(EMVCO)), dict(checked(text))
    assert {name for name in after if after[name] != before.get(name)} == {"54", "62"}
    assert (after["01"], after["54"]) == ("12", "99.50")
    assert dict(decode(after["62"])) == {**dict(decode(before["62"])), "01": REFERENCE, "05": REFERENCE}
    assert read_back(text) == text
    assert for_payment(EMVCO, currency="USD", amount="99.50", reference=REFERENCE) is None
    assert for_payment(EMVCO[:-1] + "B", currency="CNY", amount="99.50", reference=REFERENCE) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0002",
        "000201",
        "00020163041111",
        EMVCO[:-4] + "0000",
        EMVCO + "00",
        EMVCO[:-20],
        "９９" + EMVCO[2:],
        sealed([("00", "01"), ("53", "586")]),
        sealed([("00", "01"), ("26", "a"), ("26", "a"), ("53", "586")]),
    ],
)
def test_a_text_that_is_no_merchant_code_is_refused(text: str) -> None:
    with pytest.raises(BadCode):
        checked(text)
    with pytest.raises(ValidationError):
        check_instructions({"merchant_qr": text})


def test_a_merchant_s_code_is_taken_and_never_shown() -> None:
    check_instructions({"merchant_qr": EMVCO})
    assert fill({"merchant_qr": EMVCO, "note": "Pay {amount}"}, reference="R", amount="1.00") == {"note": "Pay 1.00"}


@pytest.mark.parametrize(
    ("method", "currency", "instructions"),
    [
        ("bank_transfer", "PKR", {"iban": "PK36SCBL0000001123456702", "payee_name": "A"}),
        ("bank_transfer", "EUR", {"account_number": "1", "payee_name": "A"}),
        ("bank_transfer", "EUR", {"iban": "PK36SCBL0000001123456702", "payee_name": "A"}),
        ("local_wallet", "KES", {"wallet_name": "M-Pesa", "wallet_number": "1"}),
        ("local_wallet", "INR", {"wallet_name": "UPI", "payee_id": "no address"}),
        ("local_wallet", "BRL", {"wallet_name": "PIX", "payee_id": "k", "payee_name": "A"}),
    ],
)
def test_other_rails_have_no_code(method: str, currency: str, instructions: dict[str, str]) -> None:
    assert pay(method, currency, **instructions) is None


def test_nothing_to_pay_has_no_code() -> None:
    assert pay("bank_transfer", "EUR", 0, iban="DE89370400440532013000", payee_name="A") is None


def test_the_sepa_code_holds_exactly_what_the_standard_allows() -> None:
    def payload(**change: Any) -> str | None:
        return epc_payload(**{**GIRO, "amount_minor": 100, "reference": "x", **change})

    assert payload(name="n" * 70) and not payload(name="n" * 71)
    assert payload(reference="r" * 140) and not payload(reference="r" * 141)
    assert payload(amount_minor=1) and payload(amount_minor=99_999_999_999)
    # 331 bytes: the frame, 70 letters of two bytes, and text up to the last byte.
    full = payload(name="ß" * 70, reference="ü" * 61 + "x")
    assert full is not None
    left = 331 - len(full.encode())
    assert left >= 0
    assert payload(name="ß" * 70, reference="ü" * 61 + "x" * (1 + left))
    assert payload(name="ß" * 70, reference="ü" * 61 + "x" * (2 + left)) is None


def test_an_object_has_one_to_ninety_nine_characters() -> None:
    assert encode([("26", "x" * 99)]) == "2699" + "x" * 99
    assert encode([("26", "x")]) == "2601x"
    for value in ("", "x" * 100):
        with pytest.raises(BadCode, match=f"has {len(value)} characters"):
            encode([("26", value)])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("26", "not a valid sequence"), ("2x01a", "not a valid"), ("٢٦01a", "not a valid"), ("2602a", "cut short")],
)
def test_a_chain_is_read_to_its_end(text: str, sentence: str) -> None:
    with pytest.raises(BadCode, match=sentence):
        decode(text)
    assert decode("") == []
    assert decode("2601a2702bc") == [("26", "a"), ("27", "bc")]


HEAD = [("00", "01"), ("53", "986")]


@pytest.mark.parametrize(
    ("objects", "sentence"),
    [
        ([("53", "986"), ("26", "a")], "must begin with 000201"),
        ([("00", "02"), ("26", "a"), ("53", "986")], "must begin with 000201"),
        ([("00", "01"), ("26", "a")], "currency or merchant account is missing"),
        ([*HEAD, ("52", "a")], "currency or merchant account is missing"),
        ([*HEAD, ("01", "a")], "currency or merchant account is missing"),
    ],
)
def test_what_a_merchant_code_needs(objects: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(BadCode, match=sentence):
        checked(sealed(objects))
    for account in ("02", "51"):
        assert checked(sealed([*HEAD, (account, "a")])) == [*HEAD, (account, "a")]
    with pytest.raises(BadCode, match="must begin"):
        checked(encode([*HEAD, ("26", "a")]))


def test_a_merchant_code_has_512_characters_at_most() -> None:
    def code(length: int) -> str:
        # 6 + 7 + 8 characters of frame, four full objects of 103, and the rest.
        rest = length - len(sealed([*HEAD, *((f"{n}", "x" * 99) for n in range(26, 30))])) - 4
        return sealed([*HEAD, *((f"{n}", "x" * 99) for n in range(26, 30)), ("30", "y" * rest)])

    assert len(code(512)) == 512
    assert checked(code(512))
    with pytest.raises(BadCode, match="512 characters"):
        checked(code(513))
    assert checked(code(512)[:-4] + code(512)[-4:].lower())


@pytest.mark.parametrize(
    ("amount", "fits"),
    [
        ("1", True),
        ("1.5", True),
        ("1.500", True),
        ("1.5000", False),
        ("9" * 10, True),
        ("9" * 11, False),
        ("1,5", False),
    ],
)
def test_the_amount_of_a_merchant_code(amount: str, *, fits: bool) -> None:
    assert (for_payment(EMVCO, currency="CNY", amount=amount, reference="R") is not None) is fits


def test_a_reference_is_cut_for_a_merchant_code_and_left_out_of_a_pix_code() -> None:
    text = for_payment(EMVCO, currency="CNY", amount="1", reference="R" * 26)
    assert text is not None
    assert dict(decode(dict(checked(text))["62"]))["05"] == "R" * 25

    def pix(reference: str, name: str = "N", city: str = "C") -> dict[str, str]:
        made = pix_payload(key=" k ", name=name, city=city, amount="1.00", reference=reference)
        assert made is not None
        return dict(checked(made))

    assert dict(decode(pix("R" * 25)["62"])) == {"05": "R" * 25}
    assert dict(decode(pix("R" * 26)["62"])) == {"05": "***"}
    shown = pix("R", name="N" * 26, city="C" * 16)
    assert (shown["59"], shown["60"], shown["58"], shown["52"]) == ("N" * 25, "C" * 15, "BR", "0000")
    assert dict(decode(shown["26"])) == {"00": "br.gov.bcb.pix", "01": "k"}
    assert (pix("R", name="  A  B ")["59"], pix("R", name="A" * 24 + " B")["59"]) == ("A B", "A" * 24)
    assert pix_payload(key="k", name="", city="C", amount="1.00", reference="R") is None


def test_a_rail_needs_its_currency_and_its_payee() -> None:
    upi = {"wallet_name": "upi", "payee_id": "a@b", "payee_name": ""}
    assert pay("local_wallet", "INR", **upi) == (f"upi://pay?pa=a@b&am=1234.56&cu=INR&tn={REFERENCE}&tr={REFERENCE}")
    assert pay("local_wallet", "EUR", **upi) is None
    assert pay("local_wallet", "BRL", wallet_name="PIX", payee_name="A", payee_city="B") is None
    giro = {"iban": "DE89370400440532013000", "payee_name": "A"}
    assert pay("bank_transfer", "EUR", **giro)
    assert pay("bank_transfer", "USD", **giro) is None
    arguments = {"payment_method": "bank_transfer", "currency": "EUR", "instructions": giro, "amount_minor": 1}
    assert payment_qr(**arguments, reference="R")
    assert payment_qr(**arguments, reference="") is None
