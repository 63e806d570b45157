"""Filters with fixed choices: Django's own would read the whole table to find the existing values.

Tables accept only these filters, see `OperatorPage.lookup_allowed`.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest


class FixedChoices(SimpleListFilter):
    """Rows whose column has the chosen value; `fixed` creates one for a column."""

    values: tuple[str, ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every possible value."""
        return [(value, value.replace("_", " ")) for value in self.values]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """All rows, or those with the value."""
        chosen = self.value()
        return queryset if chosen is None else queryset.filter(**{str(self.parameter_name): chosen})


class UsedChoices(FixedChoices):
    """The same with only the existing values: for small tables and columns with many possible values."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The existing values."""
        used = set(model_admin.get_queryset(request).values_list(self.parameter_name, flat=True))
        return [choice for choice in super().lookups(request, model_admin) if choice[0] in used]


def fixed(column: str, values: Iterable[str], kind: type[FixedChoices] = FixedChoices) -> type[FixedChoices]:
    """A filter by a column with these values."""
    facts = {"title": column.replace("_", " "), "parameter_name": column, "values": tuple(map(str, values))}
    return type(f"{column}_choices", (kind,), facts)
