"""Bank account numbers in a form that can be compared. Pure."""

import re

from igny8_core.kit.iban import has_form_of_iban

_SEPARATORS = re.compile(r"[^0-9A-Z]+")
SHORTEST_TAIL = 6


def normalise_number(text: str) -> str:
    """Letters and digits only, in upper case."""
    return _SEPARATORS.sub("", text.upper())


def is_same_account(ours: str, named: str) -> bool:
    """Whether the number in a file may be the account that we know; both are normalised.

    Banks write the national account number, padded with zeros, for accounts that we store by IBAN; an IBAN ends with
    that number.
    """
    if ours == named:
        return True
    if has_form_of_iban(named):
        return not has_form_of_iban(ours) and _is_tail(named, ours)
    return _is_tail(ours, named)


def _is_tail(longer: str, shorter: str) -> bool:
    core = shorter.lstrip("0")
    return len(core) >= SHORTEST_TAIL and longer.endswith(core)
