"""Writes which characters our fonts have into `covered.txt` beside them: run it when a font comes, goes or changes."""

from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[1] / "backend/igny8_core/business/documents/fonts"


def main() -> None:
    """One line for each run of neighbours: `20-7E`, or `A0` for a single one."""
    codes = sorted({code for path in FONTS.glob("*.[ot]tf") for code in TTFont(path, lazy=True).getBestCmap()})
    lines = []
    for _, neighbours in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        run = [code for _, code in neighbours]
        lines.append(f"{run[0]:X}-{run[-1]:X}" if len(run) > 1 else f"{run[0]:X}")
    (FONTS / "covered.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
