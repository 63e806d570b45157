"""The instructions of a payment method: which fields they have, and how they are filled in. Pure."""

import re
from collections.abc import Mapping

from igny8_core.business.billing.domain.emv_qr import MAX_LENGTH as MAX_CODE
from igny8_core.business.billing.domain.emv_qr import BadCode, checked
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.iban import is_iban
from igny8_core.kit.texts import BadText, one_line

ALLOWED_KEYS: frozenset[str] = frozenset(
    {
        "payee_name",
        "iban",
        "account_number",
        "bank_name",
        "bic",
        "branch_code",
        "routing_number",
        "sort_code",
        "ifsc",
        "wallet_name",
        "wallet_number",
        "payee_id",
        "payee_city",
        "merchant_qr",
        "note",
    }
)

MAX_LENGTH = 140
LONGEST = max(MAX_LENGTH, MAX_CODE)
HIDDEN = frozenset({"merchant_qr"})
"""Fields that are not displayed: the acquirer's code from which each payment's own code is made."""
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def _is_one_line(text: str) -> bool:
    """Whether it is one line without invisible characters."""
    try:
        return one_line(text) == text.strip()
    except BadText:
        return False


def _problem(key: str, value: object) -> str | None:
    """What is wrong with a field, as a sentence, or None."""
    if key not in ALLOWED_KEYS:
        return "This is not a field of payment instructions."
    if not isinstance(value, str):
        return "This must be text."
    if key == "merchant_qr":
        return _code_problem(value)
    if not 0 < len(value.strip()) <= len(value) <= MAX_LENGTH or not _is_one_line(value):
        return f"Write one line of 1 to {MAX_LENGTH} printable characters."
    if key == "iban" and not is_iban(value.replace(" ", "")):
        return "This is not an IBAN: its country, its length or its check digits are wrong."
    if key == "bic" and not _BIC.fullmatch(value):
        return "This is not a BIC: it has 8 or 11 letters and digits."
    return None


def _code_problem(text: str) -> str | None:
    try:
        checked(text)
    except BadCode as error:
        return f"This is not the text of a merchant's EMV QR code. {error}"
    return None


def check_instructions(mapping: object) -> None:
    """Refuse anything but an object, and invalid fields; raises ValidationError with fields named
    `instructions.<key>`.
    """
    if not isinstance(mapping, Mapping):
        raise ValidationError(fields={"instructions": ["Send an object of names and texts."]})
    problems = {key: _problem(key, value) for key, value in mapping.items()}
    fields = {f"instructions.{key}": [problem] for key, problem in problems.items() if problem is not None}
    if fields:
        raise ValidationError(fields=fields)


def fill(mapping: Mapping[str, str], *, reference: str, amount: str) -> dict[str, str]:
    """The instructions with `{reference}` and `{amount}` replaced; all other braces stay unchanged.

    Fields that are not displayed are left out.
    """
    displayed = {key: text for key, text in mapping.items() if key not in HIDDEN}
    return {key: text.replace("{amount}", amount).replace("{reference}", reference) for key, text in displayed.items()}
