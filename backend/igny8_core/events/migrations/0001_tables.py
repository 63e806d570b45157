"""The event log, the heads of its chains, how far each was verified, and what is left to dispatch."""

import uuid
from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue

SEQUENCES = ("events_event_sequence",)


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("accounts", "0001_tables")]

    operations: ClassVar = [
        *[migrations.RunSQL(f"CREATE SEQUENCE {name}", f"DROP SEQUENCE {name}") for name in SEQUENCES],
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("sequence", models.BigIntegerField(db_default=NextValue("events_event_sequence"), editable=False)),
                ("type", models.CharField(max_length=64)),
                ("subject_type", models.CharField(max_length=32)),
                ("subject_id", models.UUIDField()),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.UUIDField(null=True)),
                ("request_id", models.UUIDField(null=True)),
                ("occurred_at", models.DateTimeField()),
                ("data", models.JSONField(default=dict)),
                ("prev_hash", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("hash_version", models.SmallIntegerField()),
            ],
            options={
                "db_table": "events_event",
                "indexes": [
                    models.Index(fields=["account", "subject_id", "seq"], name="event_account_subject"),
                    models.Index(fields=["account", "type", "seq"], name="event_account_type"),
                    models.Index(fields=["sequence"], name="event_sequence"),
                    models.Index(fields=["type", "sequence"], name="event_type_sequence"),
                    models.Index(fields=["subject_id", "sequence"], name="event_subject_sequence"),
                    models.Index(
                        condition=Q(("actor_id__isnull", False)),
                        fields=["actor_id", "sequence"],
                        name="event_actor_sequence",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "seq"), name="event_account_seq")],
            },
        ),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("seq", models.BigIntegerField(default=0)),
                ("prev_hash", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "db_table": "events_chainhead",
                "constraints": [models.UniqueConstraint(fields=("account",), name="chainhead_account")],
            },
        ),
        migrations.CreateModel(
            name="VerifiedChain",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
                ("verified_at", models.DateTimeField()),
                ("stamp", models.CharField(max_length=128)),
            ],
            options={
                "db_table": "events_verifiedchain",
                "constraints": [models.UniqueConstraint(fields=("account",), name="verifiedchain_account")],
            },
        ),
        migrations.CreateModel(
            name="PendingDispatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.UUIDField(default=uuid.uuid4)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("type", models.CharField(max_length=64)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={"db_table": "events_pendingdispatch"},
        ),
    ]
