"""The payment methods that the platform offers: maintained by finance, recorded in the platform's event chain."""

import hashlib
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
from igny8_core.kit.money import parse_amounts

AMOUNTS = {"min_amount": "min_amount_minor", "max_amount": "max_amount_minor", "tolerance": "tolerance_minor"}
UNIQUE_VIOLATION = "23505"


@dataclass(frozen=True, slots=True)
class MethodConfigValues:
    """The given fields of a payment method; amounts are decimal text. `UNSET` keeps a value or takes the default."""

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

    def put_into(self, config: PaymentMethodConfig) -> list[str]:
        """Apply the given fields to the row, amounts in minor units; returns the columns that change.

        Raises a `ValidationError` that names every fault.
        """
        given = {name: value for name, value in asdict(self).items() if value is not UNSET}
        check_instructions(given.get("instructions", {}))
        texts = {name: given[name] for name in AMOUNTS if given.get(name) is not None}
        minor = parse_amounts(texts, given.get("currency", config.currency), allow_zero=("tolerance",))
        changed: list[str] = []
        for name, value in given.items():
            column, new = (AMOUNTS[name], minor.get(name)) if name in AMOUNTS else (name, value)
            if new != getattr(config, column):
                setattr(config, column, new)
                changed.append(column)
        return changed


def create_config(*, values: MethodConfigValues) -> PaymentMethodConfig:
    """Offer a payment method; method, country, currency and name are required. Raises `ValidationError`,
    `AlreadyTaken`.
    """
    now = clock.now()
    config = PaymentMethodConfig(instructions={}, created_at=now, updated_at=now)
    values.put_into(config)
    _check_limits(config)
    _unique(lambda: PaymentMethodConfig.objects.bulk_create([config]))
    _record(EventType.PAYMENT_METHOD_CONFIG_CREATED, config)
    return config


def change_config(*, config_id: UUID, changes: MethodConfigValues) -> PaymentMethodConfig:
    """Change a payment method. Raises `NotFound`, `ValidationError`, `AlreadyTaken`.

    Amounts are stored in minor units of the currency, so a new currency requires all of them to be sent again.
    """
    config = _locked(config_id)
    if changes.currency not in (UNSET, config.currency):
        _refuse_stale_amounts(config, changes)
    changed = changes.put_into(config)
    if not changed:
        return config
    _check_limits(config)
    rows, columns = PaymentMethodConfig.objects.filter(id=config.id), {name: getattr(config, name) for name in changed}
    _unique(lambda: conditional_update(rows, updated_at=clock.now(), **columns))
    _record(EventType.PAYMENT_METHOD_CONFIG_UPDATED, config, fields=sorted(changed))
    return rows.get()


def remove_config(*, config_id: UUID) -> None:
    """Remove a payment method; payments made with it are kept. Raises `NotFound`."""
    config = _locked(config_id)
    PaymentMethodConfig.objects.filter(id=config.id).delete()
    _record(EventType.PAYMENT_METHOD_CONFIG_REMOVED, config)


def _locked(config_id: UUID) -> PaymentMethodConfig:
    config = lock_one(PaymentMethodConfig.objects.filter(id=config_id))
    if config is None:
        raise NotFound
    return config


def _check_limits(config: PaymentMethodConfig) -> None:
    lowest, highest = config.min_amount_minor, config.max_amount_minor
    if lowest is not None and highest is not None and lowest > highest:
        raise ValidationError(fields={"max_amount": ["This is below the minimum amount."]})


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
        sentence = "This method already has an entry with this name for the country and currency."
        raise AlreadyTaken(fields={"display_name": [sentence]}) from error


def _record(fact: EventType, config: PaymentMethodConfig, **more: Any) -> None:
    """The hash can later prove which instructions were configured; the texts themselves are kept out of the log."""
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
