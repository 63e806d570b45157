"""The benchmark's set in small: nothing taken without a person is wrong, and little that could be is left."""

import pytest

from bench.matching import FIRST_THREE_LIMIT, RECALL_LIMIT, measure
from bench.matching_set import Lines
from bench.matching_world import Maker


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lines_as_payers_write_them(seed: int) -> None:
    world = Maker(seed).world(1200)
    result = measure(world, Lines(world, seed).cases(1200))
    assert result.wrong == []
    assert result.precision == 1
    assert result.automatic > 600
    assert result.recall >= RECALL_LIMIT
    assert result.among_first_three >= FIRST_THREE_LIMIT


def test_the_set_is_the_same_from_the_same_seed() -> None:
    first, second = Maker(5).world(100), Maker(5).world(100)
    assert first.candidates() == second.candidates()
    assert Lines(first, 5).cases(50) == Lines(second, 5).cases(50)
