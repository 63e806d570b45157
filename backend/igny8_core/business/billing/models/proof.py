"""Proofs of payment: files that a payer adds to show that money was sent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.billing.models.payment import Payment
from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class PaymentProof(TenantModel):
    """A file, as it was re-encoded; rows are added and never changed.

    The bytes are stored in the row, so that they are deleted with it and row-level security protects them. `name` is
    the sender's file name, for display only; `sha256` is of `content`.
    """

    sequence = models.BigIntegerField(db_default=NextValue("billing_paymentproof_sequence"), editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="proofs", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=8)
    size_bytes = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        db_table = "billing_paymentproof"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "payment", "sha256"], name="paymentproof_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["png", "jpeg", "webp", "pdf"]), name="paymentproof_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(size_bytes__gt=0, size_bytes__lte=10 * 1024 * 1024), name="paymentproof_size"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.payment_id}"
