"""Finds the files that the rules apply to: what git tracks or would track, or every file if there is no git."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lints.source import Project

# Never ours, even in a clone without a .gitignore.
FOREIGN_FOLDERS = frozenset({".git", ".venv", ".data", "node_modules", "__pycache__"})


def load(root: Path) -> Project:
    """The project under `root`; binary files are left out."""
    texts = {}
    for name in _tracked(root) or sorted(_walk(root)):
        path = root / name
        if FOREIGN_FOLDERS.isdisjoint(Path(name).parts) and path.is_file() and not path.is_symlink():
            text = _text(path)
            if text is not None:
                texts[name] = text
    return Project.of(texts)


def _tracked(root: Path) -> list[str]:
    """Tracked files and new ones that are not ignored; empty outside a clone."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return []
    return sorted(set(filter(None, os.fsdecode(listed.stdout).split("\0"))))


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in FOREIGN_FOLDERS]
        for name in names:
            yield (Path(folder) / name).relative_to(root).as_posix()


def _text(path: Path) -> str | None:
    content = path.read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
