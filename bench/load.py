"""A load generator that costs little: raw sockets, keep-alive, one thread; what it costs is measured with the rest."""

import re
import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bench.sizes import CONNECTIONS

ANSWER_BYTES = 262_144
ANSWER_SECONDS = 30
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Run:
    """What a run has seen; latencies and `own_cpu`, the generator's processor time, in seconds."""

    seconds: float = 0.0
    own_cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    refusal: bytes = b""

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def own_share(self) -> float:
        """How much of one processor the generator itself took."""
        return self.own_cpu / self.seconds

    def percentile_ms(self, share: float) -> float:
        """A percentile of the latencies, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class Connection:
    """One keep-alive connection with at most one request under way."""

    sock: socket.socket
    answer: bytes = b""
    started: float = 0.0
    done: float = 0.0

    @classmethod
    def to(cls, port: int) -> "Connection":
        """Connect to a port of this machine."""
        sock = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(sock)

    def send(self, request: bytes) -> None:
        """Send a request; forgets the answer before."""
        self.answer = b""
        self.started = time.perf_counter()
        self.sock.sendall(request)

    def receive(self) -> bool:
        """Take in what has come; True once the answer is whole. Raises ConnectionError."""
        chunk = self.sock.recv(ANSWER_BYTES)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        self.answer = self.answer + chunk if self.answer else chunk
        head = self.answer.find(b"\r\n\r\n")
        if head < 0:
            return False
        found = _LENGTH.search(self.answer, 0, head)
        self.done = time.perf_counter()
        return found is not None and len(self.answer) >= head + 4 + int(found[1])

    def body(self) -> bytes:
        """The whole answer's body."""
        return self.answer.partition(b"\r\n\r\n")[2]


def request(method: str, path: str, key: str, body: str = "", headers: Mapping[str, str] | None = None) -> bytes:
    """A request's bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if method == "POST":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def drive(port: int, requests: Iterator[bytes], *, seconds: float, good: bytes, connections: int = CONNECTIONS) -> Run:
    """Send requests for so long over so many connections; answers whose status line lacks `good` are counted apart."""
    run, selector = Run(), selectors.EpollSelector()
    clients = [Connection.to(port) for _ in range(connections)]
    begin, cpu = time.perf_counter(), time.thread_time()
    end, waiting = begin + seconds, len(clients)
    for client in clients:
        selector.register(client.sock, selectors.EVENT_READ, client)
        client.send(next(requests))
    while waiting:
        for key, _ in selector.select():
            client = key.data
            if not client.receive():
                continue
            note(run, client, good)
            if client.done < end:
                client.send(next(requests))
            else:
                selector.unregister(client.sock)
                client.sock.close()
                waiting -= 1
    run.seconds, run.own_cpu = time.perf_counter() - begin, time.thread_time() - cpu
    return run


def note(run: Run, connection: Connection, good: bytes) -> None:
    """Count a whole answer."""
    if good in connection.answer[:16]:
        run.latencies.append(connection.done - connection.started)
        return
    run.refused += 1
    run.refusal = run.refusal or connection.answer[:2000]
