"""Filters whose choices are known: Django's own would read the whole table to find out which values occur.

A table is narrowed by these and by nothing else, see `OperatorPage.lookup_allowed`.
"""

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


class UsedChoices(FixedChoices):
    """The same, but only the values that occur are offered: for a table of few rows and a column of many values."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The values that occur."""
        used = set(model_admin.get_queryset(request).values_list(self.parameter_name, flat=True))
        return [choice for choice in super().lookups(request, model_admin) if choice[0] in used]


def fixed(column: str, values: Iterable[str], kind: type[FixedChoices] = FixedChoices) -> type[FixedChoices]:
    """A filter by a column with these values."""
    facts = {"title": column.replace("_", " "), "parameter_name": column, "values": tuple(map(str, values))}
    return type(f"{column}_choices", (kind,), facts)
