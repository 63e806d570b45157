"""What waits for a second admin."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.kit.ids import uuid7


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="PendingChange",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=8)),
                ("subject", models.CharField(max_length=36)),
                ("payload", models.JSONField()),
                ("requested_by_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("outcome", models.CharField(blank=True, default="", max_length=16)),
                ("decided_by_id", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_in", models.BigIntegerField(editable=False, null=True)),
            ],
            options={
                "db_table": "platform_pendingchange",
                "indexes": [
                    models.Index(condition=Q(("outcome", "")), fields=["expires_at"], name="pendingchange_open"),
                    models.Index(fields=["kind", "subject", "decided_in"], name="pendingchange_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("outcome", "")), fields=("kind", "subject"), name="pendingchange_open_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(("kind__in", ("limit", "role", "key"))), name="pendingchange_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("decided_at__isnull", True), ("outcome", "")),
                            Q(
                                ("decided_at__isnull", False),
                                (
                                    "outcome__in",
                                    ["confirmed", "alone", "rejected", "withdrawn", "replaced", "expired"],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="pendingchange_outcome_has_its_time",
                    ),
                ],
            },
        ),
    ]
