"""A small HTTP/1.1 server over the standard library that can also end a connection badly when it is asked to."""

import json
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

LONGEST_BODY = 1024 * 1024
LONGEST_READ = 16 * LONGEST_BODY


@dataclass(frozen=True)
class Request:
    """A request as it came; header names are in small letters."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """The fields of a page's form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def arguments(self) -> dict[str, str]:
        """The query's parameters."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """An answer, and how the connection ends with it."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Literal["whole", "reset", "cut"] = "whole"

    def ended(self, ending: Literal["reset", "cut"]) -> "Answer":
        """The same, with a bad end."""
        return replace(self, ending=ending)


RESET = Answer(0, ending="reset")


def json_answer(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of JSON."""
    return Answer(status, json.dumps(content, indent=2).encode() + b"\n", headers=headers or {})


def redirect(address: str) -> Answer:
    """Sends a browser on by GET."""
    return Answer(303, headers={"Location": address})


class Server(ThreadingHTTPServer):
    """Listens on this machine alone; each connection has a thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, application: Callable[[Request], Answer]) -> None:
        self.application = application
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is what this server is for."""


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the application, sends what it says."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "demo-gateway"
    sys_version = ""
    timeout = 120
    wbufsize = -1
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            if length.isdigit():
                # A client that is still sending when the connection ends never sees the answer.
                self.rfile.read(min(int(length), LONGEST_READ))
            self._send(Answer(413, b"Send a Content-Length of at most 1 MB.\n", "text/plain"))
            return
        body = self.rfile.read(int(length))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.application(Request(self.command, parts.path, parts.query, headers, body)))

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _answer  # noqa: N815

    def _send(self, answer: Answer) -> None:
        if answer.ending == "reset":
            # No lingering: the kernel sends RST, as a machine does that dies behind a load balancer.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.ending == "cut":
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(answer.body)
        self.wfile.flush()

    def log_message(self, format: str, *arguments: Any) -> None:
        """No log: keys and secrets of clients pass through here."""
