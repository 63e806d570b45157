"""Routes whose module is imported when one of them is first requested."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLResolver
from django.urls.resolvers import RoutePattern

from igny8_core.kit.on_demand import imported


class AddressesOnDemand(URLResolver):
    """The routes under a prefix, in a list that another module holds."""

    @cached_property
    def urlconf_module(self) -> Any:
        """The list."""
        return _imported(cast(str, self.urlconf_name))

    def _populate(self) -> None:
        """Empty: to reverse a name, Django would import every room. Our names have a namespace of their own."""


def addresses(route: str, name: str, *, namespace: str | None = None) -> AddressesOnDemand:
    """The routes in the list `name`, written with its module; their names are only resolved in `namespace`."""
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
