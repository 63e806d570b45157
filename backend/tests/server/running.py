"""The web server as it runs in production, on this test process's database, with a production's throttles."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher import web

BACKEND = Path(__file__).resolve().parents[2]
START_SECONDS = 60
ANSWER_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Server:
    """Two worker processes behind one port; requests are bytes, so that they can be wrong in any way."""

    def __init__(self, *, throttled: bool = True, variables: Mapping[str, str] | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        environment = {**os.environ, "IGNY8_DEMO": "0", "IGNY8_THROTTLE": "on", "IGNY8_PROCESS": "web"}
        if not throttled:
            environment |= {"IGNY8_DEMO": "1", "IGNY8_THROTTLE": "off"}
        environment |= {"IGNY8_ALLOWED_HOSTS": "127.0.0.1,localhost", "PYTHONPATH": str(BACKEND)}
        if variables:
            environment |= {"IGNY8_BASE_URL": f"http://127.0.0.1:{self.port}", **variables}
        self.process = subprocess.Popen(web.command(self.port), cwd=BACKEND, env=environment)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)

    def request(
        self, line: str, *headers: str | bytes, key: str | None = None, body: bytes = b"", cut: bool = False
    ) -> Answer:
        """Send a request line with headers and a body; `cut` ends our side of the connection behind them."""
        lines = [line.encode("latin-1") + b" HTTP/1.1", b"Connection: close"]
        lines += [header if isinstance(header, bytes) else header.encode("latin-1") for header in headers]
        if not any(each.lower().startswith(b"host:") for each in lines):
            lines.append(b"Host: 127.0.0.1")
        if key is not None:
            lines.append(b"Authorization: Bearer " + key.encode())
        with socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            if cut:
                connection.shutdown(socket.SHUT_WR)
            return _parsed(_everything(connection))

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def _answers(self) -> bool:
        try:
            return self.request("GET /healthz").status == 200
        except OSError:
            return False


def _everything(connection: socket.socket) -> bytes:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def _parsed(received: bytes) -> Answer:
    if not received:
        raise ConnectionResetError("no answer")
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":")[::2] for line in lines)
    return Answer(int(status.split()[1]), {name.lower(): value.strip() for name, value in pairs}, body)
