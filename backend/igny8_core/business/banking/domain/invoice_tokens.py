"""Invoice numbers that a text may name: ACME-000042 as payers write it and banks break it up. Pure.

A reading is a code (3 to 8 letters and digits, from the preceding words) and a number. Each has a strength: a number
written in full proves the invoice; a number that could mean something else needs the payer's name or account as well; a
merely possible number is looked up only for display, and to keep another candidate from being certain.
"""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import islice, product
from typing import NamedTuple

from igny8_core.business.banking.domain.line_tokens import Word
from igny8_core.business.banking.domain.words import BEFORE_A_NUMBER, COMMON, LONGEST_FIRST
from igny8_core.business.billing.domain.references import invoice_number


class Strength(IntEnum):
    NONE = 0
    POSSIBLE = 1
    """Shown as a proposal; never booked without a person."""
    WITH_PAYER = 2
    """Proves the invoice if the payer's name or bank account points to the same account."""
    FULL = 3
    """Proves the invoice."""


_PADDED = 6
_CODE_SHORTEST, _CODE_LONGEST = 3, 8
_SKIPPED_AT_MOST = 3
_JOINING = frozenset(" -/._:#")
_CONFUSABLE = {"O": "0", "0": "O", "I": "1", "L": "1", "1": "IL"}
_TO_DIGITS = str.maketrans("OIL", "011")
_TAIL = re.compile(r"((?:[A-Z0-9]*[A-Z])?)([0-9]++)")
_CONFUSED_TAIL = re.compile(r"([A-Z0-9]*?)([0-9OIL]{1,7})")
_WITH_WORD_AFTER = re.compile(r"([A-Z0-9]*?)(0[0-9]{5})[A-Z]+")

type Code = tuple[str, Strength]


class Start(NamedTuple):
    """A number with a code, after which more numbers with that code may be listed."""

    at: int
    digits: str
    codes: list[Code]


