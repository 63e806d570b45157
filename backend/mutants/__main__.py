"""Plants faults in a copy of the tree, one at a time, and lets the tests that run the changed statement judge each.

`MUTANTS` is how many faults are drawn (300), `all`, or a part of a fault's name to try that one again; `SEED` repeats
a draw. Exits with 1 if fewer than 95 % are found.
"""

import hashlib
import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from tests.ground import Ground

from mutants.changes import Mutant, mutants, mutated
from mutants.judging import Case, Judge
from mutants.recording import BEFORE, Recorded, Recorder

ROOT = Path(__file__).resolve().parents[2]
BUSINESS = "backend/igny8_core/business"
AT_STAKE = (
    *("billing/domain/*.py", "ledger/domain/*.py", "banking/domain/*.py", "billing/services/settlement.py"),
    *("billing/services/approvals.py", "billing/services/refunds.py", "ledger/services/posting.py"),
    "banking/services/booking.py",
)
UNITS = "backend/tests/unit"
WITH_DATABASE = (
    *(
        "api/test_money_choices.py",
        "api/test_money_edges.py",
        "api/test_money_facts.py",
        "api/test_money_decisions.py",
        "api/test_approvals.py",
        "api/test_approvals_pending.py",
    ),
    *("api/test_refunds_and_credits.py", "api/test_refunds_by_two.py", "api/test_four_eyes_by_sum.py"),
    *("api/test_manual_payment.py", "api/test_statement_lines.py", "api/test_statements.py", "api/test_references.py"),
    *("api/test_method_configs.py", "api/test_available_qr.py", "api/test_payment_list.py", "api/test_documents.py"),
    *("services/test_locks.py", "services/test_database_refuses.py", "services/test_repeating.py"),
    *("services/test_import_statement.py", "api/test_statement_notifications.py", "portal/test_paying.py"),
    *("documents/test_facturx.py", "contracts/test_errors.py", "contracts/test_own_statement_samples.py"),
)
JUDGES = (UNITS, *(f"backend/tests/{name}" for name in WITH_DATABASE))
NOT_COPIED = (".git", ".venv", ".tools", ".data", "build", "node_modules", ".*_cache", ".hypothesis")
ENOUGH_SECONDS = 30.0
"""A fault that the quickest tests of its statement miss for so long has survived."""
PYTEST = ("-q", "--tb=short", "-p", "no:xdist", "-p", "no:cacheprovider", "--hypothesis-seed=0")
WARM = ("hypothesis.strategies", "msgspec", "rapidfuzz", "openpyxl", "lxml.etree", "psycopg_pool", "django.db.models")
"""Imported once, before the processes that judge are forked; nothing of ours may be."""
SAID = "judged.txt"
OURS = frozenset({"igny8_core", "tests", "mutants", "demo", "launcher", "bench"})


def main() -> int:
    """Draw, plant, judge, and tell what survived."""
    wanted = os.environ.get("MUTANTS") or "300"
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # so that the database server is stopped too
    sys.dont_write_bytecode = True  # compiled files are told apart by second and size, and faults are quick and small
    for name in WARM:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="igny8-mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
        files = sorted(file for pattern in AT_STAKE for file in (tree / BUSINESS).glob(pattern))
        every = [one for file in files for one in mutants(str(file.relative_to(tree / BUSINESS)), file.read_text())]
        if wanted.isdigit():
            drawn = random.Random(seed).sample(every, min(int(wanted), len(every)))
        else:
            drawn = [one for one in every if wanted == "all" or wanted in str(one)]
        print(f"{len(drawn)} of {len(every)} faults, SEED={seed}", flush=True)
        ground = Ground()
        try:
            ground.prepare()
            os.environ["PYTEST_XDIST_WORKER"] = "mutants"  # the tests stand on our server, like those of a worker
            found = _count_found(tree, drawn, _recorded(tree, files))
        finally:
            ground.remove()
    print(f"{found} of {len(drawn)} faults were found ({found / max(len(drawn), 1):.1%}), SEED={seed}")
    return 0 if found >= 0.95 * len(drawn) else 1


