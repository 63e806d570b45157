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
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.ground import Ground

from mutants.changes import Mutant, mutants, mutated
from mutants.recording import Recorded, Recorder

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
NOT_COPIED = (".git", ".venv", ".tools", ".data", "build", "node_modules", ".*_cache", ".hypothesis")
ENOUGH_SECONDS = 30.0
"""A fault that the quickest tests of its statement miss for so long has survived."""
PYTEST = ("-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--hypothesis-seed=0")
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
            tests = _recorded(tree, files)
            survivors = [one for one in drawn if _survives(tree, one, tests)]
            # Whatever goes wrong with our server counts as found, so it must be there still.
            assert _pass(tree, [min(tests, key=lambda test: (test.startswith(UNITS), tests[test][0]))], 300)
        finally:
            ground.remove()
    found = len(drawn) - len(survivors)
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
        recorded: Recorded = {}
        for judges in ([UNITS], [f"backend/tests/{name}" for name in WITH_DATABASE]):
            part = tree / "recorded.json"
            if not _pass(tree, judges, 3600, record=(frozenset(map(str, files)), part)):
                print((tree / SAID).read_text(), "What fails without a fault in the code does not judge.", sep="\n")
            recorded |= json.loads(part.read_text().replace(f"{tree / BUSINESS}/", ""))
        kept.write_text(json.dumps(recorded))
    return json.loads(kept.read_text())  # type: ignore[no-any-return]


def _survives(tree: Path, mutant: Mutant, tests: Recorded) -> bool:
    file = tree / BUSINESS / mutant.path
    source, written = file.read_text(), file.stat().st_mtime_ns
    file.write_text(mutated(mutant, source))
    os.utime(file, (0, 0))  # older than what was compiled of it
    try:
        chosen = _judges(mutant, tests)
        units = [test for test in chosen if test.startswith(UNITS)]
        others = [test for test in chosen if not test.startswith(UNITS)]
        survives = all(
            _pass(tree, judges, 60 + 10 * sum(tests[test][0] for test in judges))
            for judges in (units, others)
            if judges
        )
    finally:
        file.write_text(source)
        os.utime(file, ns=(written, written))
    print(f"{'SURVIVED' if survives else 'found'} {mutant} ({len(chosen)} tests)", flush=True)
    return survives


def _judges(mutant: Mutant, tests: Recorded) -> list[str]:
    """The tests that run the statement, those of few modules first. What stands in no function is run by whoever
    imports it: all tests, those that run the module's functions first.
    """
    statement = range(mutant.first, mutant.last + 1)

    def order(test: str) -> tuple[bool, int, float]:
        took, files = tests[test]
        return mutant.path not in files, len(files), took

    chosen, seconds = [], 0.0
    for test in sorted(tests, key=order):
        took, files = tests[test]
        if not mutant.in_function or any(line in statement for line in files.get(mutant.path, [])):
            chosen.append(test)
            seconds += took
        if seconds > ENOUGH_SECONDS:
            break
    return chosen


def _pass(
    tree: Path, judges: Sequence[str], seconds: float, *, record: tuple[frozenset[str], Path] | None = None
) -> bool:
    """Whether the tests pass, in a process of their own that ends after so many seconds."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    code = 1
    try:
        signal.alarm(int(seconds))
        code = _judge(tree, judges, record)
    finally:
        os._exit(code)  # what the parent has to clean up is not the child's


def _judge(tree: Path, judges: Sequence[str], record: tuple[frozenset[str], Path] | None) -> int:
    os.chdir(tree)
    for stream in (1, 2):
        os.dup2(os.open(SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    ours = {"", str(ROOT), str(ROOT / "backend")}
    sys.path[:] = [str(tree / "backend"), *(path for path in sys.path if path not in ours)]
    if record is None:
        return int(pytest.main([*PYTEST, "-x", *judges]))
    files, part = record
    recorder = Recorder(files)
    pytest.main([*PYTEST, *judges], plugins=[recorder])
    part.write_text(
        json.dumps({test: found for test, found in recorder.recorded.items() if test not in recorder.failed})
    )
    return len(recorder.failed)


if __name__ == "__main__":
    sys.exit(main())
