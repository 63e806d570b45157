"""Log lines: JSON, with the request's id, without secrets; and what a caller sees of a defect."""

import json
import logging
import uuid
from typing import Any

import pytest
from igny8_core.business.billing import views
from igny8_core.http import context
from igny8_core.http.logs import JSONFormatter, without_secrets
from tests.cast import BILLING, Cast


def written(message: str, *arguments: object) -> Any:
    record = logging.LogRecord("some.library", logging.WARNING, __file__, 1, message, arguments, None)
    return json.loads(JSONFormatter().format(record))


def test_a_line_names_its_request() -> None:
    request_id = context.begin(str(uuid.uuid4()))
    line = written("slow: %s", "query")
    assert (line["event"], line["level"], line["logger"], line["request_id"]) == (
        "slow: query",
        "warning",
        "some.library",
        str(request_id),
    )
    assert line["timestamp"].endswith("Z")


def test_a_line_has_the_fields_that_its_caller_adds() -> None:
    record = logging.makeLogRecord(
        {"name": "billing", "msg": "ledger_drift", "levelno": logging.ERROR, "levelname": "ERROR"}
    )
    record.problems, record.line_id = ["account A: 1 is not 2"], uuid.UUID(int=7)
    line = json.loads(JSONFormatter().format(record))
    assert line.pop("timestamp").endswith("Z")
    line.pop("request_id", None)
    assert line == {
        "event": "ledger_drift",
        "level": "error",
        "logger": "billing",
        "problems": ["account A: 1 is not 2"],
        "line_id": "00000000-0000-0000-0000-000000000007",
    }


def test_a_line_has_the_traceback_of_its_exception() -> None:
    try:
        raise KeyError("the inside")
    except KeyError as error:
        record = logging.LogRecord("http", logging.ERROR, __file__, 1, "unexpected_exception", (), None)
        record.exc_info = (KeyError, error, error.__traceback__)
    line = json.loads(JSONFormatter().format(record))
    assert line["event"] == "unexpected_exception"
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("KeyError: 'the inside'")


@pytest.mark.parametrize(
    "secret",
    [
        "igk_Lhi-SoZRRKAbQpwk8_JRfQAO1AJ9h04Ay5Y6e63amB8",
        "igr_nq8aSoZRRKAbQpwk8_JRfQAO1AJ9h04Ay5Y6e63amB8",
        "Authorization: Bearer hunter2hunter2",
        "postgresql://owner:hunter2hunter2@db/x",
        '{"password": "hunter2hunter2"}',
        "password=hunter2hunter2",
        "{'refresh_token': 'hunter2hunter2'}",
    ],
)
def test_a_line_keeps_no_secret(secret: str) -> None:
    line = written("failed with %s here", secret)
    assert "hunter2" not in line["event"]
    assert "SoZRRKAb" not in line["event"]
    assert line["event"].startswith("failed with ")
    assert line["event"].endswith(" here")


def test_what_is_no_secret_stays() -> None:
    line = "payment 01a21067-b521-75a7-9a05-b4d0a1b0cf34 at https://127.0.0.1:8000/api/ by a@example.com: igk_"
    assert without_secrets(line) == line


def test_a_defect_shows_its_id_and_nothing_of_the_inside(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise KeyError("the inside")

    monkeypatch.setattr(views, "list_payments", broken)
    answer = cast.viewer.get(f"{BILLING}payments/")
    document = answer.json()
    assert document == {
        "success": False,
        "error": "Something went wrong on our side.",
        "code": "internal_error",
        "request_id": answer["X-Request-ID"],
    }
    assert answer.status_code == 500
    assert "the inside" in caplog.text
