"""References: the payer's, compared in one form, and ours, with check digits (ISO 11649). Pure."""

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
    """A payer's reference as it is shown, as it is compared, and as it looks."""

    text: str
    normalised: str
    skeleton: str


def read_reference(text: str) -> Reference:
    """The reference somebody wrote, without what shows nothing. Raises `BadText`."""
    shown = bare(one_line(text)).strip()
    normalised = normalise_reference(shown)
    if not normalised:
        raise BadText("This is not a valid reference.")
    if len(normalised) > LONGEST_NORMALISED:
        raise BadText(f"Written out in full, this reference has more than {LONGEST_NORMALISED} characters.")
    return Reference(shown, normalised, reference_skeleton(shown))


def checked_reference(text: str, *, field: str) -> Reference:
    """The same for a service; raises `ValidationError` under `field`."""
    try:
        return read_reference(text)
    except BadText as error:
        raise ValidationError(fields={field: [str(error)]}) from error


def normalise_reference(text: str) -> str:
    """The form in which references are compared: NFKC, upper case, no white space, none of `-/._`, nothing unseen."""
    # Taking a separator away can bring a letter and its accent together, so repeat until nothing changes.
    while True:
        upper = normal_form("NFKC", text).upper()
        result = _SEPARATORS.sub("", bare(normal_form("NFKC", upper)))
        if result == text:
            return result
        text = result


def reference_skeleton(text: str) -> str:
    """What references that look alike have in common (Unicode TS 39), however they are cased and separated.

    The first step sees the letters as they are written, the second as capitals: look-alikes differ between the two.
    """
    seen = _SEPARATORS.sub("", normal_form("NFKC", bare(text)))
    for _ in range(2):
        seen = _SEPARATORS_SEEN.sub("", skeleton(seen).upper()) or seen
    return seen[:LONGEST_NORMALISED]


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
