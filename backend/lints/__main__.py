"""Runs the house rules over the project that contains this file; exits with 1 if one is broken."""

import sys
from pathlib import Path

from lints.files import load
from lints.rules import CHECKS, findings

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Print the findings, or one line with the number of files read."""
    project = load(ROOT)
    found = findings(project)
    for finding in found:
        print(finding)
    if not found:
        modules = sum(1 for _ in project.python(""))
        print(f"lints: {len(CHECKS)} rule modules, {len(project.files)} files ({modules} Python): clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
