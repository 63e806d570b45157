"""Log lines: one JSON object each, with the id of the current request, and without secrets."""

import logging
import re
from typing import Any

import structlog

from igny8_core.http import context

SECRETS = (
    (re.compile(r"\big[kirst]_[\w-]{8,}"), "ig?_***"),
    (re.compile(r"(?i)\bbearer +[^\s\"',\\]+"), "Bearer ***"),
    (re.compile(r"(?i)(://[^\s:/@]*):[^\s@/]+@"), r"\1:***@"),
    (
        re.compile(
            r"(?i)(\\?\"?(?:password|secret|refresh_token|access_token)\\?[\"']?\s*[=:]\s*\\?[\"']?)[^\s\"',}\\]+"
        ),
        r"\1***",
    ),
)


def without_secrets(line: str) -> str:
    """The line with keys, tokens and passwords masked, wherever they occur."""
    for pattern, instead in SECRETS:
        line = pattern.sub(instead, line)
    return line


class SafeFormatter(structlog.stdlib.ProcessorFormatter):
    """The last step of every line, ours and the libraries'."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return without_secrets(super().format(record))


def with_request_id(logger: Any, name: str, line: dict[str, Any]) -> dict[str, Any]:
    """Name the request, where there is one."""
    request_id = context.request_id()
    if request_id is not None:
        line.setdefault("request_id", str(request_id))
    return line


SHARED: list[Any] = [
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    with_request_id,
    structlog.processors.format_exc_info,
]


def formatter() -> SafeFormatter:
    """The formatter of the process's one handler."""
    return SafeFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        foreign_pre_chain=SHARED,
    )


def configure() -> None:
    """Send structlog's lines through the standard library, so that all lines look the same."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
