"""The gateways of this deployment, and the way to call one: outside of every transaction, few at once."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from django.conf import settings

from igny8_core.business.billing.domain.availability import MethodConfig
from igny8_core.business.billing.domain.methods import MANUAL
from igny8_core.business.billing.gateways.base import (
    AccessRefused,
    BadSettings,
    Gateway,
    GatewayError,
    NothingHappened,
    NotTaken,
)
from igny8_core.business.billing.gateways.registry import REGISTRY
from igny8_core.events import unit_of_work

AT_ONCE_IN_WEB = 2
"""A web process has four threads: while a gateway is slow, the other two serve everybody else."""

logger = logging.getLogger(__name__)
_outside = threading.BoundedSemaphore(AT_ONCE_IN_WEB)


def live_gateways() -> Mapping[str, Gateway]:
    """The gateways that have a key, by their payment methods."""
    return _made(tuple(sorted(settings.ENV.variables.items())))


def gateway_of(payment_method: str) -> Gateway | None:
    """The gateway behind a payment method; None for a manual one, and for one without a key."""
    return live_gateways().get(payment_method)


def is_offered(config: MethodConfig, *, amount_minor: int | None) -> bool:
    """Whether a configured way to pay works here: a manual one does, a gateway's where it takes currency and amount."""
    if config.payment_method in MANUAL:
        return True
    gateway = gateway_of(config.payment_method)
    if gateway is None or config.currency not in gateway.traits.currencies:
        return False
    try:
        gateway.to_wire(amount_minor, config.currency) if amount_minor else None
    except NotTaken:
        return False
    return True


@contextmanager
def calling(gateway: str) -> Iterator[Gateway]:
    """The gateway, to be called inside the block. Raises `NothingHappened` where it may not be called now.

    What the block raises is logged; a key that is refused is an error of ours.
    """
    unit_of_work.ensure_none()
    found = gateway_of(gateway)
    if found is None:
        raise NothingHappened(f"{gateway} has no key any more.")
    bounded = settings.ENV.process == "web"
    if bounded and not _outside.acquire(blocking=False):
        raise NothingHappened(f"{gateway} is slow, and too many payers wait for it already.")
    try:
        yield found
    except GatewayError as error:
        log = logger.error if isinstance(error, AccessRefused) else logger.warning
        log("gateway_failed", extra={"gateway": gateway, "outcome": type(error).__name__, "problem": str(error)})
        raise
    finally:
        if bounded:
            _outside.release()


def settings_problems() -> list[str]:
    """What is wrong with the settings of gateways, a sentence each; such a gateway is not offered."""
    problems: list[str] = []
    for configured in REGISTRY.values():
        try:
            configured(settings.ENV.variables)
        except BadSettings as error:
            problems.append(str(error))
    return problems


@cache
def _made(variables: tuple[tuple[str, str], ...]) -> Mapping[str, Gateway]:
    made: dict[str, Gateway] = {}
    for name, configured in REGISTRY.items():
        try:
            gateway = configured(dict(variables))
        except BadSettings as error:
            logger.error("gateway_misconfigured", extra={"gateway": name, "problem": str(error)})
            continue
        if gateway is not None:
            made[name] = gateway
    return made
