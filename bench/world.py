"""The product as `make serve` starts it, on an embedded PostgreSQL of its own that is filled for the benchmarks."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.fill import fill
from bench.sizes import Sizes

PROJECT = Path(__file__).resolve().parents[1]
READY_SECONDS = 300
DRAIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class World:
    """A running product: where it listens, where its data lies, its owner's database URL, an approver's key."""

    port: int
    data_dir: Path
    owner_url: str
    approver_key: str

    def pid(self, name: str) -> int:
        """The id of `web`, `worker` or `postgres`."""
        return int((self.data_dir / "run" / f"{name}.pid").read_text())

    def ask(self, sql: str) -> Any:
        """One value from the database, as its owner."""
        with psycopg.connect(self.owner_url) as connection:
            row = connection.execute(sql).fetchone()
        return None if row is None else row[0]

    @contextlib.contextmanager
    def worker_paused(self) -> Iterator[None]:
        """No dispatching meanwhile: pgbench writes faster than we do, and its events would cost it more."""
        self._drain()
        os.kill(self.pid("worker"), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid("worker"), signal.SIGCONT)

    def _drain(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        while self.ask("SELECT count(*) FROM events_pendingdispatch") and time.monotonic() < deadline:
            time.sleep(0.2)


@contextlib.contextmanager
def running(sizes: Sizes) -> Iterator[World]:
    """Bring the product up on a temporary folder and fill it; everything goes at the end."""
    data_dir = Path(tempfile.mkdtemp(prefix="igny8-bench-"))
    data_dir.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    environment |= {"IGNY8_DATA_DIR": str(data_dir), "IGNY8_PORT": str(port), "IGNY8_THROTTLE": "off"}
    with (data_dir / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", PROJECT / "backend" / "serve.py"], env=environment, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(port, process, data_dir)
        demo: dict[str, Any] = json.loads((data_dir / "demo.json").read_text())
        world = World(port, data_dir, demo["database_url"], demo["operators"]["approver"])
        with psycopg.connect(world.owner_url, autocommit=True) as connection:
            fill(connection, sizes)
        yield world
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        shutil.rmtree(data_dir, ignore_errors=True)


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], data_dir: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2),
        ):
            return
        time.sleep(0.3)
    raise RuntimeError(f"the product did not come up:\n{(data_dir / 'serve.log').read_text()[-2000:]}")
