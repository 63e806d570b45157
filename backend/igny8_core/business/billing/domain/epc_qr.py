"""The QR code of a SEPA credit transfer: European Payments Council, EPC069-12 v3.1. Pure.

`segno.helpers.make_epc_qr` returns a picture and hides the text; the API answers with the text, so that clients can
draw the code themselves. The tests compare the two.
"""

import re

MAX_BYTES = 331
MAX_NAME, MAX_TEXT = 70, 140
MIN_MINOR, MAX_MINOR = 1, 99_999_999_999
UTF_8 = "1"
_CREDITOR_REFERENCE = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")


def epc_payload(*, name: str, iban: str, bic: str, amount_minor: int, reference: str) -> str | None:
    """The lines of the code, or None if the standard has no room for them.

    An ISO 11649 reference goes into the structured field; anything else into the unstructured text, never both. The
    code has to be drawn with error correction M and at most version 13 (section 2.2).
    """
    name, reference = " ".join(name.split()), " ".join(reference.split())
    if not (0 < len(name) <= MAX_NAME and MIN_MINOR <= amount_minor <= MAX_MINOR and len(reference) <= MAX_TEXT):
        return None
    structured = reference if _CREDITOR_REFERENCE.fullmatch(reference) else ""
    euros, cents = divmod(amount_minor, 100)
    lines = [
        "BCD",
        "002",
        UTF_8,
        "SCT",
        bic.replace(" ", ""),
        name,
        iban.replace(" ", "").upper(),
        f"EUR{euros}.{cents:02d}",
        "",
        structured,
        "" if structured else reference,
    ]
    payload = "\n".join(lines).rstrip("\n")  # trailing empty elements are omitted
    return payload if len(payload.encode()) <= MAX_BYTES else None
