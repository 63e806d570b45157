"""What we know of payments at gateways: each checkout and dispute, and every message that a gateway has sent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.billing.domain.disputes import DisputedMoney
from igny8_core.business.billing.domain.gateway_states import GatewayStatus
from igny8_core.business.billing.domain.money_back import DisputeStatus
from igny8_core.business.billing.models.payment import Payment
from igny8_core.business.billing.models.saved_card import SavedCard
from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class Checkout(TenantModel):
    """A payment's checkout at its gateway: what was asked for, what the gateway said last, when it is asked again.

    The gateway's own name for it is the payment's `gateway_handle`, empty until the gateway has told it. `state` is the
    gateway's last word, empty while there is none. `action` is what the payer's browser does next. `problem` is for
    operators: why nobody asks by itself any more, or how the gateway's answer differs from what we expect. With a
    `card` it is a charge of that saved card, and no page.
    """

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="checkouts", db_constraint=False, db_index=False
    )
    card = models.ForeignKey(
        SavedCard, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, null=True
    )
    gateway = models.CharField(max_length=16)
    live = models.BooleanField()
    state = models.CharField(max_length=16, blank=True, default="")
    action = models.JSONField(null=True)
    success_url = models.CharField(max_length=500)
    cancel_url = models.CharField(max_length=500)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    asks = models.IntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    next_ask_at = models.DateTimeField(null=True)
    charge = models.CharField(max_length=255, blank=True, default="")
    payer = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=80, blank=True, default="", db_default="")
    """Why the money waits or was refused, in the gateway's word; for operators."""
    fee_minor = models.BigIntegerField(null=True)
    fee_currency = models.CharField(max_length=3, blank=True, default="")
    problem = models.CharField(max_length=300, blank=True, default="")

    objects = TenantManager()

    class Meta:
        db_table = "billing_checkout"
        indexes: ClassVar = [
            models.Index(fields=["next_ask_at"], condition=Q(next_ask_at__isnull=False), name="checkout_next_ask"),
            models.Index(fields=["gateway", "charge"], condition=~Q(charge=""), name="checkout_charge"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "payment"], name="checkout_of_payment_once"),
            models.CheckConstraint(condition=Q(state__in=["", *map(str, GatewayStatus)]), name="checkout_state_known"),
            models.CheckConstraint(
                condition=Q(fee_minor__isnull=True, fee_currency="")
                | Q(fee_minor__isnull=False, fee_currency__regex=r"^[A-Z]{3}$"),
                name="checkout_fee_has_its_currency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.payment_id}"


class GatewayMessage(models.Model):
    """A message of a gateway as it came, once however often it was sent. The platform's, no tenant's.

    The web may add one and read none: whose it is, is found out by the worker. `next_try_at` is null once that is done;
    `outcome` says what came of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gateway = models.CharField(max_length=16)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=255)
    handle = models.CharField(max_length=255, blank=True, default="")
    reference = models.CharField(max_length=255, blank=True, default="")
    charge = models.CharField(max_length=255, blank=True, default="")
    headers = models.JSONField()
    body = models.BinaryField()
    caught_up = models.BooleanField(default=False)
    """It never reached us by itself: we fetched it from the gateway's list."""
    received_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True, default="")
    payment_id = models.UUIDField(null=True)

    class Meta:
        db_table = "billing_gatewaymessage"
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="gatewaymessage_waiting"),
            models.Index(fields=["gateway", "received_at"], name="gatewaymessage_received"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="gatewaymessage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"


class Dispute(TenantModel):
    """What a payer's bank disputes of a payment, as the gateway said last; amounts in minor units.

    `money` is where the disputed money is, and `moves` counts its journals. `respond_by` is when evidence has to be at
    the gateway. `refundable` is the gateway's word on refunds while it lasts.
    """

    sequence = models.BigIntegerField(db_default=NextValue("billing_dispute_sequence"), editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="disputes", db_constraint=False, db_index=False
    )
    gateway = models.CharField(max_length=16)
    gateway_handle = models.CharField(max_length=255)
    status = models.CharField(max_length=32)
    reason = models.CharField(max_length=80, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    money = models.CharField(max_length=16, default=DisputedMoney.UNTOUCHED.value)
    moves = models.SmallIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    fee_currency = models.CharField(max_length=3, blank=True, default="")
    refundable = models.BooleanField()
    respond_by = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "billing_dispute"
        indexes: ClassVar = [
            models.Index(fields=["account", "sequence"], name="dispute_account_sequence"),
            models.Index(fields=["respond_by"], condition=Q(closed_at__isnull=True), name="dispute_respond_by"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "payment", "gateway_handle"], name="dispute_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=[*map(str, DisputeStatus)]), name="dispute_status_known"),
            models.CheckConstraint(condition=Q(money__in=[*map(str, DisputedMoney)]), name="dispute_money_known"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="dispute_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.gateway_handle} ({self.status})"
