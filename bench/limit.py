"""pgbench with a request's own statements: what the database alone could do, over the web login's unix socket."""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from igny8_core.env import load
from igny8_core.kit.embedded_postgres import BINARIES

from bench.sizes import CONNECTIONS
from bench.world import PROJECT, World

_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_DONE = re.compile(r"number of transactions actually processed: (\d+)")
_FAILED = re.compile(r"number of failed transactions: (\d+)")


@dataclass(frozen=True, slots=True)
class Statements:
    """A request's statements: lines of a pgbench script, and the values of its variables."""

    lines: tuple[str, ...]
    variables: Mapping[str, str]

    @property
    def count(self) -> int:
        """How many of them there are, BEGIN and COMMIT among them; pgbench's own commands are none."""
        return sum(not line.startswith("\\") for line in self.lines)


@dataclass(frozen=True, slots=True)
class Run:
    """What pgbench has reached; `own_cpu` is its own processor time in seconds."""

    per_second: float
    transactions: int
    own_cpu: float


def statements_of(world: World, **request: Any) -> Statements:
    """Serve a request once in a process of its own and return what it sent to the database."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.capture"],
        input=json.dumps(request),
        cwd=PROJECT,
        env=_web(world),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the statements cannot be had: {done.stderr[-2000:]}")
    document = json.loads(done.stdout)
    return Statements(tuple(document["script"]), document["variables"])


def run(world: World, statements: Statements, *, head: str, seconds: float, first: int) -> Run:
    """Transactions over `seconds`; each client counts `n` from `first`.

    `head` is the script's beginning: `\\set` lines for what differs between transactions. Raises RuntimeError when a
    transaction failed.
    """
    script = world.data_dir / "pgbench.sql"
    script.write_text("\n".join([r"\set n :n + 1", head, *statements.lines]) + "\n")
    values = {**statements.variables, "n": str(first - 1)}
    given = [option for name, value in values.items() for option in ("-D", f"{name}={value}")]
    url = load(_web(world)).web_url
    command = [str(BINARIES / "pgbench"), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1"]
    command += ["-T", str(max(1, round(seconds))), "-f", str(script), *given, url]
    before = _children_cpu()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    tps, processed, failed = (pattern.search(done.stdout) for pattern in (_TPS, _DONE, _FAILED))
    if done.returncode != 0 or tps is None or processed is None or failed is None or int(failed[1]):
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}\n{done.stdout[-1000:]}")
    return Run(float(tps[1]), int(processed[1]), _children_cpu() - before)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _web(world: World) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    return {
        **environment,
        "IGNY8_DATA_DIR": str(world.data_dir),
        "IGNY8_PROCESS": "web",
        "IGNY8_THROTTLE": "off",
        "IGNY8_ALLOWED_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "igny8_core.settings",
        "PYTHONPATH": f"{PROJECT / 'backend'}{os.pathsep}{PROJECT}",
    }
