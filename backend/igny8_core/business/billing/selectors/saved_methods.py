"""The ways to pay that an account remembers."""

from django.db.models import QuerySet

from igny8_core.business.billing.models import AccountPaymentMethod
from igny8_core.kit.models import HasId


def saved_methods(account: HasId) -> QuerySet[AccountPaymentMethod]:
    """The account's saved ways to pay, the default first."""
    return AccountPaymentMethod.objects.for_account(account).order_by("-is_default", "id")
