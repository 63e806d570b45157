"""Letters, under row-level security."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import igny8_core.kit.ids
from igny8_core.accounts.tenancy import EnableTenancy

KINDS = ["invoice_sent", "payment_received", "payment_approved", "payment_rejected", "payment_returned", "reminder"]


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("accounts", "0006_profile")]

    operations: ClassVar = [
        migrations.CreateModel(
            "Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(primary_key=True, default=igny8_core.kit.ids.uuid7, editable=False, serialize=False),
                ),
                ("cause_id", models.UUIDField()),
                ("kind", models.CharField(max_length=24)),
                ("subject_id", models.UUIDField()),
                ("recipient", models.EmailField(max_length=254)),
                ("state", models.CharField(max_length=12, default="waiting")),
                ("attempts", models.SmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        "accounts.Account", on_delete=django.db.models.deletion.PROTECT, related_name="+", db_index=False
                    ),
                ),
            ],
            options={
                "db_table": "documents_letter",
                "indexes": [
                    models.Index(fields=["created_at"], condition=Q(state="waiting"), name="letter_waiting"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["account", "cause_id", "kind", "recipient"], name="letter_once"),
                    models.CheckConstraint(
                        condition=Q(state__in=["waiting", "sent", "dropped"]), name="letter_state_known"
                    ),
                    models.CheckConstraint(condition=Q(kind__in=KINDS), name="letter_kind_known"),
                    models.CheckConstraint(
                        condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                        name="letter_sent_has_its_time",
                    ),
                ],
            },
        ),
        EnableTenancy("documents_letter"),
    ]
