"""Credits: the balance, movements, and packages to buy."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.edge import CreditPackageAnswer
from igny8_core.business.billing.public import offered_packages, purchase_package
from igny8_core.business.ledger.edge import CreditTransactionAnswer
from igny8_core.business.ledger.public import credit_lines, credits_of
from igny8_core.portal import lists
from igny8_core.portal.views.base import AccountPage, Done


class Credits(AccountPage):
    """The balance, the packages, and every movement."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.page("portal/credits.html", self._document)

    def _document(self) -> dict[str, Any]:
        account = self.visit.account
        page = lists.newest_first(self.request, credit_lines(account))
        packages = [
            {"package": package, "price": price}
            for package in map(CreditPackageAnswer.of, offered_packages())
            for price in package.prices
            if price.currency == account.billing_currency
        ]
        return {
            "credits": credits_of(account),
            "lines": [CreditTransactionAnswer.of(line) for line in page.rows],
            "page": page,
            "packages": packages,
        }


class Purchase(AccountPage):
    """Buy a package."""

    roles = {"post": AccountRole.ADMIN}  # noqa: RUF012

    def post(self, request: HttpRequest, package_id: UUID) -> HttpResponse:
        """Create a pending invoice and redirect to its payment."""

        def operation() -> Done:
            invoice = purchase_package(account=self.visit.account, package_id=package_id)
            return Done(reverse("portal:pay", args=[invoice.id]), "purchased")

        return self.act(operation)
