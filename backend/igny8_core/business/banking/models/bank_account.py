"""The merchant's own bank accounts, and how their CSV and XLSX exports are read."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue


class BankAccount(models.Model):
    """One of our accounts at a bank or wallet; `number` is an IBAN or the bank's own number, letters
    and digits only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("banking_bankaccount_sequence"), editable=False)
    name = models.CharField(max_length=80)
    number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    payment_method = models.CharField(max_length=16, default=PaymentMethod.BANK_TRANSFER.value)
    """The payment method whose cash account in the ledger holds its money."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "banking_bankaccount"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "currency"], name="bankaccount_once"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="bankaccount_currency_shape"),
            models.CheckConstraint(condition=Q(number__regex=r"^[A-Z0-9]{4,40}$"), name="bankaccount_number_shape"),
            models.CheckConstraint(
                condition=Q(payment_method__in=[*map(str, PaymentMethod)]), name="bankaccount_method_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number} {self.currency})"


class SavedCsvProfile(models.Model):
    """How one bank's CSV or XLSX export is read; `domain/csv_profile.py` checks the `definition`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("banking_csvprofile_sequence"), editable=False)
    name = models.CharField(max_length=80, unique=True)
    definition = models.JSONField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "banking_csvprofile"

    def __str__(self) -> str:
        return self.name
