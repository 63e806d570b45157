"""Balance: the cached sum of a code's lines, updated in the statement that writes them and checked by recounts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.kit.models import TenantManager, TenantModel


class Balance(TenantModel):
    """The balance of a code of an account, in minor units of `unit`; debits are positive."""

    code = models.CharField(max_length=32)
    unit = models.CharField(max_length=8)
    amount_minor = models.BigIntegerField(default=0)

    objects = TenantManager()

    class Meta:
        db_table = "ledger_balance"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "unit", "code"], name="balance_once"),
            models.CheckConstraint(
                condition=~Q(code="customer_balance") | Q(amount_minor__lte=0), name="balance_customer_never_owes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount_minor} {self.unit}"
