"""What a payer does next at a gateway."""

from typing import Annotated, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from igny8_core.business.billing.answers.payments import PaymentAnswer
from igny8_core.business.billing.domain.gateway_states import ActionDocument
from igny8_core.business.billing.selectors.payment_rows import PaymentRow
from igny8_core.http.answers import Answer


class ActionAnswer(Answer):
    """What the payer's browser does: go to `url`, post `fields` there, or show `text` as a QR code.

    `push` asks for nothing: the payer's telephone has been asked.
    """

    type: Annotated[str, Meta(extra_json_schema={"enum": ["redirect", "form", "push", "qr"]})]
    url: str | UnsetType = UNSET
    fields: dict[str, str] | UnsetType = UNSET
    text: str | UnsetType = UNSET


class CheckoutAnswer(Answer):
    """A payment at a gateway; `action` is null while nobody knows what the gateway has done."""

    payment: PaymentAnswer
    action: ActionAnswer | None

    @classmethod
    def of(cls, payment: PaymentRow, action: ActionDocument | None) -> Self:
        """The payment, and its action as it is stored."""
        told = None if action is None else msgspec.convert(action, ActionAnswer)
        return cls(payment=PaymentAnswer.of(payment), action=told)


class MessageKeptAnswer(Answer):
    """The message is kept and will be read; so it is if it had come before."""

    kept: bool = True
