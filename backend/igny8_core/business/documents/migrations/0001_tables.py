"""Letters."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.kit.ids import uuid7


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("accounts", "0001_tables")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("cause_id", models.UUIDField()),
                ("kind", models.CharField(max_length=24)),
                ("subject_id", models.UUIDField()),
                ("recipient", models.EmailField(max_length=254)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "documents_letter",
                "indexes": [
                    models.Index(condition=Q(("state", "waiting")), fields=["created_at"], name="letter_waiting")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "cause_id", "kind", "recipient"), name="letter_once"),
                    models.CheckConstraint(
                        condition=Q(("state__in", ["waiting", "sent", "dropped"])), name="letter_state_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            (
                                "kind__in",
                                [
                                    "invoice_sent",
                                    "payment_received",
                                    "payment_approved",
                                    "payment_rejected",
                                    "payment_returned",
                                    "reminder",
                                ],
                            )
                        ),
                        name="letter_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("sent_at__isnull", False), ("state", "sent")),
                            Q(Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="letter_sent_has_its_time",
                    ),
                ],
            },
        )
    ]
