"""The cards that payers keep at gateways: never a number, only what tells cards apart."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.billing.domain.saved_cards import CardState
from igny8_core.kit.models import TenantManager, TenantModel


class SavedCard(TenantModel):
    """A card at its gateway, from the page on which it is entered to its end; never deleted.

    `setup_handle`, `card_handle` and `customer` are the gateway's names for the page, the card and the account; each is
    written once. Brand, digits and expiry are what the gateway has told, empty before. `next_ask_at` is when the
    gateway is asked without anybody's wish.
    """

    gateway = models.CharField(max_length=16)
    live = models.BooleanField()
    state = models.CharField(max_length=16)
    action = models.JSONField(null=True)
    success_url = models.CharField(max_length=500)
    cancel_url = models.CharField(max_length=500)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    next_ask_at = models.DateTimeField(null=True)
    setup_handle = models.CharField(max_length=255, blank=True, default="")
    card_handle = models.CharField(max_length=255, blank=True, default="")
    customer = models.CharField(max_length=255, blank=True, default="")
    brand = models.CharField(max_length=40, blank=True, default="")
    last4 = models.CharField(max_length=4, blank=True, default="")
    exp_month = models.SmallIntegerField(null=True)
    exp_year = models.SmallIntegerField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "billing_savedcard"
        indexes: ClassVar = [
            models.Index(fields=["account", "state"], name="savedcard_account_state"),
            models.Index(fields=["next_ask_at"], condition=Q(next_ask_at__isnull=False), name="savedcard_next_ask"),
        ]
        constraints: ClassVar = [
            # A gateway's message says nothing of the account; and no two accounts share a card.
            models.UniqueConstraint(
                fields=["gateway", "setup_handle"], condition=~Q(setup_handle=""), name="savedcard_setup_once"
            ),
            models.UniqueConstraint(
                fields=["gateway", "card_handle"], condition=~Q(card_handle=""), name="savedcard_card_once"
            ),
            models.CheckConstraint(condition=Q(state__in=[*map(str, CardState)]), name="savedcard_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "ended"])
                | (~Q(card_handle="") & ~Q(customer="") & ~Q(last4="") & Q(exp_month__range=(1, 12))),
                name="savedcard_saved_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.id} ({self.state})"
