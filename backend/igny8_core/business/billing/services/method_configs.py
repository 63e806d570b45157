"""The ways to pay that the platform offers: added, changed and removed by finance, recorded in the platform's chain."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from msgspec import UNSET, UnsetType

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.business.billing.domain.instructions import check_instructions
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.models import PaymentMethodConfig
from igny8_core.events.catalogue import EventType
from igny8_core.events.chain import canonical_json
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AlreadyTaken, NotFound, ValidationError
from igny8_core.kit.locks import conditional_update, lock_one
from igny8_core.kit.money import InvalidAmount, parse_amount

AMOUNTS = {"min_amount": "min_amount_minor", "max_amount": "max_amount_minor", "tolerance": "tolerance_minor"}
UNIQUE_VIOLATION = "23505"


@dataclass(frozen=True, slots=True)
class MethodConfigValues:
    """What is given of a way to pay; amounts are decimal text. What is `UNSET` keeps its value, or gets the default."""

    payment_method: PaymentMethod | UnsetType = UNSET
    country: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    instructions: dict[str, str] | UnsetType = UNSET
    min_amount: str | UnsetType | None = UNSET
    max_amount: str | UnsetType | None = UNSET
    tolerance: str | UnsetType = UNSET
    requires_proof: bool | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    sort_order: int | UnsetType = UNSET

    def columns(self, *, currency: str) -> dict[str, Any]:
        """What is given as columns, amounts in minor units. Raises `ValidationError`, which names every fault."""
        given = {name: value for name, value in asdict(self).items() if value is not UNSET}
        columns = {name: value for name, value in given.items() if name not in AMOUNTS}
        check_instructions(columns.get("instructions", {}))
        faults: dict[str, Sequence[str]] = {}
        for name in AMOUNTS.keys() & given.keys():
            try:
                columns[AMOUNTS[name]] = _minor(given[name], currency, name)
            except InvalidAmount as error:
                faults |= error.fields
        if faults:
            raise ValidationError(fields={name: faults[name] for name in AMOUNTS if name in faults})
        return columns


def create_config(*, values: MethodConfigValues) -> PaymentMethodConfig:
    """Offer a way to pay; method, country, currency and name are given. Raises `ValidationError`, `AlreadyTaken`."""
    assert isinstance(values.currency, str), "a way to pay has a currency"
    columns, now = {"instructions": {}, **values.columns(currency=values.currency)}, clock.now()
    _check_limits(PaymentMethodConfig(**columns))
    config: PaymentMethodConfig = _unique(
        lambda: PaymentMethodConfig.objects.create(created_at=now, updated_at=now, **columns)
    )
    _record(EventType.PAYMENT_METHOD_CONFIG_CREATED, config)
    return config


def change_config(*, config_id: UUID, changes: MethodConfigValues) -> PaymentMethodConfig:
    """Change a way to pay. Raises `NotFound`, `ValidationError`, `AlreadyTaken`.

    Amounts are kept in minor units of the currency: with another currency each of them has to be sent anew.
    """
    config = _locked(config_id)
    currency = config.currency if changes.currency is UNSET else changes.currency
    if currency != config.currency:
        _refuse_stale_amounts(config, changes)
    columns = changes.columns(currency=currency)
    columns = {name: value for name, value in columns.items() if value != getattr(config, name)}
    if not columns:
        return config
    for name, value in columns.items():
        setattr(config, name, value)
    _check_limits(config)
    rows = PaymentMethodConfig.objects.filter(id=config.id)
    _unique(lambda: conditional_update(rows, updated_at=clock.now(), **columns))
    _record(EventType.PAYMENT_METHOD_CONFIG_UPDATED, config, fields=[*sorted(columns)])
    return rows.get()


def remove_config(*, config_id: UUID) -> None:
    """Take a way to pay away; payments made by it stay. Raises `NotFound`."""
    config = _locked(config_id)
    PaymentMethodConfig.objects.filter(id=config.id).delete()
    _record(EventType.PAYMENT_METHOD_CONFIG_REMOVED, config)


def _locked(config_id: UUID) -> PaymentMethodConfig:
    config = lock_one(PaymentMethodConfig.objects.filter(id=config_id))
    if config is None:
        raise NotFound
    return config


def _minor(text: str | None, currency: str, name: str) -> int | None:
    return None if text is None else parse_amount(text, currency, field=name, allow_zero=name == "tolerance")


def _check_limits(config: PaymentMethodConfig) -> None:
    lowest, highest = config.min_amount_minor, config.max_amount_minor
    if lowest is not None and highest is not None and lowest > highest:
        raise ValidationError(fields={"max_amount": ["This is below the least amount."]})


def _refuse_stale_amounts(config: PaymentMethodConfig, changes: MethodConfigValues) -> None:
    stale = [name for name in AMOUNTS if getattr(config, AMOUNTS[name]) and getattr(changes, name) is UNSET]
    if stale:
        raise ValidationError(fields={name: ["Send this again in the new currency."] for name in stale})


def _unique(write: Any) -> Any:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        sentence = "This method has another entry of this name for the country and currency."
        raise AlreadyTaken(fields={"display_name": [sentence]}) from error


def _record(fact: EventType, config: PaymentMethodConfig, **more: Any) -> None:
    """The hash proves later which instructions stood there; the texts themselves stay out of the log."""
    record(
        fact,
        account_id=PLATFORM_ID,
        subject_type="payment_method_config",
        subject_id=config.id,
        data={
            "payment_method": config.payment_method,
            "country": config.country,
            "currency": config.currency,
            "enabled": config.enabled,
            "instructions_sha256": hashlib.sha256(canonical_json(config.instructions).encode()).hexdigest(),
            **{column: getattr(config, column) for column in AMOUNTS.values()},
            **more,
        },
    )
