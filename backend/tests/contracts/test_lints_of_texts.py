"""The house rules about texts: one writer of tables, expressions with names, one normal form, one layout of code."""

import pytest
from lints import formatting, texts
from lints.source import Project

PATH = "backend/igny8_core/business/billing/selectors/files.py"
# Written in two pieces, so that this file does not break the rule it tests.
SWITCH = "# f" + "mt: "


@pytest.mark.parametrize(
    ("snippet", "expected"),
    [
        ("csv.writer(file)", [1]),
        ("book = openpyxl.Workbook()", [1]),
        ("import xlsxwriter", [1]),
        ("csv.reader(file)\nfile.write(b'')", []),
        ("def read(text):\n    return re.match('a*', text)", [2]),
        ("def read(text):\n    return re.compile('a*').match(text)", [2]),
        ("unicodedata.normalize('NFC', name)", [1]),
        ("PATTERN = re.compile('a*')\ndef read(text):\n    return PATTERN.match(text)", []),
    ],
)
def test_a_second_writer_and_an_expression_without_a_name_are_found(snippet: str, expected: list[int]) -> None:
    found = texts.check(Project.of({PATH: snippet}))
    assert sorted(finding.line for finding in found) == expected


@pytest.mark.parametrize(
    ("snippet", "expected"),
    [
        (f"x = [1,2]  {SWITCH}skip", [1]),
        (f"{SWITCH}off\nx = [1,2]\n{SWITCH}on", [1, 3]),
        ("x = 1  # a format: skip it", []),
    ],
)
@pytest.mark.parametrize("path", ["backend/tests/api/test_x.py", "bench/x.py", "backend/igny8_core/m/migrations/a.py"])
def test_the_formatter_is_never_switched_off(path: str, snippet: str, expected: list[int]) -> None:
    found = formatting.check(Project.of({path: snippet}))
    assert sorted(finding.line for finding in found) == expected
