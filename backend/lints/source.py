"""The input of the rules: the project's files as text and as syntax trees; and their findings."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

CODE = "backend/igny8_core/"
BUSINESS = "backend/igny8_core/business/"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One broken rule, at a path relative to the project and a line counted from 1."""

    path: str
    line: int
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.sentence}"


@dataclass(frozen=True)
class Source:
    """One text file; `path` is relative to the project, with forward slashes."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The file's lines without their ends; line `n` of the file is at index `n - 1`."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of a Python file; raises SyntaxError."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, outer ones first."""
        return list(ast.walk(self.tree))

    @property
    def stem(self) -> str:
        """The file's name without its suffix."""
        return PurePosixPath(self.path).stem

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders the file lies in, outermost first."""
        return PurePosixPath(self.path).parts[:-1]

    @property
    def is_test(self) -> bool:
        """Whether this is test code, including factories and fixtures."""
        return "tests" in self.folders

    def finding(self, rule: str, node: ast.AST, sentence: str) -> Finding:
        """A finding at the line of a node."""
        return Finding(self.path, getattr(node, "lineno", 1), rule, sentence)


@dataclass(frozen=True)
class Project:
    """All files under the rules, by path."""

    files: Mapping[str, Source]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Project":
        """A project of the given texts by path."""
        return cls({path: Source(path, text) for path, text in texts.items()})

    def python(self, *prefixes: str) -> Iterator[Source]:
        """Python files whose path starts with one of the prefixes; migrations are history and not checked."""
        for source in self.files.values():
            wanted = source.path.endswith(".py") and source.path.startswith(prefixes)
            if wanted and "migrations" not in source.folders:
                yield source
