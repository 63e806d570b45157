"""The house rule about signatures: what passes between functions of business rooms has a name."""

from textwrap import dedent

from lints import signatures
from lints.source import Project

SNIPPET = dedent(
    """\
    def change(*, changes: dict[str, Any]) -> Payment: ...
    def rows_of(account: Account) -> list[dict[str, Any]]: ...
    def _key(row: Row, /, *values: Any) -> dict[str, Any] | None: ...
    def post(lines: dict[str, int]) -> None:
        values: dict[str, Any] = {}
    class Shape:
        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]: ...
        def to_json(self) -> dict[str, Any]: ...
    """
)


def test_dictionaries_of_anything_are_found_in_business_rooms() -> None:
    room, edge = "backend/igny8_core/business/billing/services/rows.py", "backend/igny8_core/http/rows.py"

    found = sorted(signatures.check(Project.of({room: SNIPPET, edge: SNIPPET})))

    assert [(finding.path, finding.line) for finding in found] == [(room, 1), (room, 2), (room, 3)]
