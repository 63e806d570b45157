"""Which lines of the code at stake each test runs, and how long it takes; and which ones run before any test."""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from types import CodeType

import pytest

TOOL = sys.monitoring.COVERAGE_ID
type Recorded = dict[str, tuple[float, dict[str, list[int]]]]
BEFORE = "before"
"""Stands for a test in `Recorded`: what is run while tests are collected."""


class Recorder:
    """A pytest plugin; `recorded` holds, for each test, its seconds and the lines it ran of each of the files."""

    def __init__(self, files: frozenset[str]) -> None:
        self.files = files
        self.recorded: Recorded = {}
        self.failed: set[str] = set()
        self._lines: dict[str, set[int]] = defaultdict(set)
        sys.monitoring.use_tool_id(TOOL, "mutants")
        sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, self._seen)
        sys.monitoring.set_events(TOOL, sys.monitoring.events.LINE)

    def _seen(self, code: CodeType, line: int) -> object:
        if code.co_filename in self.files:
            self._lines[code.co_filename].add(line)
        return sys.monitoring.DISABLE  # until the next test

    def pytest_collection_finish(self) -> None:
        """Record what ran so far."""
        self._record(BEFORE, 0.0)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Record one test, its fixtures included."""
        self._lines.clear()
        sys.monitoring.restart_events()
        sys.monitoring.set_events(TOOL, sys.monitoring.events.LINE)
        began = time.perf_counter()
        result = yield
        self._record(item.nodeid, time.perf_counter() - began)
        return result

    def _record(self, name: str, seconds: float) -> None:
        sys.monitoring.set_events(TOOL, 0)
        self.recorded[name] = seconds, {file: sorted(numbers) for file, numbers in self._lines.items()}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails although nothing was changed: it cannot judge."""
        if report.failed:
            self.failed.add(report.nodeid)
