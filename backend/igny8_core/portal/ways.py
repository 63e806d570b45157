"""The payment methods for an invoice, prepared for a page: completed instructions, fields to copy, a QR code."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from igny8_core.business.billing.domain.availability import MethodConfig
from igny8_core.business.billing.domain.instructions import fill
from igny8_core.business.billing.domain.methods import MANUAL, PaymentMethod
from igny8_core.business.billing.domain.payment_qr import payment_qr
from igny8_core.business.billing.public import AvailableMethods
from igny8_core.business.documents.public import qr_svg
from igny8_core.kit.money import format_amount
from igny8_core.portal import sentences

ORDER = tuple(sentences.INSTRUCTION)
NOTE = "note"


@dataclass(frozen=True, slots=True)
class Way:
    """A payment method; `facts` are (field, value, displayed value) in the order in which a payer types them."""

    id: UUID
    name: str
    method: str
    facts: list[tuple[str, str, str]]
    note: str
    requires_proof: bool
    qr: SafeString | None

    @property
    def is_wallet(self) -> bool:
        """Whether the money is sent from a phone."""
        return self.method == PaymentMethod.LOCAL_WALLET


def ways_of(offered: AvailableMethods, *, amount_minor: int) -> list[Way]:
    """The manual payment methods offered for an invoice, with their instructions."""
    invoice = offered.invoice
    assert invoice is not None, "asked for an invoice"
    return [
        _way(config, invoice.currency, invoice.creditor_reference or "", amount_minor)
        for config in offered.methods
        if config.payment_method in MANUAL
    ]


def chosen(ways: list[Way], requested: str, *, default_method: str | None) -> Way | None:
    """The method that the reader chose; otherwise one like the account's default; otherwise the first."""
    by_request = [way for way in ways if str(way.id) == requested]
    by_default = [way for way in ways if way.method == default_method]
    return next(iter([*by_request, *by_default, *ways]), None)


def _way(config: MethodConfig, currency: str, reference: str, amount_minor: int) -> Way:
    amount = f"{format_amount(amount_minor, currency)} {currency}"
    filled = fill(config.instructions, reference=reference, amount=amount)
    code = payment_qr(
        payment_method=config.payment_method,
        currency=currency,
        instructions=config.instructions,
        amount_minor=amount_minor,
        reference=reference,
    )
    facts = [(name, filled[name], _display_value(name, filled[name])) for name in ORDER if filled.get(name)]
    return Way(
        id=config.id,
        name=config.display_name,
        method=config.payment_method,
        facts=facts,
        note=filled.get(NOTE, ""),
        requires_proof=config.requires_proof,
        qr=None if code is None else picture(code),
    )


def picture(code: str) -> SafeString:
    """A QR code as inline SVG, which shows the text but does not contain it."""
    return mark_safe(qr_svg(code))  # noqa: S308


def _display_value(name: str, value: str) -> str:
    """An IBAN in groups of four, the print format of ISO 13616."""
    plain = value.replace(" ", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4)) if name == "iban" else value
