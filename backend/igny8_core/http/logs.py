"""Log lines: one JSON object each, with the id of the current request, and without secrets."""

import json
import logging
import re
from datetime import UTC, datetime

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
STANDARD_ATTRIBUTES = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
"""Attributes of every log record; all others were passed as `extra` and are fields of the line."""


def without_secrets(line: str) -> str:
    """The line with keys, tokens and passwords masked, wherever they occur."""
    for pattern, instead in SECRETS:
        line = pattern.sub(instead, line)
    return line


class JSONFormatter(logging.Formatter):
    """Formats every line, ours and the libraries': the message is `event`, and `extra` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON without secrets."""
        line = {key: value for key, value in vars(record).items() if key not in STANDARD_ATTRIBUTES}
        line |= {
            "event": record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        request_id = context.request_id()
        if request_id is not None:
            line.setdefault("request_id", str(request_id))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        return without_secrets(json.dumps(line, default=str))
