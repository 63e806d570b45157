"""VerifiedLedger: up to which lines an account's part of the ledger was verified."""

from typing import ClassVar

from django.db import models

from igny8_core.kit.models import TenantManager, TenantModel


class VerifiedLedger(TenantModel):
    """Where the recount of an account continues: after these lines and after that event of its chain.

    `balances` has, for each code, the last verified line and the balance after it: `[{"unit", "code", "sequence",
    "amount_minor"}]`; `journals` counts what was verified. `stamp` proves that we wrote the row: somebody who can only
    write to the database cannot forge it (`kit/sealing.py`).
    """

    event_seq = models.BigIntegerField()
    journals = models.BigIntegerField()
    balances = models.JSONField()
    verified_at = models.DateTimeField()
    stamp = models.CharField(max_length=128)

    objects = TenantManager()

    class Meta:
        db_table = "ledger_verifiedledger"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account"], name="verifiedledger_account")]

    def __str__(self) -> str:
        return f"ledger of {self.account_id} verified at {self.verified_at}"
