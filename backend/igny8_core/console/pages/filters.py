"""Filters whose choices are known: Django's own would read the whole table to find out which values occur."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest


class FixedChoices(SimpleListFilter):
    """Rows whose column has the chosen value; `fixed` makes one for a column."""

    values: tuple[str, ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every value there can be."""
        return [(value, value.replace("_", " ")) for value in self.values]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """All rows, or those with the value."""
        chosen = self.value()
        return queryset if chosen is None else queryset.filter(**{str(self.parameter_name): chosen})


def fixed(column: str, values: Iterable[str]) -> type[FixedChoices]:
    """A filter by a column with these values."""
    facts = {"title": column.replace("_", " "), "parameter_name": column, "values": tuple(map(str, values))}
    return type(f"{column}_choices", (FixedChoices,), facts)
