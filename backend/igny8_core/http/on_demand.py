"""Addresses whose module is imported when one of them is first asked for."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLResolver
from django.urls.resolvers import RoutePattern

from igny8_core.kit.on_demand import imported


class AddressesOnDemand(URLResolver):
    """The addresses under a prefix, as a list that another module holds."""

    @cached_property
    def urlconf_module(self) -> Any:
        """The list."""
        return _imported(cast(str, self.urlconf_name))

    def _populate(self) -> None:
        """Nothing: Django would import every room to look up a name of one. Ours stand in a name space of their own."""


def addresses(route: str, name: str, *, namespace: str | None = None) -> AddressesOnDemand:
    """The addresses in the list `name`, written with its module; their names are looked up in `namespace` alone."""
    space = namespace or name
    return AddressesOnDemand(RoutePattern(route), name, app_name=space, namespace=space)


def view(name: str) -> Callable[..., HttpResponseBase]:
    """The view function `name`, written with its module."""

    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = _imported(name)(request, *args, **kwargs)
        return answer

    return served


@cache
def _imported(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(imported(module), attribute)
