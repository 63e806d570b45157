"""Masks card numbers in notes, so that they are never stored. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate

_RUN = re.compile(r"\d(?:[ \u00a0-]?\d)*")
_GROUP = re.compile(r"\d+")
_SHORTEST, _LONGEST, _KEPT = 13, 19, 4


def _mask_run(match: re.Match[str]) -> str:
    """Mask every card number that begins and ends at a group boundary of the run (a date may precede it).

    Only ends within the length of a card number are tried, so the time grows linearly with the length of the note.
    """
    run = match[0]
    groups = [group.span() for group in _GROUP.finditer(run)]
    places = [place for start, end in groups for place in range(start, end)]
    ends = list(accumulate(end - start for start, end in groups))
    is_luhn_valid = _luhn([int(run[at]) for at in places])
    hidden: set[int] = set()
    for first in [0, *ends[:-1]]:
        within = ends[bisect_left(ends, first + _SHORTEST) : bisect_right(ends, first + _LONGEST)]
        for last in within:
            if is_luhn_valid(first, last):
                hidden.update(places[first : last - _KEPT])
    return "".join("*" if at in hidden else character for at, character in enumerate(run))


def _luhn(digits: list[int]) -> Callable[[int, int], bool]:
    """Whether the digits between two positions pass Luhn's check, using prefix sums computed once for all windows.

    Every second digit counts double, counted from the last one: there is one sum each for even and odd last positions.
    """
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits]
    sums = [
        list(accumulate((doubled[at] if at % 2 == parity else digits[at] for at in range(len(digits))), initial=0))
        for parity in (0, 1)
    ]
    return lambda first, last: (sums[last % 2][last] - sums[last % 2][first]) % 10 == 0


def mask_card_numbers(text: str) -> str:
    """`text` with every Luhn-valid number of 13 to 19 digits masked by asterisks, except for its last four digits."""
    return _RUN.sub(_mask_run, text)
