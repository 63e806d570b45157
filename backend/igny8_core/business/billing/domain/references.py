"""References: the payer's, compared in one form, and ours, with check digits (ISO 11649). Pure."""

import re
import unicodedata

from igny8_core.kit.mod97 import check_digits, has_good_check_digits

_SEPARATORS = re.compile(r"[\s\-/._]+")
_CREDITOR = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_BODY_DIGITS = 10


def normalise_reference(text: str) -> str:
    """The form in which references are compared: NFKC, upper case, no white space and none of `-/._`."""
    # Taking a separator away can bring a letter and its accent together, so repeat until nothing changes.
    while True:
        upper = unicodedata.normalize("NFKC", text).upper()
        result = _SEPARATORS.sub("", unicodedata.normalize("NFKC", upper))
        if result == text:
            return result
        text = result


def creditor_reference(sequence: int) -> str:
    """The ISO 11649 reference of a number of the global sequence: RF, check digits, ten digits."""
    if not 0 < sequence < 10**_BODY_DIGITS:
        raise ValueError("a sequence number has one to ten digits")
    body = f"{sequence:0{_BODY_DIGITS}d}"
    return f"RF{check_digits('RF', body)}{body}"


def is_valid_creditor_reference(text: str) -> bool:
    """Whether `text`, spaces and case aside, is an ISO 11649 reference with the right check digits."""
    plain = "".join(text.split()).upper()
    return _CREDITOR.fullmatch(plain) is not None and has_good_check_digits(plain)


def invoice_number(code: str, n: int) -> str:
    """The number of an account's n-th invoice, such as ACME-000042."""
    if n < 1:
        raise ValueError("invoices are counted from one")
    return f"{code}-{n:06d}"
