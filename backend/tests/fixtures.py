"""The fixtures of every test that asks the database. Loaded once the database is there, since the cast needs models."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.cast import Cast, limited, make_cast


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
def limit() -> Iterator[None]:
    """Four eyes above 500,000.00 PKR; afterwards there is no limit again."""
    with limited("500000.00"):
        yield