class InvoiceTokens:
    """What the words of one field may name: numbers with their strength, where a list may begin, bare numbers."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.numbers: dict[str, Strength] = {}
        self.starts: list[Start] = []
        self.bare: set[int] = set()
        for index, word in enumerate(words):
            if not word.distracts and len(word.text) <= _CODE_LONGEST * 3:
                self._read(index, word.text)

    def _read(self, index: int, text: str) -> None:
        tail = _TAIL.fullmatch(text)
        if tail is not None:
            self._read_tail(index, tail[1], tail[2])
        elif (glued := _WITH_WORD_AFTER.fullmatch(text)) is not None:
            self._add_all(self._codes(index, glued[1]), int(glued[2]), Strength.WITH_PAYER)
        if (confused := _CONFUSED_TAIL.fullmatch(text)) is not None:
            self._read_confused(index, confused[1], confused[2])

    def _read_tail(self, index: int, head: str, digits: str) -> None:
        """A word that ends in digits or is all digits, for which the start of the number and the preceding code are not
        known yet.
        """
        codes = list(self._codes(index, head))
        ceiling = Strength.POSSIBLE if head and self._is_code_of_next(index) else Strength.FULL
        for joined, strength in self._digits_from(index, digits):
            self._add_all(codes, int(joined), min(strength, ceiling), joined)
        if len(digits) <= _PADDED + 1:
            self.starts.append(Start(index, digits, list(_trusted(codes, digits))))
        if not head or head in BEFORE_A_NUMBER:
            self._read_alone(index, digits)
        # "ACME10042" may be ACME's 10042nd, but also ACME1's 42nd: the code itself may end in digits.
        for cut in range(1, len(digits)):
            code, number = head + digits[:cut], digits[cut:]
            padded = len(number) == _PADDED
            if padded and (rest := _without_word_before(code)):
                self._add(rest, int(number), Strength.WITH_PAYER, number)
            if _CODE_SHORTEST <= len(code) <= _CODE_LONGEST and (padded or (head and len(number) < _PADDED)):
                self._add(code, int(number), Strength.FULL if head and padded else Strength.POSSIBLE, number)

    def _digits_from(self, index: int, digits: str) -> Iterator[tuple[str, Strength]]:
        """The number as written, then joined with the digits after a space, because banks break numbers at a line's
        end.
        """
        following = self._next_digits(index)
        if len(digits) > _PADDED + 1 or (len(digits) > _PADDED and digits[0] == "0"):
            return
        if len(digits) >= _PADDED:
            yield digits, Strength.FULL
            return
        yield digits, self._strength_unpadded(index, digits, followed=bool(following))
        joined = digits
        for more in following:
            joined += more
            if len(joined) > _PADDED:
                return
            yield joined, Strength.FULL if len(joined) == _PADDED and joined[0] == "0" else Strength.POSSIBLE

    def _strength_unpadded(self, index: int, digits: str, *, followed: bool) -> Strength:
        """How far a number without its leading zeros can be trusted: not if it may be a year, or part of a longer
        number.
        """
        year = len(digits) == 4 and digits[:2] in ("19", "20")
        last = index + 1 == len(self.words)
        continues = not last and self.words[index + 1].gap in ("-", "/", ".", "_") and self.words[index + 1].is_number
        return Strength.POSSIBLE if year or continues or followed else Strength.FULL

    def _is_code_of_next(self, index: int) -> bool:
        """Whether this word is the code of the number right after it: RAVI3 - 000006 is not RAVI's third invoice."""
        if index + 1 == len(self.words) or not (following := self.words[index + 1]).is_number:
            return False
        joins = _JOINING.issuperset(following.gap)
        return joins and bool(len(following.text) == _PADDED or following.gap.strip())

    def _next_digits(self, index: int) -> list[str]:
        found = []
        for word in self.words[index + 1 : index + 3]:
            if word.gap != " " or not word.is_number or word.distracts:
                break
            found.append(word.text)
        return found

    def _codes(self, index: int, head: str) -> Iterator[Code]:
        """The codes that may precede a number: in the same word, or in the words before it."""
        if head:
            yield from self._codes_ending(index, head)
        elif self._joins(index):
            yield from self._codes_ending(index - 1, self.words[index - 1].text)

    def _joins(self, index: int) -> bool:
        """Whether a word may belong to the one before it."""
        gap = self.words[index].gap
        return index > 0 and len(gap) <= 3 and _JOINING.issuperset(gap) and not self.words[index - 1].distracts

    def _codes_ending(self, index: int, text: str) -> Iterator[Code]:
        """Codes that end with `text`, in the word at `index`: alone, with the word before, or skipping words such as
        "no".
        """
        skipped = 0
        while text in BEFORE_A_NUMBER and skipped < _SKIPPED_AT_MOST:
            if _CODE_SHORTEST <= len(text) <= _CODE_LONGEST:
                yield text, Strength.WITH_PAYER
            if not self._joins(index):
                return
            index, skipped = index - 1, skipped + 1
            text = self.words[index].text
        if not text.isascii():
            return
        ceiling = Strength.WITH_PAYER if skipped or self._is_part_of_longer(index) else Strength.FULL
        if _CODE_SHORTEST <= len(text) <= _CODE_LONGEST:
            yield text, ceiling
        broken = self.words[index].gap == " " and not self.words[index - 1].distracts
        if broken and _CODE_SHORTEST <= len(whole := self.words[index - 1].text + text) <= _CODE_LONGEST:
            yield whole, Strength.WITH_PAYER
        if rest := _without_word_before(text):
            yield rest, Strength.WITH_PAYER
        if len(text) > _CODE_LONGEST:
            for length in range(_CODE_SHORTEST, _CODE_LONGEST + 1):
                yield text[-length:], Strength.POSSIBLE

    def _is_part_of_longer(self, index: int) -> bool:
        """Whether the code is the end of a longer name, as in XY-ACME-000042, rather than in a list or after "INV-"."""
        if index == 0 or self.words[index].gap not in ("-", "/", ".", "_"):
            return False
        before = self.words[index - 1].text
        return before not in BEFORE_A_NUMBER and not before[-_PADDED:].isdigit()

    def _read_confused(self, index: int, head: str, tail: str) -> None:
        """Letters O, I and L read as digits, among digits or as a whole word after a code."""
        digits = tail.translate(_TO_DIGITS)
        if (
            digits != tail
            and not self._is_code_of_next(index)
            and (any(character.isdigit() for character in tail) or len(tail) == _PADDED)
        ):
            self._add_all(self._codes(index, head), int(digits), Strength.POSSIBLE)

    def _read_alone(self, index: int, digits: str) -> None:
        if len(digits) > _PADDED + 1:
            return
        self.bare.add(int(digits))
        following = self.words[index + 1] if index + 1 < len(self.words) else None
        if following is not None and len(digits) == _PADDED and _JOINING.issuperset(following.gap):
            code = following.text
            if _CODE_SHORTEST <= len(code) <= _CODE_LONGEST and code.isascii() and not code.isdigit():
                self._add(code, int(digits), Strength.POSSIBLE)

    def _add_all(self, codes: Iterable[Code], number: int, strength: Strength, digits: str = "") -> None:
        for code, ceiling in codes:
            self._add(code, number, min(strength, ceiling), digits)

    def _add(self, code: str, number: int, strength: Strength, digits: str = "") -> None:
        if number == 0:
            return
        strength = min(strength, _trust(code, digits))
        self._note(invoice_number(code, number), strength)
        if strength > Strength.POSSIBLE:
            for variant in confusable_codes(code):
                self._note(invoice_number(variant, number), Strength.POSSIBLE)

    def _note(self, number: str, strength: Strength) -> None:
        self.numbers[number] = max(strength, self.numbers.get(number, Strength.NONE))


def _without_word_before(text: str) -> str:
    """INVACME without INV, if the rest may be a code; otherwise empty."""
    for word in LONGEST_FIRST:
        if text.startswith(word):
            rest = text[len(word) :]
            return rest if _CODE_SHORTEST <= len(rest) <= _CODE_LONGEST and rest[0].isalpha() else ""
    return ""


def _trust(code: str, digits: str) -> Strength:
    """How far a code may be trusted: common words and plain digits also precede other companies' numbers.

    Many companies number their own invoices like 2026-000011, so even a full number needs supporting evidence from the
    payer.
    """
    if not code.isdigit() and code not in COMMON:
        return Strength.FULL
    return Strength.WITH_PAYER if len(digits) == _PADDED else Strength.POSSIBLE


def _trusted(codes: Iterable[Code], digits: str) -> Iterator[Code]:
    """The codes after which a list may begin."""
    for code, ceiling in codes:
        strength = min(ceiling, _trust(code, digits))
        if strength > Strength.POSSIBLE:
            yield code, strength


def confusable_codes(code: str) -> list[str]:
    """Codes that a person could confuse with this one (O and 0; I, L and 1), at most eight."""
    alike = product(*(character + _CONFUSABLE.get(character, "") for character in code))
    return ["".join(characters) for characters in islice(alike, 1, 9)]
