"""The module that Django loads for `ENGINE`."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format

TIMESTAMPTZ = "timestamptz"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's backend with psycopg's own loader for timestamps.

    Every session of ours is in UTC, so psycopg yields what we want. Django's loader replaces the zone of each value
    in Python, which takes longer than everything else about reading a page of payments.
    """

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with that loader in their context."""
        params: dict[str, Any] = super().get_connection_params()
        params["context"] = context = AdaptersMap(params["context"])
        loader = adapters.get_loader(adapters.types[TIMESTAMPTZ].oid, Format.TEXT)
        assert loader is not None
        context.register_loader(TIMESTAMPTZ, loader)
        return params

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor; a named one lives in the server. Django's method asks for the zone of its own loader."""
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
