"""Bank account numbers in a form that can be compared. Pure."""

import re
from collections.abc import Sequence

from igny8_core.kit.iban import has_form_of_iban

_WHITE_SPACE = re.compile(r"\s+")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\Z", re.ASCII | re.IGNORECASE)
_SEPARATORS = re.compile(r"[^0-9A-Z]+")
SHORTEST_TAIL = 6


def normalise_number(text: str) -> str:
    """Letters and digits only, in upper case."""
    return _SEPARATORS.sub("", text.upper())


def undecorated(text: str, currency: str) -> str:
    """An account number as a file writes it, without the currency after it and the bank's BIC or name before it.

    A bank's number before the account's is kept, because national account numbers consist of both.
    """
    parts = [part for part in _WHITE_SPACE.sub("", text).split("/") if part]
    if len(parts) > 1 and parts[-1].upper() == currency:
        parts.pop()
    if parts:
        parts[-1] = _without_currency(parts[-1], currency)
    if len(parts) > 1 and (_BIC.match(parts[0]) or not any(map(str.isdigit, parts[0]))):
        parts.pop(0)
    return "/".join(parts)


def _without_currency(number: str, currency: str) -> str:
    """IBANs of the Seychelles end with a currency, which is a part of them."""
    shorter = number[: -len(currency)].rstrip("-.")
    glued = number.upper().endswith(currency) and shorter[-1:].isdigit() and not number.upper().startswith("SC")
    return shorter if glued else number


def numbers_in(account: str, currency: str) -> tuple[str, ...]:
    """The numbers that a file may mean by an account, normalised; empty if it names none.

    They are the account as it is written, without the bank and the currency, and its own part of both numbers.
    """
    plain = undecorated(account, currency)
    forms = map(normalise_number, (account, plain, plain.rpartition("/")[2]))
    return tuple(dict.fromkeys(filter(None, forms)))


def is_named(ours: str, currency: str, numbers: Sequence[str]) -> bool:
    """Whether one of a file's numbers may be our account, which may be set up with its currency."""
    plain = undecorated(ours, currency)
    return ours in numbers or any(is_same_account(plain, named) for named in numbers)


def is_same_account(ours: str, named: str) -> bool:
    """Whether the number in a file may be the account that we know; both are normalised.

    Banks write the national account number, padded with zeros, for accounts that we store by IBAN; an IBAN ends with
    that number.
    """
    if ours == named:
        return True
    if has_form_of_iban(named) and ours.endswith(named):
        return True
    if has_form_of_iban(named):
        return not has_form_of_iban(ours) and _is_tail(named, ours)
    return _is_tail(ours, named)


def _is_tail(longer: str, shorter: str) -> bool:
    core = shorter.lstrip("0")
    return len(core) >= SHORTEST_TAIL and longer.endswith(core)
