"""Judges faults in functions by tests that are collected once: a fork for each fault replaces its function's code."""

import gc
import os
import signal
from collections.abc import Iterator, Sequence
from inspect import CO_NEWLOCALS
from pathlib import Path
from types import CodeType, FunctionType
from typing import NamedTuple, Protocol

import pytest
from tests.ground import own_database

from mutants.changes import Mutant, replaced

type Functions = dict[tuple[str, str, int], list[FunctionType]]
"""By file, name and line."""


class Case(NamedTuple):
    """A fault, the tests that judge it, first those without a database, and how long they may take."""

    mutant: Mutant
    units: Sequence[str]
    others: Sequence[str]
    seconds: int


class Hears(Protocol):
    """What is told the outcome of a case."""

    def __call__(self, case: Case, *, survives: bool) -> None: ...


class Judge:
    """A pytest plugin that runs, in place of all collected tests, those of each case."""

    def __init__(self, root: Path, cases: Sequence[Case], say: Hears) -> None:
        self.root, self.cases, self.say = root, cases, say

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge every case."""
        items = {item.nodeid: item for item in session.items}
        functions = _functions(self.root)
        gc.freeze()
        for case in self.cases:
            child = os.fork()
            if not child:
                _judge(session, case, items, functions, self.root)
            status = os.waitpid(child, 0)[1]
            self.say(case, survives=os.waitstatus_to_exitcode(status) == 0)
        return True


def _functions(root: Path) -> Functions:
    """The functions of the files under the root."""
    found: Functions = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(str(root)):
            found.setdefault(_place(one.__code__), []).append(one)
    return found


def _judge(
    session: pytest.Session,
    case: Case,
    items: dict[str, pytest.Item],
    functions: Functions,
    root: Path,
) -> None:
    """End this process with 0 if no test notices the fault."""
    failed = True
    try:
        signal.alarm(case.seconds)
        _plant(case.mutant, functions, root)
        failed = _fails(session, [items[test] for test in case.units])
        if case.others and not failed:
            own_database()
            failed = _fails(session, [items[test] for test in case.others])
        session.config.hook.pytest_sessionfinish(session=session, exitstatus=int(failed))
    finally:
        os._exit(failed)


def _plant(mutant: Mutant, functions: Functions, root: Path) -> None:
    file = root / mutant.path
    for code in _outermost(compile(replaced(mutant, file.read_text()), str(file), "exec")):
        for function in functions.get(_place(code), []):
            function.__code__ = code


def _outermost(code: CodeType) -> Iterator[CodeType]:
    """The functions that are not made by another function."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            if one.co_flags & CO_NEWLOCALS:
                yield one
            else:
                yield from _outermost(one)


def _place(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _fails(session: pytest.Session, items: Sequence[pytest.Item]) -> bool:
    for item, following in zip(items, [*items[1:], None], strict=True):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return True
    return False
