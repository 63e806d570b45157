"""Payment methods: those on offer, and those that an account has saved."""

from typing import Annotated, Self
from uuid import UUID

import msgspec
from msgspec import Meta

from igny8_core.business.billing.answers.checkouts import ActionAnswer
from igny8_core.business.billing.domain.availability import MethodConfig
from igny8_core.business.billing.domain.instructions import fill
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import ONLINE
from igny8_core.business.billing.domain.payment_qr import payment_qr
from igny8_core.business.billing.domain.saved_cards import CardState
from igny8_core.business.billing.models import AccountPaymentMethod, PaymentMethodConfig, SavedCard
from igny8_core.business.billing.services.payment_service import AvailableMethods
from igny8_core.http.answers import Answer, Instant, same_names
from igny8_core.kit.money import format_amount, format_optional


class CardAnswer(Answer):
    """A card that is kept at a gateway, as the gateway has told it."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int


class SavedMethodAnswer(Answer):
    """A payment method that an account has saved; `card` is null where there is nothing to charge."""

    id: UUID
    payment_method: str
    label: str
    details: dict[str, str]
    is_default: bool
    created_at: Instant
    updated_at: Instant
    card: CardAnswer | None

    @classmethod
    def of(cls, saved: AccountPaymentMethod) -> Self:
        """The saved method."""
        card = None if saved.card is None else CardAnswer(**same_names(CardAnswer, saved.card))
        return cls(**{**same_names(cls, saved), "card": card})


class CardSetupAnswer(Answer):
    """A card on its way to be saved: `action` while the payer can enter it, `method` once it is saved."""

    id: UUID
    status: Annotated[str, Meta(extra_json_schema={"enum": [*map(str, CardState)]})]
    action: ActionAnswer | None
    method: SavedMethodAnswer | None

    @classmethod
    def of(cls, card: SavedCard, saved: AccountPaymentMethod | None) -> Self:
        """The card, and the saved method that has become of it."""
        open_one = card.state == CardState.OPEN and card.action is not None
        return cls(
            id=card.id,
            status=card.state,
            action=msgspec.convert(card.action, ActionAnswer) if open_one else None,
            method=None if saved is None else SavedMethodAnswer.of(saved),
        )


class MethodConfigAnswer(Answer):
    """A payment method as configured."""

    id: UUID
    payment_method: str
    country: str
    currency: str
    display_name: str
    instructions: dict[str, str]
    requires_proof: bool
    enabled: bool
    sort_order: int
    created_at: Instant
    updated_at: Instant
    min_amount: str | None
    max_amount: str | None
    tolerance: str

    @classmethod
    def of(cls, config: PaymentMethodConfig) -> Self:
        """The configured method."""
        return cls(
            **same_names(cls, config),
            min_amount=format_optional(config.min_amount_minor, config.currency),
            max_amount=format_optional(config.max_amount_minor, config.currency),
            tolerance=format_amount(config.tolerance_minor, config.currency),
        )


class AvailableMethodAnswer(Answer):
    """A payment method with its instructions filled in."""

    payment_method: str
    display_name: str
    currency: str
    min_amount: str | None
    max_amount: str | None
    instructions: dict[str, str]
    reference: str | None
    qr: str | None
    requires_proof: bool
    sort_order: int

    @classmethod
    def of(cls, config: MethodConfig, offered: AvailableMethods) -> Self:
        """The configured method; without an invoice, placeholder words stand for its reference and amount."""
        invoice, currency = offered.invoice, config.currency
        reference = (invoice and invoice.creditor_reference) or ""
        due_minor = 0 if invoice is None else invoice.amount_total_minor - invoice.amount_settled_minor
        payable = invoice is not None and invoice.status == InvoiceStatus.PENDING
        return cls(
            payment_method=config.payment_method,
            display_name=config.display_name,
            currency=currency,
            min_amount=format_optional(config.min_amount_minor, currency),
            max_amount=format_optional(config.max_amount_minor, currency),
            instructions=fill(
                config.instructions,
                reference=reference or "your invoice's reference",
                amount="the amount due" if invoice is None else format_amount(due_minor, currency),
            ),
            reference=reference or None,
            qr=payment_qr(
                payment_method=config.payment_method,
                currency=currency,
                instructions=config.instructions,
                amount_minor=due_minor if payable else 0,
                reference=reference,
            ),
            requires_proof=config.requires_proof,
            sort_order=config.sort_order,
        )


class AvailableMetadataAnswer(Answer):
    """The country and currency asked for, and which gateways are live."""

    country: str
    currency: str | None
    default_method: SavedMethodAnswer | None
    gateways: dict[str, bool]


class AvailableMethodsAnswer(Answer):
    """The payment methods on offer."""

    methods: list[AvailableMethodAnswer]
    metadata: AvailableMetadataAnswer

    @classmethod
    def of(cls, offered: AvailableMethods) -> Self:
        """What the account is offered."""
        default = offered.default_method
        metadata = AvailableMetadataAnswer(
            country=offered.country,
            currency=offered.currency,
            default_method=None if default is None else SavedMethodAnswer.of(default),
            gateways={method: method in offered.live_gateways for method in ONLINE},
        )
        return cls(methods=[AvailableMethodAnswer.of(config, offered) for config in offered.methods], metadata=metadata)
