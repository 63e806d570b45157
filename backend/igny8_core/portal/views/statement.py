"""The statement of account: invoices, payments and the amount due after each, and the balance with us."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from igny8_core.business.billing.public import invoice_numbers, payment_references
from igny8_core.business.ledger.domain.chart import Code
from igny8_core.business.ledger.public import money_balances, owed_by_currency, own_lines
from igny8_core.kit.money import format_amount
from igny8_core.portal import lists
from igny8_core.portal.views.base import AccountPage


class Statement(AccountPage):
    """One currency's lines, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A page of the statement."""
        return self.page("portal/statement.html", self._document)

    def _document(self) -> dict[str, Any]:
        account, home = self.visit.account, self.visit.account.billing_currency
        owed, held = {home: 0, **owed_by_currency(account)}, {home: 0, **money_balances(account)}
        currencies = sorted({*owed, *held})
        requested = self.request.GET.get("currency", "")
        currency = requested if requested in currencies else home
        of_balance = self.request.GET.get("of", "") == "balance"
        code = Code.CUSTOMER_BALANCE if of_balance else Code.RECEIVABLE
        page = lists.newest_first(self.request, own_lines(account, unit=currency, code=code))
        sources = [line.journal.source_id for line in page.rows]
        numbers, references = invoice_numbers(account, sources), payment_references(account, sources)
        sign = -1 if of_balance else 1
        return {
            "currency": currency,
            "currencies": currencies,
            "of_balance": of_balance,
            "owed": format_amount(owed.get(currency, 0), currency),
            "held": format_amount(held.get(currency, 0), currency),
            "page": page,
            "query": f"currency={currency}&of=balance" if of_balance else f"currency={currency}",
            "lines": [
                {
                    "kind": line.journal.kind,
                    "posted_at": line.journal.posted_at,
                    "name": numbers.get(source) or references.get(source, ""),
                    "payment_id": source if source in references else None,
                    **_columns(sign * line.amount_minor, currency),
                    "after": format_amount(sign * line.balance_minor, currency),
                }
                for line, source in zip(page.rows, sources, strict=True)
            ],
        }


def _columns(amount_minor: int, currency: str) -> dict[str, str | None]:
    return {
        "plus": format_amount(amount_minor, currency) if amount_minor > 0 else None,
        "minus": format_amount(-amount_minor, currency) if amount_minor < 0 else None,
    }
