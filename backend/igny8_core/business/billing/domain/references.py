"""References: the payer's, normalised for comparison, and ours, with check digits (ISO 11649). Pure."""

import re
from typing import NamedTuple

from igny8_core.kit.errors import ValidationError
from igny8_core.kit.lookalikes import skeleton
from igny8_core.kit.mod97 import check_digits, has_good_check_digits
from igny8_core.kit.texts import BadText, bare, normal_form, one_line

LONGEST = 128
LONGEST_NORMALISED = 256
"""Normalising may lengthen a text: one ligature stands for up to eighteen letters."""
_SEPARATORS = re.compile(r"[\s\-/._]+")
# Without the point: Arabic zeros look like one.
_SEPARATORS_SEEN = re.compile(r"[\s\-/_]+")
_CREDITOR = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_BODY_DIGITS = 10


class Reference(NamedTuple):
    """A payer's reference for display, in comparable form, and as its skeleton."""

    text: str
    normalised: str
    skeleton: str


def read_reference(text: str) -> Reference:
    """The reference that somebody wrote, without invisible characters. Raises `BadText`."""
    displayed = bare(one_line(text)).strip()
    normalised = normalise_reference(displayed)
    if not normalised:
        raise BadText("This is not a valid reference.")
    if len(normalised) > LONGEST_NORMALISED:
        raise BadText(f"Written out in full, this reference has more than {LONGEST_NORMALISED} characters.")
    return Reference(displayed, normalised, reference_skeleton(displayed))


def checked_reference(text: str, *, field: str) -> Reference:
    """The same for services; raises `ValidationError` for `field`."""
    try:
        return read_reference(text)
    except BadText as error:
        raise ValidationError(fields={field: [str(error)]}) from error


def normalise_reference(text: str) -> str:
    """The comparable form: NFKC, upper case, without white space, `-/._` and invisible characters."""
    # Removing a separator can join a letter with its accent, so repeat until nothing changes.
    while True:
        upper = normal_form("NFKC", text).upper()
        result = _SEPARATORS.sub("", bare(normal_form("NFKC", upper)))
        if result == text:
            return result
        text = result


def reference_skeleton(text: str) -> str:
    """A form that references which look alike have in common (Unicode TS 39), whatever their case and separators.

    Two passes, over the letters as written and as capitals, because look-alikes differ between the two.
    """
    seen = _SEPARATORS.sub("", normal_form("NFKC", bare(text)))
    for _ in range(2):
        seen = _SEPARATORS_SEEN.sub("", skeleton(seen).upper()) or seen
    return seen[:LONGEST_NORMALISED]


def creditor_reference(sequence: int) -> str:
    """The ISO 11649 reference of a number from the global sequence: RF, check digits, ten digits."""
    if not 0 < sequence < 10**_BODY_DIGITS:
        raise ValueError("a sequence number has one to ten digits")
    body = f"{sequence:0{_BODY_DIGITS}d}"
    return f"RF{check_digits('RF', body)}{body}"


def is_valid_creditor_reference(text: str) -> bool:
    """Whether `text` is a valid ISO 11649 reference, ignoring spaces and case."""
    plain = "".join(text.split()).upper()
    return _CREDITOR.fullmatch(plain) is not None and has_good_check_digits(plain)


def invoice_number(code: str, n: int) -> str:
    """The number of an account's n-th invoice, such as ACME-000042."""
    if n < 1:
        raise ValueError("invoices are counted from one")
    return f"{code}-{n:06d}"
