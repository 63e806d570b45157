"""Seller and buyer, as on an invoice."""

from django.conf import settings

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.papers import Parties
from igny8_core.seller import Party


def parties_of(account: Account) -> Parties:
    """The platform's company and the account as they are now, for an invoice that is being finalised."""
    buyer = Party(name=account.name, address=account.address, country=account.country, tax_id=account.tax_id)
    return Parties(seller=settings.ENV.seller, buyer=buyer)
