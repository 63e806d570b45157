"""A load generator that costs little: raw sockets, keep-alive, one thread, requests prepared before the clock starts."""

import re
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

CONNECTIONS = 16
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Run:
    """What a run has seen; latencies in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """A percentile of the latencies, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass(slots=True)
class _Client:
    sock: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    started: float = 0.0


def request(method: str, path: str, key: str, body: bytes = b"", **headers: str) -> bytes:
    """A request's bytes."""
    lines = [
        f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}",
        *[f"{name.replace('_', '-')}: {value}" for name, value in headers.items()],
    ]  # fmt: skip
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def drive(port: int, requests: Iterator[bytes], *, seconds: float, good: bytes, connections: int = CONNECTIONS) -> Run:
    """Send requests for so long over so many connections; answers whose status line lacks `good` are counted apart."""
    run, selector = Run(), selectors.DefaultSelector()
    clients = [_Client(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
    begin = time.perf_counter()
    for client in clients:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(client.sock, selectors.EVENT_READ, client)
        _send(client, requests)
    waiting, end = len(clients), begin + seconds
    while waiting:
        for key, _ in selector.select():
            client = key.data
            if not _answered(client):
                continue
            now = time.perf_counter()
            if good in client.buffer[:16]:
                run.latencies.append(now - client.started)
            else:
                run.refused += 1
            client.buffer.clear()
            if now < end:
                _send(client, requests)
            else:
                selector.unregister(client.sock)
                client.sock.close()
                waiting -= 1
    run.seconds = time.perf_counter() - begin
    return run


def _send(client: _Client, requests: Iterator[bytes]) -> None:
    client.started = time.perf_counter()
    client.sock.sendall(next(requests))


def _answered(client: _Client) -> bool:
    chunk = client.sock.recv(262144)
    if not chunk:
        raise RuntimeError("the server closed a connection")
    client.buffer += chunk
    head = client.buffer.find(b"\r\n\r\n")
    if head < 0:
        return False
    found = _LENGTH.search(client.buffer, 0, head)
    return found is not None and len(client.buffer) >= head + 4 + int(found[1])
