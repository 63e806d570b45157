"""The product as `make serve` starts it, on a database filled with 200 accounts and one very large one."""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench import fill

PROJECT = Path(__file__).resolve().parents[1]
READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class World:
    """A running product: where it listens, where its data lies, its owner's database URL, an approver's key."""

    port: int
    data_dir: Path
    owner_url: str
    approver_key: str
    process: subprocess.Popen[bytes]

    def web_pids(self) -> list[int]:
        """The web server's processes: the one whose id is kept, and its workers."""
        pid = int((self.data_dir / "run" / "web.pid").read_text())
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
        return [int(text) for text in found.stdout.split()] or [pid]


def start() -> World:
    """Bring the product up and fill its database; a folder named by BENCH_DATA_DIR is kept and filled once."""
    kept = os.environ.get("BENCH_DATA_DIR")
    data_dir = Path(kept or tempfile.mkdtemp(prefix="igny8-bench-")).absolute()
    data_dir.mkdir(exist_ok=True)
    data_dir.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ, "IGNY8_DATA_DIR": str(data_dir), "IGNY8_PORT": str(port), "IGNY8_THROTTLE": "off",
        "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    environment.pop("DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "backend" / "serve.py")],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=(data_dir / "serve.log").open("wb"),
    )
    _wait_until_ready(port, process)
    demo: dict[str, Any] = json.loads((data_dir / "demo.json").read_text())
    world = World(port, data_dir, demo["database_url"], demo["operators"]["approver"], process)
    with psycopg.connect(world.owner_url, autocommit=True) as connection:
        fill.fill(connection)
    return world


def stop(world: World) -> None:
    """Stop everything; a temporary folder goes."""
    world.process.send_signal(signal.SIGINT)
    world.process.wait(timeout=30)
    if not os.environ.get("BENCH_DATA_DIR"):
        shutil.rmtree(world.data_dir, ignore_errors=True)


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError("the product did not come up; see serve.log in its data folder")
