"""One call of the API as an operation sees it, and which call is running, for the events that it causes."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.fields import Schema

# What Stripe's library of this version pins; calls and messages are of this version alone.
API_VERSION = "2026-10-28.endive"

running: ContextVar[Record | None] = ContextVar("running", default=None)
"""`id` and `idempotency_key` of the call that is being executed; a page or the control plane is no call."""


@dataclass(frozen=True)
class Call:
    """The gateway, the checked parameters, and what to expand."""

    gateway: Gateway
    given: Record
    expand: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """What an address does: `run` takes the call and the ids in the address."""

    run: Callable[..., Record]
    schema: Schema = field(default_factory=dict)
