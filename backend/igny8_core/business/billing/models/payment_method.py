"""Payment methods: what the platform offers in a country, and what an account has saved."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.models.saved_card import SavedCard
from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class PaymentMethodConfig(models.Model):
    """A payment method in a country (`*` = every country) and currency; amounts in minor units."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("billing_methodconfig_sequence"), editable=False)
    payment_method = models.CharField(max_length=16)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    display_name = models.CharField(max_length=80)
    instructions = models.JSONField(default=dict)
    min_amount_minor = models.BigIntegerField(null=True)
    max_amount_minor = models.BigIntegerField(null=True)
    tolerance_minor = models.BigIntegerField(default=0)
    requires_proof = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    sort_order = models.SmallIntegerField(default=100)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "billing_paymentmethodconfig"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "currency", "payment_method", "display_name"], name="methodconfig_once"
            ),
            models.CheckConstraint(
                condition=Q(country="*") | Q(country__regex=r"^[A-Z]{2}$"), name="methodconfig_country_shape"
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="methodconfig_currency"),
            models.CheckConstraint(
                condition=Q(payment_method__in=[*map(str, PaymentMethod)]), name="methodconfig_method_known"
            ),
            models.CheckConstraint(condition=Q(tolerance_minor__gte=0), name="methodconfig_tolerance"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.currency} {self.display_name}"


class AccountPaymentMethod(TenantModel):
    """A payment method that an account has saved; `details` holds masked values only.

    With a `card` it can be charged; without one it is a note of the account's own.
    """

    card = models.ForeignKey(
        SavedCard, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, null=True
    )
    payment_method = models.CharField(max_length=16)
    label = models.CharField(max_length=80)
    details = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        db_table = "billing_accountpaymentmethod"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(is_default=True), name="accountpaymentmethod_one_default"
            ),
            models.UniqueConstraint(
                fields=["account", "card"], condition=Q(card__isnull=False), name="accountpaymentmethod_card_once"
            ),
            models.CheckConstraint(
                condition=Q(payment_method__in=[*map(str, PaymentMethod)]), name="accountpaymentmethod_method_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label
