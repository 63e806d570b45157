"""The first page: what is due, what is being checked, and the account's balances."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from igny8_core.business.billing.edge import PaymentAnswer, covered_invoices
from igny8_core.business.billing.public import (
    PaymentFilters,
    Span,
    awaiting_sums,
    due_sums,
    list_payments,
    open_invoices,
)
from igny8_core.business.ledger.public import holdings
from igny8_core.kit.money import format_amount
from igny8_core.portal import formatting
from igny8_core.portal.views.base import AccountPage

SHOWN_INVOICES = 4
SHOWN_PAYMENTS = 5


class Home(AccountPage):
    """Figures, the most urgent invoices, the newest payments."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.page("portal/home.html", self._document)

    def _document(self) -> dict[str, Any]:
        account = self.visit.account
        credits, balances = holdings(account)
        due = due_sums(account, today=formatting.today(account.time_zone))
        invoices = open_invoices(account)[:SHOWN_INVOICES]
        filters = PaymentFilters(account_id=account.id)
        payments = list_payments(filters=filters, span=Span("-created_at", SHOWN_PAYMENTS))
        return {
            "zero": format_amount(0, account.billing_currency),
            "due": [_sums(each) for each in due],
            "late": sum(each.late for each in due),
            "awaiting": [_sums(each) for each in awaiting_sums(account)],
            "credits": credits,
            "balances": [
                {"amount": format_amount(minor, unit), "currency": unit}
                for unit, minor in {account.billing_currency: 0, **balances}.items()
            ],
            "invoices": covered_invoices(account, list(invoices)),
            "payments": [PaymentAnswer.of(row) for row in payments.rows[:SHOWN_PAYMENTS]],
        }


def _sums(sums: Any) -> dict[str, Any]:
    amount = format_amount(sums.amount_minor, sums.currency)
    return {"amount": amount, "currency": sums.currency, "count": sums.count}
