"""How similar two payer names are: banks truncate them, payers omit legal forms and accents. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from rapidfuzz import fuzz

from igny8_core.business.banking.domain.words import LEGAL_FORMS
from igny8_core.kit.texts import normal_form

SIMILAR = 86
"""From this similarity (of 100) on, two names count as the same payer."""
_REMEMBERED = 65536
_CUT_FROM = 10
_TELLING_FROM = 5
_LESS_FOR_PARTS = 7
_BEGINNING = 5
_NAMES_TRIED = 100
_NONE: list[int] = []
_ACCOUNTS_AT_MOST = 5
_SPELT_OUT = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "ẞ": "SS", "Ø": "O", "Ł": "L", "Đ": "D", "&": " "})
_NO_NAME = re.compile(r"[^\w]+|_")


@lru_cache(maxsize=_REMEMBERED)
def plain_name(name: str) -> str:
    """Upper case, without accents, punctuation and legal forms; the whole name if nothing else is left."""
    upper = normal_form("NFC", name).upper().translate(_SPELT_OUT).replace("'", "").replace(".", "")
    if not upper.isascii():
        upper = "".join(sign for sign in normal_form("NFKD", upper) if not unicodedata.combining(sign))
    words = _NO_NAME.sub(" ", upper).split()
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


def similarity(ours: str, theirs: str) -> int:
    """Similarity from 0 to 100 of two names returned by `plain_name`."""
    if not ours:
        return 0
    if ours == theirs:
        return 100
    shorter, longer = sorted((ours, theirs), key=len)
    if len(shorter) >= _CUT_FROM and longer.startswith(shorter):
        return 95
    alike = int(fuzz.token_sort_ratio(ours, theirs))
    # All words of one name occur in the other: "ALI TRADERS" and "ALI TRADERS LAHORE", but not "ALI" alone.
    if " " in shorter and len(shorter) >= _CUT_FROM:
        alike = max(alike, int(fuzz.token_set_ratio(ours, theirs)) - _LESS_FOR_PARTS)
    elif set(shorter.split()) < set(longer.split()) and len(shorter) >= _TELLING_FROM:
        alike = max(alike, 70)
    return alike


def occurs_in(name: str, text: str) -> bool:
    """Whether a plain name occurs in a text, with a space before and after each word."""
    return len(name) >= _TELLING_FROM and f" {name} " in text


class NameIndex:
    """Finds the accounts that a payer's name may belong to, without comparing it with every account.

    Words are indexed by their beginnings, so that a name truncated by a bank is found too.
    """

    def __init__(self, names: Iterable[tuple[UUID, str]]) -> None:
        self._names: list[tuple[UUID, str]] = []
        self._with_word: dict[str, list[int]] = {}
        for account_id, name in names:
            plain = plain_name(name)
            for beginning in {word[:_BEGINNING] for word in plain.split()}:
                self._with_word.setdefault(beginning, []).append(len(self._names))
            self._names.append((account_id, plain))

    def accounts_like(self, name: str) -> list[UUID]:
        """At most five accounts with similar names, the most similar first."""
        plain = plain_name(name)
        beginnings = {word[:_BEGINNING] for word in plain.split()}
        rarest = sorted((self._with_word.get(beginning, _NONE) for beginning in beginnings), key=len)
        rarest = [places for places in rarest if places][:2]
        near = set.intersection(*map(set, rarest)) if rarest else set()
        if not near or len(near) > _NAMES_TRIED:
            near = {place for places in rarest if len(places) <= _NAMES_TRIED for place in places}
        alike = [(similarity(self._names[place][1], plain), place) for place in near]
        best = sorted((one for one in alike if one[0] >= SIMILAR), reverse=True)[:_ACCOUNTS_AT_MOST]
        return [self._names[place][0] for _, place in best]
