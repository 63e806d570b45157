"""Buying credits: creates an invoice in the account's currency, which grants the credits when it is paid."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import PackageNotOffered
from igny8_core.business.billing.domain.invoice_lines import LineKind
from igny8_core.business.billing.models import CreditPackage, Invoice
from igny8_core.business.billing.services.invoicing import DraftLine, create_invoice, finalize_invoice
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound
from igny8_core.kit.money import format_amount

DUE_AFTER = timedelta(days=14)


def purchase_package(*, account: Account, package_id: UUID) -> Invoice:
    """Invoice a package to the account; returns the pending invoice. Raises `NotFound`, `PackageNotOffered`."""
    package = CreditPackage.objects.filter(id=package_id, enabled=True).first()
    if package is None:
        raise NotFound
    price = package.prices.filter(currency=account.billing_currency).first()
    if price is None:
        raise PackageNotOffered
    line = DraftLine(
        kind=LineKind.CREDIT_PACKAGE,
        description=package.name,
        quantity=1,
        unit_amount=format_amount(price.amount_minor, price.currency),
        credits=package.credits,
    )
    due_date = (clock.now() + DUE_AFTER).astimezone(ZoneInfo(account.time_zone)).date()
    draft = create_invoice(account=account, currency=price.currency, due_date=due_date, lines=[line])
    return finalize_invoice(invoice_id=draft.id)
