"""Journals, their lines, the balances they come to, and how far each account was verified."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue

SEQUENCES = ("ledger_journal_sequence", "ledger_line_sequence")


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("accounts", "0001_tables")]

    operations: ClassVar = [
        *[migrations.RunSQL(f"CREATE SEQUENCE {name}", f"DROP SEQUENCE {name}") for name in SEQUENCES],
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("code", models.CharField(max_length=32)),
                ("unit", models.CharField(max_length=8)),
                ("amount_minor", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "ledger_balance",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "unit", "code"), name="balance_once"),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("code", "customer_balance"), _negated=True), ("amount_minor__lte", 0), _connector="OR"
                        ),
                        name="balance_customer_never_owes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Journal",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("sequence", models.BigIntegerField(db_default=NextValue("ledger_journal_sequence"), editable=False)),
                ("kind", models.CharField(max_length=32)),
                ("source_id", models.UUIDField()),
                ("cycle", models.SmallIntegerField(default=0)),
                ("unit", models.CharField(max_length=8)),
                ("memo", models.CharField(blank=True, max_length=200)),
                ("posted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_journal",
                "indexes": [models.Index(fields=["account", "source_id"], name="journal_account_source")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "kind", "source_id", "cycle"), name="journal_once"),
                    models.CheckConstraint(
                        condition=Q(
                            (
                                "kind__in",
                                [
                                    "invoice_issued",
                                    "invoice_voided",
                                    "invoice_written_off",
                                    "payment_settled",
                                    "payment_reversed",
                                    "balance_applied",
                                    "balance_unapplied",
                                    "refund_to_balance",
                                    "refund_requested",
                                    "refund_paid",
                                    "refund_cancelled",
                                    "credits_granted",
                                    "credits_taken_back",
                                    "credits_restored",
                                    "credits_consumed",
                                    "credits_adjusted",
                                ],
                            )
                        ),
                        name="journal_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("sequence", models.BigIntegerField(db_default=NextValue("ledger_line_sequence"), editable=False)),
                (
                    "journal",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="lines",
                        to="ledger.journal",
                    ),
                ),
                ("code", models.CharField(max_length=32)),
                ("unit", models.CharField(max_length=8)),
                ("amount_minor", models.BigIntegerField()),
                ("balance_minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "ledger_journalline",
                "indexes": [models.Index(fields=["account", "unit", "code", "sequence"], name="journalline_running")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "journal", "code"), name="journalline_code_once"),
                    models.CheckConstraint(
                        condition=Q(("amount_minor", 0), _negated=True), name="journalline_not_zero"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VerifiedLedger",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("event_seq", models.BigIntegerField()),
                ("journals", models.BigIntegerField()),
                ("balances", models.JSONField()),
                ("verified_at", models.DateTimeField()),
                ("stamp", models.CharField(max_length=128)),
            ],
            options={
                "db_table": "ledger_verifiedledger",
                "constraints": [models.UniqueConstraint(fields=("account",), name="verifiedledger_account")],
            },
        ),
    ]
