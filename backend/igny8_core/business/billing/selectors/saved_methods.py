"""The payment methods that an account has saved."""

from django.db.models import QuerySet

from igny8_core.business.billing.models import AccountPaymentMethod
from igny8_core.kit.models import HasId


def saved_methods(account: HasId) -> QuerySet[AccountPaymentMethod]:
    """The account's saved payment methods, the default first."""
    return AccountPaymentMethod.objects.for_account(account).select_related("card").order_by("-is_default", "id")
