"""How alike two names of a payer are: banks cut them short, payers leave out legal forms and accents. Pure."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from igny8_core.business.banking.domain.words import LEGAL_FORMS

SIMILAR = 86
"""From this likeness on, of 100, two names count as the same payer's."""
_REMEMBERED = 65536
_CUT_FROM = 10
_TELLING_FROM = 5
_LESS_FOR_PARTS = 7
_SPELT_OUT = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "ẞ": "SS", "Ø": "O", "Ł": "L", "Đ": "D", "&": " "})
_NO_NAME = re.compile(r"[^\w]+|_")


@lru_cache(maxsize=_REMEMBERED)
def plain_name(name: str) -> str:
    """Upper case, without accents, punctuation and legal forms; all of it where nothing else is left."""
    upper = unicodedata.normalize("NFC", name).upper().translate(_SPELT_OUT).replace("'", "").replace(".", "")
    if not upper.isascii():
        upper = "".join(sign for sign in unicodedata.normalize("NFKD", upper) if not unicodedata.combining(sign))
    words = _NO_NAME.sub(" ", upper).split()
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


def likeness(ours: str, theirs: str) -> int:
    """From 0 to 100, of two names that `plain_name` has made."""
    if not ours or not theirs:
        return 0
    if ours == theirs:
        return 100
    shorter, longer = sorted((ours, theirs), key=len)
    if len(shorter) >= _CUT_FROM and longer.startswith(shorter):
        return 95
    alike = int(fuzz.token_sort_ratio(ours, theirs))
    # All words of one among those of the other: "ALI TRADERS" and "ALI TRADERS LAHORE", but not "ALI" alone.
    if " " in shorter and len(shorter) >= _CUT_FROM:
        alike = max(alike, int(fuzz.token_set_ratio(ours, theirs)) - _LESS_FOR_PARTS)
    elif set(shorter.split()) < set(longer.split()) and len(shorter) >= _TELLING_FROM:
        alike = max(alike, 70)
    return alike


def stands_in(name: str, text: str) -> bool:
    """Whether a plain name stands in a text, of words with a space before and after each."""
    return len(name) >= _TELLING_FROM and f" {name} " in text
