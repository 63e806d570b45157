"""Amounts as banks write them: with any marks, and with signs, codes and words beside the number. Pure.

A point or comma with three digits after it may separate thousands or decimals, as in `1.000`. Nobody can know which
from that text alone, so such an amount is decided by what surrounds it, or it is unreadable. It is never guessed.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from igny8_core.business.banking.domain.reading import Unreadable, known_currency, quoted
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.money import exponent

DEBIT_WORDS = ("D", "DBIT", "Debit", "DR")
CREDIT_WORDS = ("C", "CRDT", "Credit", "CR")
MARKS = ".,"
_MINUSES = "-\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"
_APOSTROPHES = str.maketrans("\u2019\u2018\u02bc\u2032\u00b4`", "''''''")
_SPACES = str.maketrans("\u00a0\u202f\u2007\u2009", "    ")
# A mark before the first digit belongs to the number, but not in "Rs.500" or "Fr.500".
_NUMBER = re.compile(r"(?:(?<!\w)[.,])?\d(?:[\d.,' ]*\d)?", re.ASCII)
_BESIDE = re.compile(r"[A-Za-z]{0,3}\$|[^\W\d_]+\.?|/-|\S")
# Signs and abbreviations, with the currencies that use them. The dollar sign, alone or with letters, and the general
# sign (¤) may mean any currency.
_POUND = {"GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP"}
_RUPEE = {"INR", "PKR", "LKR", "NPR", "MUR", "SCR"}
_KRONE = {"SEK", "NOK", "DKK", "ISK", "CZK"}
_SIGNS: dict[str, set[str]] = {
    **{"€": {"EUR"}, "£": _POUND, "₤": _POUND, "¥": {"JPY", "CNY"}, "￥": {"JPY", "CNY"}, "₹": {"INR"}, "₨": _RUPEE},
    **{"₽": {"RUB"}, "₺": {"TRY"}, "₴": {"UAH"}, "₩": {"KRW", "KPW"}, "₪": {"ILS"}, "₫": {"VND"}, "₱": {"PHP"}},
    **{"₦": {"NGN"}, "฿": {"THB"}, "₸": {"KZT"}, "₾": {"GEL"}, "৳": {"BDT"}},
    **{"zł": {"PLN"}, "kč": {"CZK"}, "ft": {"HUF"}, "kr": _KRONE, "rs": _RUPEE, "re": _RUPEE, "fr": {"CHF"}},
    **{"sfr": {"CHF"}, "tl": {"TRY"}, "lei": {"RON", "MDL"}, "лв": {"BGN"}, "руб": {"RUB", "BYN"}, "грн": {"UAH"}},
    **{"euro": {"EUR"}, "euros": {"EUR"}, "円": {"JPY"}, "元": {"CNY"}},
}


@dataclass(frozen=True, slots=True)
class Written:
    """An amount's number, and what stands beside it."""

    number: str
    sign: int = 0
    """-1 for a minus on either side or brackets, 1 for a plus, 0 for none."""
    word: int = 0
    """-1 for a word that means debit, 1 for one that means credit, 0 for none."""

    @property
    def direction(self) -> int:
        """The sign that the cell gives to the number."""
        return self.word or self.sign or 1


def written_amount(
    text: str,
    currency: str,
    *,
    debit_words: Collection[str] = DEBIT_WORDS,
    credit_words: Collection[str] = CREDIT_WORDS,
) -> Written:
    """Separate a number from the signs, currency and words beside it.

    Raises `Unreadable` for anything else in the text, for a currency that is not the line's, and for two signs that do
    not belong together, as in "--5" and "-5 CR".
    """
    plain = _plain(text)
    match = _NUMBER.search(plain)
    if match is None:
        raise Unreadable(f"{quoted(text)} is not an amount")
    before, after = plain[: match.start()], plain[match.end() :]
    if not before and not after:
        return Written(match[0])
    tokens = [(token, True) for token in _BESIDE.findall(before)] + [(token, False) for token in _BESIDE.findall(after)]
    beside = _Beside(text, currency, debit_words, credit_words)
    for token, is_before in tokens:
        beside.take(token, is_before=is_before)
    return beside.written(match[0])


def number_in(text: str) -> str:
    """The number of an amount without what stands beside it; empty if there is none."""
    match = _NUMBER.search(_plain(text))
    return match[0] if match else ""


def _plain(text: str) -> str:
    plain = text.translate(_SPACES).translate(_APOSTROPHES).strip()
    # Excel writes an apostrophe before a number that it keeps as text.
    return plain.removeprefix("'")


@dataclass(slots=True)
class _Beside:
    """What stands beside a number, token by token."""

    text: str
    currency: str
    debit_words: Collection[str]
    credit_words: Collection[str]
    signs: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    brackets: str = ""

    def take(self, token: str, *, is_before: bool) -> None:
        if token in _MINUSES:
            self.signs.append(-1)
        elif token == "+":
            self.signs.append(1)
        elif token == ("(" if is_before else ")"):
            self.brackets += token
        elif token[0].isalpha() and not token.endswith("$"):
            self._take_word(token.rstrip("."))
        elif not (token in ("¤", "/-") or token.endswith("$")):
            self._take_currency(_SIGNS.get(token))

    def _take_word(self, word: str) -> None:
        folded = word.casefold()
        if folded in {debit.strip().casefold() for debit in self.debit_words}:
            self.words.append(-1)
        elif folded in {credit.strip().casefold() for credit in self.credit_words}:
            self.words.append(1)
        elif word.upper() in CURRENCIES:
            self._take_currency({word.upper()})
        else:
            self._take_currency(_SIGNS.get(folded))

    def _take_currency(self, currencies: set[str] | None) -> None:
        if currencies is None:
            raise Unreadable(f"{quoted(self.text)} is not an amount")
        if self.currency not in currencies:
            raise Unreadable(f"{quoted(self.text)} is not in {self.currency}")

    def written(self, number: str) -> Written:
        if self.brackets == "()":
            self.signs.append(-1)
        elif self.brackets:
            raise Unreadable(f"{quoted(self.text)} is not an amount")
        if len(self.signs) > 1 or len(self.words) > 1:
            raise Unreadable(f"{quoted(self.text)} has more than one sign")
        sign, word = sum(self.signs), sum(self.words)
        if sign and word and sign != word:
            raise Unreadable(f"{quoted(self.text)} has a sign that contradicts its word")
        return Written(number, sign, word)


