"""Who sends a part of a request and waits holds nobody up, and is sent away; so is a storm of wrong passwords."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from tests.cast import BILLING, Cast
from tests.server.running import Server

LIST = f"GET {BILLING}payments/?page_size=5"
HALF = {
    "half a document": b"Content-Length: 500\r\n\r\n{",
    "half a chunk": b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"',
    "nothing of it": b"Content-Length: 500\r\n\r\n",
}
MANY = 40
"""Five times as many as both processes have threads."""
PATIENCE_SECONDS = 25


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server(throttled=False)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def waiting(server: Server, count: int, rest: bytes) -> Iterator[list[socket.socket]]:
    """Connections that have begun a sign-in and send no more."""
    begun = b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + rest
    with ExitStack() as stack:
        held = []
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
            connection.sendall(begun)
            held.append(connection)
        yield held


@pytest.mark.parametrize("rest", HALF.values(), ids=list(HALF))
def test_half_a_body_holds_nobody_up(server: Server, cast: Cast, rest: bytes) -> None:
    with waiting(server, MANY, rest):
        for _ in range(4):
            assert server.request(LIST, key=cast.viewer.key).status == 200
            assert server.request("GET /healthz").status == 200
            assert server.request("GET /readyz").status == 200


def test_who_never_sends_the_rest_is_told_and_sent_away(server: Server) -> None:
    with waiting(server, 3, HALF["half a document"]) as held:
        for connection in held:
            connection.settimeout(PATIENCE_SECONDS)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            assert received.startswith(b"HTTP/1.1 408 "), received[:60]
            assert b'"code":"body_too_slow"' in received


def test_a_body_below_the_least_rate_is_ended_although_it_keeps_coming(server: Server) -> None:
    """One byte a second would arrive for eight minutes."""
    with waiting(server, 1, HALF["half a document"]) as (connection,):
        connection.settimeout(1)
        deadline = time.monotonic() + PATIENCE_SECONDS
        received = b""
        while not received and time.monotonic() < deadline:
            connection.sendall(b" ")
            try:
                received = connection.recv(65536)
            except TimeoutError:
                continue
        assert received.startswith(b"HTTP/1.1 408 "), received[:60]


def test_a_slow_body_that_is_fast_enough_arrives(server: Server) -> None:
    with waiting(server, 1, b"Content-Length: 60\r\nConnection: close\r\n\r\n") as (connection,):
        for part in (
            b'{"email": "nobody@people.example",',
            b' "password": "wrong',
        ):
            connection.sendall(part)
            time.sleep(0.3)
        connection.sendall(b'"}'.ljust(60 - 53))
        connection.settimeout(PATIENCE_SECONDS)
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


def test_a_storm_of_wrong_passwords_leaves_lists_and_probes_alone(server: Server, cast: Cast) -> None:
    """Each is answered: refused for its password, or asked to come again; lists go on meanwhile."""
    body = b'{"email": "nobody@people.example", "password": "wrong wrong wrong"}'
    headers = ("Content-Type: application/json", f"Content-Length: {len(body)}")

    def wrong(_: int) -> int:
        return server.request("POST /api/v1/auth/login/", *headers, body=body).status

    with ThreadPoolExecutor(50) as pool:
        storm = [pool.submit(wrong, number) for number in range(50)]
        answered = 0
        while not all(each.done() for each in storm):
            assert server.request(LIST, key=cast.viewer.key).status == 200
            assert server.request("GET /healthz").status == 200
            answered += 1
        assert answered > 0
        statuses = {each.result() for each in storm}
    assert statuses <= {401, 503}
    assert 401 in statuses
