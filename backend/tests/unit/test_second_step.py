"""How long wrong codes lock the second step, and what counts as one network."""

from datetime import timedelta

import pytest
from igny8_core.business.platform.domain.second_step import pause_after

MINUTES = {5: 15, 10: 60, 15: 240, 20: 240, 500: 240}


@pytest.mark.parametrize("wrong", range(26))
def test_every_fifth_wrong_code_in_a_row_locks(wrong: int) -> None:
    minutes = MINUTES.get(wrong, 240 if wrong == 25 else None)
    assert pause_after(wrong) == (None if minutes is None else timedelta(minutes=minutes))


def test_a_guesser_who_knows_the_password_has_a_few_dozen_tries_a_day() -> None:
    tries, hours = 0, timedelta()
    while hours < timedelta(days=1):
        tries += 1
        hours += pause_after(tries) or timedelta()
    assert tries == 40
