"""References: the payer's, compared in one form, and ours, with check digits (ISO 11649). Pure."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\-/._]+")
_CREDITOR = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_BODY_DIGITS = 10
_RF_AND_ZEROS = "RF00"


def normalise_reference(text: str) -> str:
    """The form in which references are compared: NFKC, upper case, no white space and none of `-/._`."""
    # Taking a separator away can bring a letter and its accent together, so repeat until nothing changes.
    while True:
        upper = unicodedata.normalize("NFKC", text).upper()
        result = _SEPARATORS.sub("", unicodedata.normalize("NFKC", upper))
        if result == text:
            return result
        text = result


def _remainder(body_and_head: str) -> int:
    """The ISO 7064 MOD 97 remainder, with A = 10 ... Z = 35."""
    return int("".join(str(int(character, 36)) for character in body_and_head)) % 97


def creditor_reference(sequence: int) -> str:
    """The ISO 11649 reference of a number of the global sequence: RF, check digits, ten digits."""
    if not 0 < sequence < 10**_BODY_DIGITS:
        raise ValueError("a sequence number has one to ten digits")
    body = f"{sequence:0{_BODY_DIGITS}d}"
    return f"RF{98 - _remainder(body + _RF_AND_ZEROS):02d}{body}"


def is_valid_creditor_reference(text: str) -> bool:
    """Whether `text`, spaces and case aside, is an ISO 11649 reference with the right check digits."""
    plain = "".join(text.split()).upper()
    if not _CREDITOR.fullmatch(plain):
        return False
    return int(plain[2:4]) == 98 - _remainder(plain[4:] + _RF_AND_ZEROS)


def invoice_number(code: str, n: int) -> str:
    """The number of an account's n-th invoice, such as ACME-000042."""
    if n < 1:
        raise ValueError("invoices are counted from one")
    return f"{code}-{n:06d}"
