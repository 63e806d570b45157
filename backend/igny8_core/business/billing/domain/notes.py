"""Card numbers that people write into notes are never stored. Pure."""

import re
from itertools import accumulate

_RUN = re.compile(r"\d(?:[ \u00a0-]?\d)*")
_GROUP = re.compile(r"\d+")
_SHORTEST, _LONGEST, _KEPT = 13, 19, 4


def _is_luhn_valid(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        tens, ones = divmod(int(digit) * (1 + position % 2), 10)
        total += tens + ones
    return total % 10 == 0


def _mask_run(match: re.Match[str]) -> str:
    """Mask every card number that begins and ends at a group of the run (a date may stand before it)."""
    run = match[0]
    groups = [group.span() for group in _GROUP.finditer(run)]
    places = [place for start, end in groups for place in range(start, end)]
    ends = list(accumulate(end - start for start, end in groups))
    hidden: set[int] = set()
    for first in [0, *ends[:-1]]:
        for last in ends:
            window = places[first:last]
            if _SHORTEST <= len(window) <= _LONGEST and _is_luhn_valid("".join(run[at] for at in window)):
                hidden.update(window[:-_KEPT])
    return "".join("*" if at in hidden else character for at, character in enumerate(run))


def mask_card_numbers(text: str) -> str:
    """`text` with every Luhn-valid number of 13 to 19 digits as asterisks, but for its last four."""
    return _RUN.sub(_mask_run, text)
