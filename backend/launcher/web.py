"""The command that starts the web server: the only place that knows its name and options."""

import sys

WORKERS = 2


def command(port: int) -> list[str]:
    """The command that serves the product on a port of this machine.

    HTTP/1 alone, which is what proxies speak: in the server's automatic mode nothing ends a connection that sends
    nothing at all, and one of HTTP/2 carries two hundred requests.
    """
    return [
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WORKERS), "--respawn-failed-workers", "--http", "1", "--no-ws"),
        *("--no-access-log", "--log-level", "warning", "igny8_core.asgi:application"),
    ]
