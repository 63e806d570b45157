"""The fixtures of every test that asks the database. Loaded once the database is there, since the cast needs models."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from igny8_core.business.billing.services.limits import set_limit

from tests.cast import Cast, as_operator, make_cast


@pytest.fixture
def cast() -> Cast:
    """Two accounts in Pakistan with every role, and the operators: new for each test."""
    return make_cast()


@pytest.fixture
def owner_connection() -> Iterator[psycopg.Connection[Any]]:
    """A connection as the database's owner, for looking and for breaking things."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def limit(owner_connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Four eyes above 500,000.00 PKR."""
    as_operator(lambda: set_limit(currency="PKR", amount="500000.00"))
    yield
    owner_connection.execute("DELETE FROM billing_approvallimit")
