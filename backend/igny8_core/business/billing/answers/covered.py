"""Invoices as the portal lists them: each says whether submitted payments cover everything that is left to pay."""

from collections.abc import Sequence

from igny8_core.accounts.models import Account
from igny8_core.business.billing.answers.invoices import InvoiceAnswer
from igny8_core.business.billing.models import Invoice
from igny8_core.business.billing.selectors.dues import covered


class CoveredInvoice(InvoiceAnswer):
    """An invoice in the portal's lists."""

    covered: bool


def covered_invoices(account: Account, invoices: Sequence[Invoice]) -> list[CoveredInvoice]:
    """The account's invoices in the given order."""
    paid_for = covered(account, invoices)
    return [CoveredInvoice.of(each, time_zone=account.time_zone, covered=each.id in paid_for) for each in invoices]
