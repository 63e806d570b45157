"""A real SMTP server on loopback that keeps what it is given, and that can be told to refuse."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Mailbox:
    """What arrived; `refusing` answers everything with a 451."""

    port: int = 0
    refusing: bool = False
    connections: int = 0
    messages: list[EmailMessage] = field(default_factory=list)

    def to(self, address: str) -> list[EmailMessage]:
        """The messages to one address, in the order they came."""
        return [message for message in self.messages if message["To"] == address]


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve on a free port of 127.0.0.1 while the block runs."""
    mailbox = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        """RFC 5321, as much of it as a sender needs."""

        def handle(self) -> None:
            mailbox.connections += 1
            self._say("220 test")
            for line in self.rfile:
                verb = line[:4].upper().strip()
                if verb == b"QUIT":
                    return self._say("221 bye")
                if verb == b"DATA" and not mailbox.refusing:
                    self._say("354 go on")
                    mailbox.messages.append(self._message())
                self._say("451 try later" if mailbox.refusing and verb == b"MAIL" else "250 ok")
            return None

        def _message(self) -> EmailMessage:
            lines = []
            for line in self.rfile:
                if line == b".\r\n":
                    break
                lines.append(line[1:] if line.startswith(b"..") else line)
            message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            return message

        def _say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        """One thread for each sender."""

        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Session) as server:
        mailbox.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield mailbox
        finally:
            server.shutdown()
