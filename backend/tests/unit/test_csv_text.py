"""kit/csv_text.py: whatever a spreadsheet is set to, no cell of ours begins a formula."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.kit.csv_text import guarded, write

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        (" =1", "' =1"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("＝1+1", "'＝1+1"),
        ("\u00a0\u3000＠x", "'\u00a0\u3000＠x"),
        ("\ufeff=1", "'\ufeff=1"),
        ('"=1', "'\"=1"),
        ("a;=cmd|' /C calc'!A0;b", "a;'=cmd|' /C calc'!A0;b"),
        ("a; \u200b＋x", "a;' \u200b＋x"),
        ("a\t-1\t@b", "a\t'-1\t'@b"),
        ("a\r\n=b", "a\r\n'=b"),
        ('a;"=1"', 'a;\'"=1"'),
        (";;=x", ";;'=x"),
        ("-5.00", "'-5.00"),
        ("a-b; c-d", "a-b; c-d"),
        ("Miller, +49 30", "Miller, +49 30"),
        ("plain", "plain"),
        ("", ""),
        (None, ""),
        (-5, "-5"),
        (Decimal("-5.00"), "-5.00"),
        (True, "True"),
    ],
)
def test_cells(cell: object, expected: str) -> None:
    assert guarded(cell) == expected


hostile = st.lists(
    st.sampled_from([*SIGNS, *";,\t\r\n \"'|a1", "\u00a0", "\u3000", "\u200b", "\ufeff", "cmd|"]), max_size=12
)


@given(st.lists(hostile.map("".join), min_size=1, max_size=3))
def test_no_cell_begins_a_formula_however_the_file_is_read(row: list[str]) -> None:
    content = write(["a"], [row]).decode()
    for delimiter in (",", ";", "\t"):
        for cells in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            for cell in cells:
                for piece in (cell, *cell.splitlines()):
                    begin = piece.lstrip(' \u00a0\u3000"\u200b\ufeff')
                    assert not begin.startswith(tuple(SIGNS)), (delimiter, content)


@given(st.lists(st.text(alphabet="abc 1.;,-", max_size=9).filter(lambda text: text[:1].isalpha()), min_size=1))
def test_ordinary_texts_stay(row: list[str]) -> None:
    ordinary = [text for text in row if ";-" not in text.replace(" ", "")]
    assert [guarded(text) for text in ordinary] == ordinary
