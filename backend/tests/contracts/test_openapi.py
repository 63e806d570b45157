"""The API document: valid, whole, and true of what the API answers, by two thousand generated requests and more."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import schemathesis
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, assume, settings
from igny8_core.business.billing.models import PaymentMethodConfig
from schemathesis.config import (
    ChecksConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from tests.cast import Cast, make_cast
from tests.contracts.test_isolation_matrix import LEAST
from tests.gateways.keys import keys_of_gateways

pytestmark = pytest.mark.slow
EXAMPLES = 40
# What the shape cannot say (a void invoice, a reference that says nothing) is a documented 400, too.
ACCEPTED = PositiveDataAcceptanceConfig(expected_statuses=["2xx", "400", "401", "403", "404", "409", "422"])
CONFIG = SchemathesisConfig(
    seed=7, projects=ProjectsConfig(default=ProjectConfig(checks=ChecksConfig(positive_data_acceptance=ACCEPTED)))
)
schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application(), config=CONFIG)


@pytest.fixture(scope="module")
def cast() -> Iterator[Cast]:
    """The callers; what generated requests have configured for the whole platform goes again."""
    before = list(PaymentMethodConfig.objects.values_list("id", flat=True))
    with keys_of_gateways():
        yield make_cast()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("UPDATE billing_approvallimit SET amount_minor = NULL")
        connection.execute("DELETE FROM billing_paymentmethodconfig WHERE id <> ALL(%s)", [before])


def test_the_document_is_valid_and_without_warnings(tmp_path: Path) -> None:
    written = tmp_path / "schema.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(written))
    assert written.read_text().startswith("openapi: 3.1")


def test_the_document_tells_every_operation() -> None:
    told = [operation.ok() for operation in schema.get_all_operations()]
    assert None not in told
    assert len(told) == sum(len(methods) for methods in LEAST.values())
    assert len(told) * EXAMPLES >= 2000


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
def test_the_document_is_true(case: Any, cast: Cast) -> None:
    assume(all(is_carried(value) for value in (case.query or {}).values()))
    api = cast.admin if case.path.startswith("/api/v1/admin/") else cast.owner
    answer = case.call_and_validate(headers={"Authorization": f"Bearer {api.key}"})
    assert answer.status_code < 500


def is_carried(value: Any) -> bool:
    """Whether an address can carry the value: an unknown parameter that is an empty list is not sent at all."""
    if isinstance(value, list | tuple | dict):
        return len(value) > 0 and all(map(is_carried, value.values() if isinstance(value, dict) else value))
    return value is not None
