"""Checkouts at gateways, the messages that gateways send, and what a gateway calls a payment."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from igny8_core.kit.ids import uuid7


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0003_admin_until"),
        ("billing", "0003_limit_needs_a_second_admin"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Checkout",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=16)),
                ("live", models.BooleanField()),
                ("state", models.CharField(blank=True, default="", max_length=16)),
                ("action", models.JSONField(null=True)),
                ("success_url", models.CharField(max_length=500)),
                ("cancel_url", models.CharField(max_length=500)),
                ("begun_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("asks", models.IntegerField(default=0)),
                ("asked_at", models.DateTimeField(null=True)),
                ("next_ask_at", models.DateTimeField(null=True)),
                ("charge", models.CharField(blank=True, default="", max_length=255)),
                ("payer", models.CharField(blank=True, default="", max_length=80)),
                ("fee_minor", models.BigIntegerField(null=True)),
                ("fee_currency", models.CharField(blank=True, default="", max_length=3)),
                ("problem", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "db_table": "billing_checkout",
            },
        ),
        migrations.CreateModel(
            name="GatewayMessage",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=16)),
                ("event_id", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=255)),
                ("handle", models.CharField(blank=True, default="", max_length=255)),
                ("reference", models.CharField(blank=True, default="", max_length=255)),
                ("charge", models.CharField(blank=True, default="", max_length=255)),
                ("headers", models.JSONField()),
                ("body", models.BinaryField()),
                ("caught_up", models.BooleanField(default=False)),
                ("received_at", models.DateTimeField()),
                ("tries", models.SmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=16)),
                ("payment_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "billing_gatewaymessage",
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="gateway_handle",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=255),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gateway_handle", ""), _negated=True),
                fields=("payment_method", "gateway_handle"),
                name="payment_handle_once",
            ),
        ),
        migrations.AddField(
            model_name="checkout",
            name="account",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.account"
            ),
        ),
        migrations.AddField(
            model_name="checkout",
            name="payment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checkouts",
                to="billing.payment",
            ),
        ),
        migrations.AddIndex(
            model_name="gatewaymessage",
            index=models.Index(
                condition=models.Q(("next_try_at__isnull", False)),
                fields=["next_try_at"],
                name="gatewaymessage_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="gatewaymessage",
            index=models.Index(fields=["gateway", "received_at"], name="gatewaymessage_received"),
        ),
        migrations.AddConstraint(
            model_name="gatewaymessage",
            constraint=models.UniqueConstraint(fields=("gateway", "event_id"), name="gatewaymessage_once"),
        ),
        migrations.AddIndex(
            model_name="checkout",
            index=models.Index(
                condition=models.Q(("next_ask_at__isnull", False)), fields=["next_ask_at"], name="checkout_next_ask"
            ),
        ),
        migrations.AddIndex(
            model_name="checkout",
            index=models.Index(
                condition=models.Q(("charge", ""), _negated=True), fields=["gateway", "charge"], name="checkout_charge"
            ),
        ),
        migrations.AddConstraint(
            model_name="checkout",
            constraint=models.UniqueConstraint(fields=("account", "payment"), name="checkout_of_payment_once"),
        ),
        migrations.AddConstraint(
            model_name="checkout",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["", "open", "processing", "paid", "failed", "expired"])),
                name="checkout_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fee_currency", ""), ("fee_minor__isnull", True)),
                    models.Q(("fee_currency__regex", "^[A-Z]{3}$"), ("fee_minor__isnull", False)),
                    _connector="OR",
                ),
                name="checkout_fee_has_its_currency",
            ),
        ),
    ]
