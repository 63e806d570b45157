"""The QR code for an amount and a configured method, if its payment network has a standard one. Pure:
text, no picture.
"""

from collections.abc import Mapping
from urllib.parse import quote

from igny8_core.business.billing.domain.emv_qr import for_payment, pix_payload
from igny8_core.business.billing.domain.epc_qr import epc_payload
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.kit.money import format_amount

# The countries of the SEPA schemes (EPC409-09), by the first letters of an IBAN.
SEPA = frozenset(
    {
        "AD",
        "AL",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    }
)


def payment_qr(
    *, payment_method: str, currency: str, instructions: Mapping[str, str], amount_minor: int, reference: str
) -> str | None:
    """The text of the code, or None if the network has no code, a required field is missing, or nothing is due."""
    if amount_minor <= 0 or not reference:
        return None
    amount = format_amount(amount_minor, currency)
    merchant_code = instructions.get("merchant_qr")
    if merchant_code is not None:
        return for_payment(merchant_code, currency=currency, amount=amount, reference=reference)
    if payment_method == PaymentMethod.BANK_TRANSFER:
        return _sepa(currency, instructions, amount_minor, reference)
    payee, network = instructions.get("payee_id", ""), instructions.get("wallet_name", "").upper()
    if (currency, network) == ("INR", "UPI") and "@" in payee:
        return _upi(payee, instructions.get("payee_name", ""), amount, reference)
    if (currency, network) == ("BRL", "PIX") and payee:
        name, city = (instructions.get(part, "") for part in ("payee_name", "payee_city"))
        return pix_payload(key=payee, name=name, city=city, amount=amount, reference=reference)
    return None


def _sepa(currency: str, instructions: Mapping[str, str], amount_minor: int, reference: str) -> str | None:
    iban = instructions.get("iban", "")
    if currency != "EUR" or iban[:2] not in SEPA:
        return None
    name, bic = instructions.get("payee_name", ""), instructions.get("bic", "")
    return epc_payload(name=name, iban=iban, bic=bic, amount_minor=amount_minor, reference=reference)


def _upi(payee: str, name: str, amount: str, reference: str) -> str:
    """NPCI, UPI Linking Specifications 1.6, section 4: address, name, amount, currency, note and our reference."""
    fields = {"pa": payee, "pn": name, "am": amount, "cu": "INR", "tn": reference, "tr": reference}
    return "upi://pay?" + "&".join(f"{key}={quote(text, safe='@.')}" for key, text in fields.items() if text)
