"""Ten times the text costs at most fifteen times as much: every expression, and everything that reads people's texts."""

import pytest
from igny8_core.business.banking.domain.lines import StatementLine
from tests.growth import MOST, PUMPS, cost, expressions, growth, made_of, texts, uses
from tests.readers_of_text import READERS, tolerant

EXPRESSIONS = expressions()
SINGLE = "a1 .-,;\"'<&\n\u0301\u200b\u202eé"
PUMPS_OF_READERS = [pump for pump in PUMPS if len(pump) > 1 or pump in SINGLE] + ["card 4111 1111 1111 1111 "]


def test_what_grows_faster_is_found() -> None:
    assert growth(lambda text: text.upper(), made_of("a")) <= MOST
    assert growth(lambda text: [text[at:].count("b") for at in range(len(text))], made_of("a")) > MOST
    assert growth(lambda text: [other for one in text for other in text if one == other], made_of("a")) > MOST


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_expression_reads_a_text_once(name: str) -> None:
    for read in uses(name, EXPRESSIONS[name]):
        for make in texts():
            assert growth(read, make, worth_seconds=0.01) <= MOST, make(20)


@pytest.mark.parametrize("name", [name for name in READERS if name.endswith(", a text")])
def test_the_readers_of_statements_do_read_the_text(name: str) -> None:
    found = READERS[name]("Invoice 42")
    assert [line.remittance for line in found if isinstance(line, StatementLine)] == ["Invoice 42"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", READERS)
def test_everything_that_reads_texts_reads_them_once(name: str) -> None:
    read = tolerant(READERS[name])
    for pump in PUMPS_OF_READERS:
        assert growth(read, made_of(pump, "!")) <= MOST, pump


def test_a_note_of_a_thousand_characters_costs_next_to_nothing() -> None:
    """Against a note as long that holds no digit at all."""
    read = READERS["mask_card_numbers"]
    assert cost(read, "1 " * 500, 7) < 200 * cost(read, "a " * 5000, 7)
