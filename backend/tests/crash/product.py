"""The product as `make serve` runs it, in a folder of its own, for tests that kill it or look into its folder."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

BACKEND = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
FIRST_START_SECONDS = 240


class Product:
    """The product in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("IGNY8_", "DATABASE_"))}
        environment |= {"IGNY8_DATA_DIR": str(folder), "IGNY8_PORT": str(self.port), "IGNY8_THROTTLE": "off"}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.log = (folder.parent / "serve.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(BACKEND / "serve.py")],
            env=environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    @property
    def demo(self) -> dict[str, Any]:
        """What demo.json says."""
        document: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())
        return document

    def await_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the launcher has ended"
            if self.call("GET", "/readyz", None)[0] == 200:
                return
            time.sleep(0.1)
        raise AssertionError("not ready again")

    def call(self, method: str, path: str, key: str | None, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON; status 0 when nobody answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        sent = {"Content-Type": "application/json", **headers}
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (OSError, http.client.HTTPException, ValueError):
            return 0, None
        finally:
            connection.close()

    def kill(self, name: str) -> None:
        os.kill(int((self.folder / "run" / f"{name}.pid").read_text()), signal.SIGKILL)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        self.log.close()
