"""Several invoices named at once: "ACME-000042, 43 and 44", "ACME 42-45", "ACME-000142/43". Pure."""

from typing import NamedTuple

from igny8_core.business.banking.domain.invoice_tokens import InvoiceTokens, Start, Strength
from igny8_core.business.banking.domain.line_tokens import Word
from igny8_core.business.banking.domain.words import LISTING, RANGING
from igny8_core.business.billing.domain.references import invoice_number

_LISTED_AT_MOST = 12
_PADDED = 6
_LIST_GAPS = frozenset({",", "/", "+", "&", ";", "|"})


class Listing(NamedTuple):
    """The numbers in a list, in order: the first with its code, the others with the code derived from it."""

    numbers: tuple[str, ...]
    strength: Strength


def listings_of(tokens: InvoiceTokens) -> list[Listing]:
    """Every list of at least two numbers in the words."""
    found = []
    for start in tokens.starts:
        numbers = _numbers_from(tokens.words, start)
        if len(numbers) > 1:
            found += [
                Listing(tuple(invoice_number(code, number) for number in numbers), strength)
                for code, strength in start.codes
            ]
    return found


def _numbers_from(words: list[Word], start: Start) -> list[int]:
    numbers = [int(start.digits)]
    width = len(start.digits)
    index = start.at + 1
    while index < len(words) and 0 < len(numbers) < _LISTED_AT_MOST:
        word, sign = words[index], words[index].gap.strip()
        if word.gap == " " and (word.text in LISTING or word.text in RANGING) and index + 1 < len(words):
            ranges = word.text in RANGING
            index += 1
            word, listed = words[index], words[index].gap == " "
        else:
            ranges, listed = sign == "-", sign in _LIST_GAPS
        if not word.is_number or word.distracts or len(word.text) > _PADDED + 1 or int(word.text) == 0:
            break
        alike = word.gap == " " and len(word.text) == width and width > 1
        if not (listed or ranges or alike):
            break
        number = _written_short(word.text, numbers[-1])
        if ranges:
            if not numbers[-1] < number < numbers[-1] + _LISTED_AT_MOST:
                break
            numbers += range(numbers[-1] + 1, number)
        if number in numbers:
            break
        numbers.append(number)
        index += 1
    return numbers if numbers[0] else []


def _written_short(digits: str, before: int) -> int:
    """The number, or, if it would be lower than its predecessor, the predecessor with its last digits
    replaced: 142/43.
    """
    number = int(digits)
    shorter = number < before and len(digits) < len(str(before))
    return before - before % 10 ** len(digits) + number if shorter else number
