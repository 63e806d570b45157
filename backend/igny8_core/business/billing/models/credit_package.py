"""Credit packages and their prices: offered by the platform, the same for every account."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.kit.ids import uuid7


class CreditPackage(models.Model):
    """A number of credits that an account can buy."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    credits = models.BigIntegerField()
    enabled = models.BooleanField(default=True)
    sort_order = models.SmallIntegerField(default=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "billing_creditpackage"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(credits__gt=0), name="creditpackage_credits_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class CreditPackagePrice(models.Model):
    """What a package costs in a currency, in minor units, without tax."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    package = models.ForeignKey(CreditPackage, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "billing_creditpackageprice"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["package", "currency"], name="creditpackageprice_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="creditpackageprice_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="creditpackageprice_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"
