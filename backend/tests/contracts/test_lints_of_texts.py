"""The house rules about texts: one writer of tables, expressions with names, one normal form."""

import pytest
from lints import texts
from lints.source import Project

PATH = "backend/igny8_core/business/billing/selectors/files.py"


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
