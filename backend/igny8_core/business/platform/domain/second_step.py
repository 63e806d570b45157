"""How wrong codes lock the second step. Pure.

Three codes of a million are good at a time. Five tries and the pauses below leave somebody who knows the password some
40 guesses on the first day and 30 on each day after it: one chance in ten thousand a day.
"""

from datetime import timedelta

TRIES = 5
PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""After the first, the second and every further five wrong codes in a row; a right one begins anew."""


def pause_after(wrong_codes: int) -> timedelta | None:
    """For how long no code counts after so many wrong ones in a row; None while there are tries left."""
    rounds, tried = divmod(wrong_codes, TRIES)
    if tried or not rounds:
        return None
    return PAUSES[min(rounds, len(PAUSES)) - 1]