def _recorded(tree: Path, files: Sequence[Path]) -> Recorded:
    """What each test runs, kept in `build/` until some Python file changes, without tests that fail without a fault."""
    digest = hashlib.sha256()
    for path in sorted((tree / "backend").rglob("*.py")):
        digest.update(path.read_bytes())
    kept = ROOT / "build" / "mutants" / f"{digest.hexdigest()[:20]}.json"
    if not kept.exists():
        shutil.rmtree(kept.parent, ignore_errors=True)
        kept.parent.mkdir(parents=True)

        def record() -> int:
            recorder = Recorder(frozenset(map(str, files)))
            pytest.main([*PYTEST, *JUDGES], plugins=[recorder])
            judges = {test: found for test, found in recorder.recorded.items() if test not in recorder.failed}
            kept.write_text(json.dumps(judges).replace(f"{tree / BUSINESS}/", ""))
            return len(recorder.failed)

        if _in_its_own_process(tree, record) != 0:
            print((tree / SAID).read_text(), "What fails without a fault in the code does not judge.", sep="\n")
    return json.loads(kept.read_text())  # type: ignore[no-any-return]


def _count_found(tree: Path, drawn: Sequence[Mutant], tests: Recorded) -> int:
    """Judge the faults in functions in forks of one process that has collected the tests, the others in fresh ones.

    What a statement returned while the tests were collected is a part of them: a fault in it needs fresh ones too.
    """
    before = tests.pop(BEFORE)[1]
    quick: list[Case] = []
    slow: list[Case] = []
    for mutant in drawn:
        ran_before = set(before.get(mutant.path, [])).intersection(range(mutant.first, mutant.last + 1))
        (slow if ran_before or not mutant.in_function else quick).append(_case(mutant, tests))
    survivors = tree / "survivors.txt"
    survivors.touch()
    told = os.dup(1)

    def say(case: Case, *, survives: bool) -> None:
        line = f"{'SURVIVED' if survives else 'found'} {case.mutant} ({len(case.units) + len(case.others)} tests)\n"
        os.write(told, line.encode())
        if survives:
            with survivors.open("a") as file:
                file.write(line)

    def judge() -> int:
        # That an example fails is enough: no time is spent on a smaller one.
        hypothesis.settings.register_profile("judging", phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
        hypothesis.settings.load_profile("judging")
        return int(pytest.main([*PYTEST, *JUDGES], plugins=[Judge(tree / BUSINESS, quick, say)]))

    # Whatever goes wrong with the tests or our server counts as found, so that both must be sound without a fault.
    assert _in_its_own_process(tree, judge) == 0, (tree / SAID).read_text()
    for case in slow:
        say(case, survives=_survives(tree, case))
    quickest = min((test for test in tests if not test.startswith(UNITS)), key=lambda test: tests[test][0])
    assert _in_its_own_process(tree, lambda: pytest.main([*PYTEST, quickest])) == 0, (tree / SAID).read_text()
    return len(drawn) - len(survivors.read_text().splitlines())


def _case(mutant: Mutant, tests: Recorded) -> Case:
    """A fault with the tests that run its statement, the quickest first. What stands in no function is run by whoever
    imports it: all tests, those that run the module's functions first.
    """
    statement = range(mutant.first, mutant.last + 1)

    def order(test: str) -> tuple[bool, bool, float]:
        took, files = tests[test]
        return mutant.path not in files, not test.startswith(UNITS), took

    units: list[str] = []
    others: list[str] = []
    seconds = 0.0
    for test in sorted(tests, key=order):
        took, files = tests[test]
        if not mutant.in_function or any(line in statement for line in files.get(mutant.path, [])):
            (units if test.startswith(UNITS) else others).append(test)
            seconds += took
        if seconds > ENOUGH_SECONDS:
            break
    return Case(mutant, units, others, int(10 + 5 * seconds))


def _survives(tree: Path, case: Case) -> bool:
    """Whether all tests pass with the fault in the file, in a process that reads it."""
    file = tree / BUSINESS / case.mutant.path
    source, written = file.read_text(), file.stat().st_mtime_ns
    file.write_text(mutated(case.mutant, source))
    os.utime(file, (0, 0))  # older than what was compiled of it
    try:
        return all(
            _in_its_own_process(tree, partial(pytest.main, [*PYTEST, "-x", *judges]), seconds=50 + case.seconds) == 0
            for judges in (case.units, case.others)
            if judges
        )
    finally:
        file.write_text(source)
        os.utime(file, ns=(written, written))


def _in_its_own_process(tree: Path, work: Callable[[], int], *, seconds: int = 0) -> int:
    """The exit code of work that is done in the tree; it ends after so many seconds, if any are given."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        signal.alarm(seconds)
        os.chdir(tree)
        for stream in (1, 2):
            os.dup2(os.open(SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
        for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
            del sys.modules[name]
        ours = {"", str(ROOT), str(ROOT / "backend")}
        sys.path[:] = [str(tree / "backend"), *(path for path in sys.path if path not in ours)]
        code = work()
    finally:
        os._exit(code)  # what the parent has to clean up is not the child's


if __name__ == "__main__":
    sys.exit(main())
