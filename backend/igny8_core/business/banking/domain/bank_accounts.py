"""Numbers of bank accounts: one form to compare them in. Pure."""

import re

_SEPARATORS = re.compile(r"[^0-9A-Z]+")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
SHORTEST_TAIL = 6


def normalise_number(text: str) -> str:
    """Upper case, letters and digits alone."""
    return _SEPARATORS.sub("", text.upper())


def is_iban(number: str) -> bool:
    """Whether a normalised number has the shape of an IBAN."""
    return _IBAN.fullmatch(number) is not None


def has_good_check_digits(iban: str) -> bool:
    """ISO 7064 MOD 97-10, as ISO 13616 asks."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def is_same_account(ours: str, named: str) -> bool:
    """Whether a file's name for an account can be the one we know, both normalised.

    Banks write the national number where we have the IBAN, and pad it with zeros; an IBAN ends with that number.
    """
    if ours == named:
        return True
    if is_iban(named):
        return not is_iban(ours) and _is_tail(named, ours)
    return _is_tail(ours, named)


def _is_tail(longer: str, shorter: str) -> bool:
    core = shorter.lstrip("0")
    return len(core) >= SHORTEST_TAIL and longer.endswith(core)
