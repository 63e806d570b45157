"""How wrong codes lock the second step. Pure.

At any time three out of a million codes are valid. Five tries and the pauses below give somebody who knows the password
about 40 guesses on the first day and 30 on each day after it: a chance of one in ten thousand per day.
"""

from datetime import timedelta

TRIES = 5
PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""Pauses after the first, the second and every further five consecutive wrong codes; a right code resets the count."""


def pause_after(wrong_codes: int) -> timedelta | None:
    """How long no code is accepted after this many consecutive wrong ones; None while there are tries left."""
    rounds, tried = divmod(wrong_codes, TRIES)
    if tried or not rounds:
        return None
    return PAUSES[min(rounds, len(PAUSES)) - 1]
