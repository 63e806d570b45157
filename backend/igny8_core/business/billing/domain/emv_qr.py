"""EMV QR codes (EMVCo, Merchant-Presented Mode 1.1): parsed, checked, and completed for one payment. Pure.

A code is a chain of objects: a two-digit id, a two-digit length in characters, and the value. The last one (id 63) is
the CRC-16 of everything before its value.
"""

import re
from collections.abc import Sequence

from igny8_core.kit.texts import normal_form

CRC_ID = "63"
MAX_LENGTH = 512
_AMOUNT = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,3})?")
_PIX_LABEL = re.compile(r"[A-Za-z0-9]{1,25}")
INITIATED, AMOUNT, CURRENCY, ADDITIONAL = "01", "54", "53", "62"
DYNAMIC = "12"
NUMERIC_CURRENCY = {
    "BDT": "050",
    "BRL": "986",
    "CNY": "156",
    "EGP": "818",
    "ETB": "230",
    "GHS": "936",
    "HKD": "344",
    "IDR": "360",
    "INR": "356",
    "JPY": "392",
    "KES": "404",
    "KHR": "116",
    "KRW": "410",
    "LAK": "418",
    "LKR": "144",
    "MMK": "104",
    "MYR": "458",
    "NGN": "566",
    "NPR": "524",
    "PHP": "608",
    "PKR": "586",
    "RWF": "646",
    "SGD": "702",
    "THB": "764",
    "TWD": "901",
    "TZS": "834",
    "UGX": "800",
    "USD": "840",
    "UZS": "860",
    "VND": "704",
    "ZAR": "710",
}

type Object = tuple[str, str]


class BadCode(ValueError):
    """A text that is not an EMV code, explained in one sentence."""


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE (ISO/IEC 13239, polynomial 1021, start FFFF) of the text's bytes, as four hex digits."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
            crc &= 0xFFFF
    return f"{crc:04X}"


def encode(objects: Sequence[Object]) -> str:
    """The objects in a chain, without a CRC; raises `BadCode` for a value longer than 99 characters."""
    for identifier, value in objects:
        if not 0 < len(value) <= 99:
            raise BadCode(f"Object {identifier} has {len(value)} characters; it takes 1 to 99.")
    return "".join(f"{identifier}{len(value):02d}{value}" for identifier, value in objects)


def sealed(objects: Sequence[Object]) -> str:
    """The complete code with its CRC."""
    head = f"{encode(objects)}{CRC_ID}04"
    return head + crc16(head)


def decode(text: str) -> list[Object]:
    """The objects of a chain, in order; raises `BadCode`."""
    objects: list[Object] = []
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            raise BadCode("It is not a valid sequence of data objects.")
        value = text[at + 4 : at + 4 + int(head[2:])]
        if len(value) != int(head[2:]):
            raise BadCode("It is cut short.")
        objects.append((head[:2], value))
        at += 4 + len(value)
    return objects


def checked(text: str) -> list[Object]:
    """The objects of a complete merchant code, without the CRC; raises `BadCode`."""
    if not 0 < len(text) <= MAX_LENGTH:
        raise BadCode(f"It must have 1 to {MAX_LENGTH} characters.")
    objects = decode(text)
    named = dict(objects)
    if objects[0] != ("00", "01") or objects[-1][0] != CRC_ID or len(named) != len(objects):
        raise BadCode("It must begin with 000201, end with its checksum and contain each object only once.")
    if objects[-1][1].upper() != crc16(text[:-4]):
        raise BadCode("Its checksum is wrong.")
    if CURRENCY not in named or not any("02" <= identifier <= "51" for identifier in named):
        raise BadCode("Its currency or merchant account is missing.")
    return objects[:-1]


def for_payment(merchant_code: str, *, currency: str, amount: str, reference: str) -> str | None:
    """A merchant's code from its acquirer, completed with this payment's amount and reference; None if it does not fit.

    `amount` is decimal text. The reference becomes the bill number (62-01) and the reference label (62-05).
    """
    try:
        given = dict(checked(merchant_code))
        if given[CURRENCY] != NUMERIC_CURRENCY.get(currency) or not _AMOUNT.fullmatch(amount):
            return None
        additional = dict(decode(given.get(ADDITIONAL, "")))
        additional |= dict.fromkeys(("01", "05"), reference[:25])
        given |= {INITIATED: DYNAMIC, AMOUNT: amount, ADDITIONAL: encode(sorted(additional.items()))}
        return sealed(sorted(given.items()))
    except BadCode:
        return None


def pix_payload(*, key: str, name: str, city: str, amount: str, reference: str) -> str | None:
    """A static PIX code for one payment (Banco Central do Brasil, Manual do BR Code 2.0); None if a part is missing.

    `amount` is decimal text; the reference becomes the transaction label (62-05), at most 25 letters and digits.
    """
    label = reference if _PIX_LABEL.fullmatch(reference) else "***"
    try:
        return sealed(
            [
                ("00", "01"),
                ("26", encode([("00", "br.gov.bcb.pix"), ("01", key.strip())])),
                ("52", "0000"),
                (CURRENCY, NUMERIC_CURRENCY["BRL"]),
                (AMOUNT, amount),
                ("58", "BR"),
                ("59", _plain(name, 25)),
                ("60", _plain(city, 15)),
                (ADDITIONAL, encode([("05", label)])),
            ]
        )
    except BadCode:
        return None


def _plain(text: str, length: int) -> str:
    """Letters without accents: PIX readers disagree about everything else."""
    decomposed = normal_form("NFKD", text)
    return " ".join("".join(one for one in decomposed if " " <= one <= "~").split())[:length].strip()