@dataclass(frozen=True, slots=True)
class Shape:
    """A number by its marks. `mark` is the point or comma with three digits after it if nobody can tell what it is."""

    whole: str
    decimals: str = ""
    decimal_mark: str = ""
    group_mark: str = ""
    mark: str = ""

    @property
    def is_open(self) -> bool:
        """Whether its only mark may separate thousands or decimals."""
        return bool(self.mark)

    @property
    def as_decimal(self) -> str:
        """The number with a point before its decimals."""
        return f"{self.whole}.{self.decimals}" if self.decimals else self.whole

    @property
    def as_whole(self) -> str:
        """The number if its open mark separates thousands."""
        return self.whole + self.decimals


def shape_of(number: str) -> Shape:
    """What the marks of a number can only mean; raises `Unreadable` for groups of a wrong size.

    Groups have three digits, or two before the last group as in South Asia (12,34,567).
    """
    found = [character for character in number if character in MARKS]
    if not found:
        return _grouped(number, number)
    last = found[-1]
    if len(found) > 1 and found.count(last) == len(found):
        return _grouped(number, number)
    whole, _, decimals = number.rpartition(last)
    if decimals and not decimals.isdecimal():
        raise Unreadable(f"{quoted(number)} is not an amount")
    if len(decimals) == 3 and whole.isdecimal() and len(whole) <= 3 and not whole.startswith("0"):
        return Shape(whole, decimals, mark=last)
    grouped = _grouped(whole, number)
    return Shape(grouped.whole, decimals, last, grouped.group_mark)


def _grouped(whole: str, number: str) -> Shape:
    marks = {character for character in whole if not character.isdecimal()}
    if not marks:
        return Shape(whole)
    if len(marks) > 1:
        raise Unreadable(f"{quoted(number)} has different thousands separators")
    mark = marks.pop()
    first, *middle, last = map(len, whole.split(mark))
    in_threes = first <= 3 and set(middle) <= {3}
    in_lakhs = first <= 2 and set(middle) <= {2}
    if last != 3 or not first or whole.startswith("0") or not (in_threes or in_lakhs):
        raise Unreadable(f"{quoted(number)} has a thousands separator in the wrong place")
    return Shape(whole.replace(mark, ""), group_mark=mark)


@dataclass(slots=True)
class Habits:
    """What the amounts of a whole table show about their marks."""

    decimal: set[str] = field(default_factory=set)
    """Marks that separate decimals in some amount that can only be read in one way."""
    grouping: set[str] = field(default_factory=set)
    not_three: set[str] = field(default_factory=set)
    """Decimal marks with any other number of digits than three after them."""

    def note(self, shape: Shape) -> None:
        """Take an amount into account."""
        if shape.is_open:
            return
        if shape.group_mark:
            self.grouping.add(shape.group_mark)
        if shape.decimal_mark:
            self.decimal.add(shape.decimal_mark)
            if len(shape.decimals) != 3:
                self.not_three.add(shape.decimal_mark)


def decided(shape: Shape, currency: str, *, decimal: str, thousands: str, habits: Habits) -> str | None:
    """The number with a point before its decimals, by a profile's marks and the habits of its table.

    None if the marks contradict the profile or each other, or if nothing decides an open one. `thousands` may be empty:
    the profile then names no separator, and one that can be nothing else is accepted.
    """
    if not shape.is_open:
        fits = shape.decimal_mark in ("", decimal) and shape.group_mark != decimal
        return shape.as_decimal if fits and (not thousands or shape.group_mark in ("", thousands)) else None
    places = exponent(known_currency(currency))
    if shape.mark == decimal:
        always_three = decimal in habits.decimal and decimal not in habits.not_three
        return shape.as_decimal if decimal not in habits.grouping and (places >= 3 or always_three) else None
    proven = places == 0 or decimal in habits.decimal or shape.mark in habits.grouping
    groups = shape.mark == thousands or (not thousands and proven)
    return shape.as_whole if groups and shape.mark not in habits.decimal else None


def lone_amount(number: str, currency: str, *, decimals_after: str = MARKS) -> str:
    """The number with a point before its decimals, in a format whose standard forbids thousands separators.

    `decimals_after` are the marks that the standard puts before decimals. Raises `Unreadable` for separated thousands,
    and for three digits after a mark in a currency with fewer decimals: banks that write them mean thousands.
    """
    shape = shape_of(number)
    if shape.group_mark:
        raise Unreadable(f"{quoted(number)} is not an amount, because this format has no thousands separators")
    if not shape.is_open or (shape.mark in decimals_after and exponent(known_currency(currency)) >= 3):
        return shape.as_decimal
    raise Unreadable(open_amount(shape, number))


def open_amount(shape: Shape, written: str) -> str:
    """Why an amount with an open mark is unreadable, as a phrase."""
    return f"{quoted(written)} may mean {shape.as_whole} or {shape.as_decimal}"
