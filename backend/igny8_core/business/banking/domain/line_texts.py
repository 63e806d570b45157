"""What a statement line says about its purpose, and what to look up for it. Pure."""

import re
from functools import lru_cache
from typing import NamedTuple

from igny8_core.business.banking.domain.candidates import LookupKeys
from igny8_core.business.banking.domain.invoice_lists import Listing, listings_of
from igny8_core.business.banking.domain.invoice_tokens import InvoiceTokens, Strength
from igny8_core.business.banking.domain.line_tokens import Word, simplify, words_of
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.billing.domain.references import normalise_reference
from igny8_core.kit.mod97 import has_good_check_digits

_REMEMBERED = 4096
_SAYS_NOTHING = frozenset({"", "NOTPROVIDED", "NONREF", "NOREF", "NOTAVAILABLE", "NONE", "NA", "UNKNOWN"})
_CREDITOR_LONGEST = 25
_CREDITOR_SHORTEST = 5
_CREDITOR_HEAD = re.compile(r"RF[0-9OIL]")
_TO_DIGITS = str.maketrans("OIL", "011")
_SEPARATORS = frozenset(" -/._")
_REFERENCE_WORDS = 6
_REFERENCE_SHORTEST, _REFERENCE_LONGEST = 4, 40
_DIGITS_SHORTEST = 6
_REFERENCES_AT_MOST = 64
_WORD_ALONE = 8
_STORED_AT_MOST = 256
_NO_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")


class LineTexts(NamedTuple):
    """What one line's fields may name, each with the strength of its evidence."""

    creditor_references: dict[str, Strength]
    invoice_numbers: dict[str, Strength]
    listings: tuple[Listing, ...]
    references: dict[str, Strength]
    bare_numbers: frozenset[int]
    end_to_end_id: str
    counterparty_account: str
    plain: str
    """The remittance text as words, with a space at both ends, to search for a name in."""


def lookup_keys(line: StatementLine) -> LookupKeys:
    """Everything the line may name, in the forms that the database stores."""
    texts = read_texts(line)
    return LookupKeys(
        creditor_references=frozenset(texts.creditor_references),
        invoice_numbers=frozenset(texts.invoice_numbers),
        references=frozenset(texts.references),
        counterparty_account=texts.counterparty_account,
        bare_numbers=texts.bare_numbers,
        end_to_end_id=texts.end_to_end_id,
    )


@lru_cache(maxsize=_REMEMBERED)
def read_texts(line: StatementLine) -> LineTexts:
    """Parse a line, field by field; results for the latest batch are cached between the look-up and the decision."""
    creditors: dict[str, Strength] = {}
    numbers: dict[str, Strength] = {}
    listings: list[Listing] = []
    references: dict[str, Strength] = {}
    bare: set[int] = set()
    end_to_end = line.end_to_end_id.strip()
    if normalise_reference(end_to_end) in _SAYS_NOTHING:
        end_to_end = ""
    plain = " "
    for field in dict.fromkeys((line.structured_reference, line.remittance, end_to_end)):
        if not field:
            continue
        simple = simplify(field)
        words = words_of(simple)
        _take_creditor_references(creditors, words)
        tokens = InvoiceTokens(words)
        _add_strongest(numbers, tokens.numbers)
        for listing in listings_of(tokens):
            listings.append(listing)
            _add_strongest(numbers, dict.fromkeys(listing.numbers, Strength.POSSIBLE))
        bare |= tokens.bare
        _add_references(references, words)
        _add_whole(references, field)
        if field == line.remittance:
            plain = f" {' '.join([word.text for word in words])} "
    if line.bank_reference:
        _add_whole(references, line.bank_reference)
    account = _NO_ALPHANUMERIC.sub("", line.counterparty_account.upper())
    return LineTexts(creditors, numbers, tuple(listings), references, frozenset(bare), end_to_end, account, plain)


def _add_strongest(into: dict[str, Strength], more: dict[str, Strength]) -> None:
    for key, strength in more.items():
        into[key] = max(strength, into.get(key, Strength.NONE))


def _add_whole(references: dict[str, Strength], field: str) -> None:
    whole = normalise_reference(field)
    if len(whole) <= _STORED_AT_MOST and whole not in _SAYS_NOTHING:
        references[whole] = Strength.FULL


def _take_creditor_references(found: dict[str, Strength], words: list[Word]) -> None:
    """ISO 11649 references, in one piece or broken by spaces, or joined to the word before.

    The words of a valid reference are marked, so that its digits are not read as an invoice number too.
    """
    for index, word in enumerate(words):
        head = _CREDITOR_HEAD.search(word.text)
        if head is None and word.text != "RF":
            continue
        joined = word.text[head.start() :] if head is not None else word.text
        for last in range(index, len(words)):
            if last > index:
                if not _SEPARATORS.issuperset(words[last].gap):
                    break
                joined += words[last].text
            if len(joined) > _CREDITOR_LONGEST or not joined.isascii():
                break
            if len(joined) < _CREDITOR_SHORTEST:
                continue
            if _add_creditor_reference(found, joined) and len(joined) >= _WORD_ALONE:
                words[index : last + 1] = [inside._replace(distracts=True) for inside in words[index : last + 1]]


def _add_creditor_reference(found: dict[str, Strength], joined: str) -> bool:
    """Add a reference if its check digits are right, also after reading O, I and L as digits; returns whether it was
    added.
    """
    if has_good_check_digits(joined):
        found[joined] = Strength.FULL
        return True
    digits = joined[2:].translate(_TO_DIGITS)
    if digits.isdigit() and has_good_check_digits("RF" + digits):
        found.setdefault("RF" + digits, Strength.POSSIBLE)
        return True
    return False


def _add_references(found: dict[str, Strength], words: list[Word]) -> None:
    """Words, and runs of words, that may be a complete reference, never a part of something longer."""
    for first, word in enumerate(words):
        if first and _glued(word.gap):
            if len(word.text) >= _WORD_ALONE:
                found.setdefault(word.text, Strength.POSSIBLE)
            continue
        joined = ""
        for last in range(first, min(first + _REFERENCE_WORDS, len(words))):
            gap = words[last].gap if last > first else ""
            if " " in gap and (words[last].distracts or word.distracts or not _SEPARATORS.issuperset(gap)):
                break
            joined += _without_separators(gap) + words[last].text
            if len(joined) > _REFERENCE_LONGEST or len(found) >= _REFERENCES_AT_MOST:
                break
            ends = last + 1 == len(words) or not _glued(words[last + 1].gap)
            if ends and _may_be_reference(joined, words=last - first + 1):
                part = joined.isdigit() and (_is_number(words, first - 1, word.gap) or _next_is_number(words, last))
                strength = Strength.POSSIBLE if part else Strength.FULL
                found[joined] = max(strength, found.get(joined, Strength.NONE))


def _may_be_reference(joined: str, *, words: int) -> bool:
    if joined.isdigit():
        return len(joined) >= _DIGITS_SHORTEST
    if joined.isalpha():
        return words == 1 and len(joined) >= _WORD_ALONE
    return len(joined) >= _REFERENCE_SHORTEST


def _without_separators(gap: str) -> str:
    return "".join(sign for sign in gap if sign not in _SEPARATORS)


def _glued(gap: str) -> bool:
    return " " not in gap and _SEPARATORS.issuperset(gap)


def _is_number(words: list[Word], index: int, gap: str) -> bool:
    return gap == " " and words[index].is_number and not words[index].distracts


def _next_is_number(words: list[Word], last: int) -> bool:
    return last + 1 < len(words) and _is_number(words, last + 1, words[last + 1].gap)
