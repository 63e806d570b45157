"""Splits a line's text into words and numbers, and recognises dates, amounts and IBANs. Pure.

A word is a run of letters and digits. Dates, amounts, telephone numbers and IBANs are recognised so that none of their
digits is read as an invoice number.
"""

import re
from typing import NamedTuple

from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.iban import LONGEST, SHORTEST
from igny8_core.kit.mod97 import has_good_check_digits
from igny8_core.kit.texts import normal_form

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad", "-"))
_WORD = re.compile(r"[^\W_]+")
_DATE_MARKS = re.compile(r"[./-]")
_FREE = r"(?<![\w./-])"
_END = r"(?!\w|[./-][0-9])"
_DISTRACTION = re.compile(
    rf"""
      {_FREE}(?P<date>[0-9]{{1,4}}([./-])[0-9]{{1,2}}\2[0-9]{{1,4}}){_END}
    | {_FREE}(?P<month>(?:0?[1-9]|1[0-2])[./-]20[0-9]{{2}}|20[0-9]{{2}}[./-](?:0[1-9]|1[0-2])){_END}
    | {_FREE}(?P<decimal>(?:[0-9]{{1,3}}(?:[.,'][0-9]{{3}}){{1,8}}|[0-9]+)[.,][0-9]{{2}}){_END}
    | (?P<phone>\+[0-9][0-9 /()-]{{7,}}[0-9]|{_FREE}0[0-9]{{2,4}}[ /-][0-9]{{7,8}}(?!\w))
    """,
    re.VERBOSE,
)
# A number without a currency is skipped as a whole: retrying from each of its commas would take quadratic time.
_SUM = re.compile(
    rf"""
      (?<![A-Z0-9])(?P<before>[A-Z]{{3}}|RS\.?|[€$£¥₹₨])\s?(?:[1-9][0-9.,']*|0[.,][0-9]+)(?![\w-])
    | {_FREE}[1-9][0-9.,']*+(?:\s?(?P<after>[A-Z]{{3}}|RS|[€$£¥₹₨])(?!\w|-|\s?[0-9]))?
    """,
    re.VERBOSE,
)
_IBAN_HEAD = re.compile(r"(?!RF)[A-Z]{2}[0-9]{2}[A-Z0-9]*")


class Word(NamedTuple):
    """A run of letters and digits, in upper case."""

    text: str
    gap: str
    """The characters between this word and the previous one; white space is collapsed."""
    distracts: bool
    """Whether it is part of a date, an amount, a telephone number or an IBAN."""
    is_number: bool
    """Whether it consists only of the digits 0 to 9."""


def simplify(text: str) -> str:
    """NFKC, upper case, one kind of dash, single spaces."""
    if not text.isascii():
        text = normal_form("NFKC", normal_form("NFKC", text).upper()).translate(_DASHES)
    return " ".join(text.upper().split())


def _is_date(text: str) -> bool:
    first, second, third = (int(part) for part in _DATE_MARKS.split(text))
    if first > 99:
        return first < 2200 and 1 <= second <= 12 and 1 <= third <= 31
    return 1 <= min(first, second) <= 12 and max(first, second) <= 31 and (third < 100 or 1900 <= third < 2200)


def _distractions(text: str) -> list[tuple[int, int]]:
    """Start and end of dates, amounts and telephone numbers, in order and merged if they overlap."""
    spans = [
        found.span() for found in _DISTRACTION.finditer(text) if found.lastgroup != "date" or _is_date(found["date"])
    ]
    for found in _SUM.finditer(text):
        unit = found["before"] or found["after"]
        if unit and (unit in CURRENCIES or not (len(unit) == 3 and unit.isalpha())):
            spans.append(found.span())
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _iban_ends(words: list[Word], start: int) -> int:
    """The index after the IBAN that begins at `start`, in one piece or in groups of four; `start` itself if there is
    none.
    """
    joined = words[start].text
    index = start + 1
    in_fours = len(joined) == 4
    while True:
        if SHORTEST <= len(joined) <= LONGEST and has_good_check_digits(joined):
            return index
        if not in_fours or index == len(words) or len(joined) >= LONGEST:
            return start
        word = words[index]
        if word.gap != " " or len(word.text) > 4 or not word.text.isascii():
            return start
        in_fours = len(word.text) == 4
        joined += word.text
        index += 1


def words_of(simplified: str) -> list[Word]:
    """The words of a text returned by `simplify`."""
    words: list[Word] = []
    spans = _distractions(simplified)
    end = at = 0
    for found in _WORD.finditer(simplified):
        start, stop = found.span()
        text = found[0]
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        distracts = at < len(spans) and spans[at][0] < stop
        words.append(Word(text, simplified[end:start], distracts, text.isascii() and text.isdigit()))
        end = stop
    for index, word in enumerate(words):
        if len(word.text) >= 4 and word.text.isascii() and _IBAN_HEAD.fullmatch(word.text):
            for inside in range(index, _iban_ends(words, index)):
                words[inside] = words[inside]._replace(distracts=True)
    return words
