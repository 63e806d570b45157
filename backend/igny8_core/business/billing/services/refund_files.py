"""Pending transfers of refunds as files that a bank or a person can work through."""

from dataclasses import dataclass

from igny8_core.business.billing.domain import pain001
from igny8_core.business.billing.domain.errors import NothingToExport
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.refunds import RefundDestination, RefundStatus
from igny8_core.business.billing.models import PaymentMethodConfig, Refund
from igny8_core.kit import clock, csv_text
from igny8_core.kit.money import format_amount
from igny8_core.kit.sealing import unseal

HEADER = ("refund_id", "account", "beneficiary", "iban", "amount", "currency", "reference", "reason", "requested_at")


@dataclass(frozen=True, slots=True)
class File:
    """A file for download."""

    name: str
    content_type: str
    content: bytes


def refund_file(*, format: str, currency: str | None) -> File:
    """The pending transfers, oldest first: `csv` contains all of them, `pain001` those in EUR with a known IBAN.

    Raises `NothingToExport`.
    """
    pending = Refund.objects.across_accounts().filter(
        status=RefundStatus.PENDING.value, destination=RefundDestination.TRANSFER.value
    )
    rows = pending if currency is None else pending.filter(currency=currency)
    found = list(rows.select_related("account", "payment").order_by("sequence"))
    return _csv(found) if format == "csv" else _pain001(found)


def _csv(refunds: list[Refund]) -> File:
    lines = [
        (
            refund.id,
            refund.account.name,
            *_beneficiary(refund),
            format_amount(refund.amount_minor, refund.currency),
            refund.currency,
            refund.payment.transaction_reference,
            refund.reason,
            refund.created_at.isoformat(),
        )
        for refund in refunds
    ]
    return File("refunds.csv", "text/csv; charset=utf-8", csv_text.write(HEADER, lines))


def _pain001(refunds: list[Refund]) -> File:
    ready = [refund for refund in refunds if refund.currency == "EUR" and refund.beneficiary_sealed]
    debtor = _debtor()
    if not ready or debtor is None:
        raise NothingToExport
    now = clock.now()
    content = pain001.build(
        message_id=f"REFUNDS-{now:%Y%m%d%H%M%S}",
        created_at=now,
        execute_on=now.date(),
        debtor=debtor,
        transfers=[_transfer(refund) for refund in ready],
        total=format_amount(sum(refund.amount_minor for refund in ready), "EUR"),
    )
    return File("refunds-pain001.xml", "application/xml", content)


def _transfer(refund: Refund) -> pain001.Transfer:
    name, iban = _beneficiary(refund)
    return pain001.Transfer(
        end_to_end_id=refund.id.hex,
        amount=format_amount(refund.amount_minor, refund.currency),
        creditor=pain001.Party(name, iban),
        remittance=f"Refund {refund.payment.transaction_reference}",
    )


def _beneficiary(refund: Refund) -> tuple[str, str]:
    if not refund.beneficiary_sealed:
        return "", ""
    beneficiary = unseal(refund.beneficiary_sealed)
    return beneficiary["name"], beneficiary["iban"]


def _debtor() -> pain001.Party | None:
    """Our own account: the one that payers in the euro area send money to."""
    configs = PaymentMethodConfig.objects.filter(
        currency="EUR", payment_method=PaymentMethod.BANK_TRANSFER.value, enabled=True
    )
    for config in configs.order_by("sort_order", "country"):
        iban = config.instructions.get("iban")
        if iban:
            return pain001.Party(config.instructions.get("payee_name") or config.display_name, iban.replace(" ", ""))
    return None
