"""Who sells and who buys, as an invoice says it."""

from dataclasses import asdict
from typing import Any

from django.conf import settings

from igny8_core.accounts.models import Account


def parties_of(account: Account) -> dict[str, dict[str, Any]]:
    """The platform's company and the account's as they are now, for an invoice that becomes final."""
    buyer = {name: getattr(account, name) for name in ("name", "address", "country", "tax_id")}
    return {"seller": asdict(settings.ENV.seller), "buyer": buyer}
