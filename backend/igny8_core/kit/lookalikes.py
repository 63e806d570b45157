"""Which texts look alike: the skeleton of Unicode TS 39, section 4. Pure; Unicode's table is stored
beside this file.
"""

from functools import cache
from pathlib import Path

from igny8_core.kit.texts import bare, normal_form

_TABLE = Path(__file__).with_name("confusables.txt")


def skeleton(text: str) -> str:
    """A form that similar-looking texts have in common: for comparison, never for display."""
    return normal_form("NFD", normal_form("NFD", bare(text)).translate(_prototypes()))


@cache
def _prototypes() -> dict[int, str]:
    """Maps each confusable character to the one that represents its group."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = (line.split(";") for line in lines if not line.startswith("#"))
    return {int(source, 16): "".join(chr(int(code, 16)) for code in target.split()) for source, target in rows}
