"""Bank accounts, statements, their lines, and what those were matched with."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue

SEQUENCES = (
    "banking_bankaccount_sequence",
    "banking_csvprofile_sequence",
    "banking_import_sequence",
    "banking_line_sequence",
)


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("accounts", "0001_tables"), ("billing", "0001_tables")]

    operations: ClassVar = [
        *[migrations.RunSQL(f"CREATE SEQUENCE {name}", f"DROP SEQUENCE {name}") for name in SEQUENCES],
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "sequence",
                    models.BigIntegerField(db_default=NextValue("banking_bankaccount_sequence"), editable=False),
                ),
                ("name", models.CharField(max_length=80)),
                ("number", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("payment_method", models.CharField(default="bank_transfer", max_length=16)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "db_table": "banking_bankaccount",
                "constraints": [
                    models.UniqueConstraint(fields=("number", "currency"), name="bankaccount_once"),
                    models.CheckConstraint(
                        condition=Q(("currency__regex", "^[A-Z]{3}$")), name="bankaccount_currency_shape"
                    ),
                    models.CheckConstraint(
                        condition=Q(("number__regex", "^[A-Z0-9]{4,40}$")), name="bankaccount_number_shape"
                    ),
                    models.CheckConstraint(
                        condition=Q(("payment_method__in", ["bank_transfer", "local_wallet", "stripe", "paypal"])),
                        name="bankaccount_method_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedCsvProfile",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "sequence",
                    models.BigIntegerField(db_default=NextValue("banking_csvprofile_sequence"), editable=False),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("definition", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
            options={"db_table": "banking_csvprofile"},
        ),
        migrations.CreateModel(
            name="StatementImport",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(db_default=NextValue("banking_import_sequence"), editable=False)),
                ("file_name", models.CharField(max_length=255)),
                ("size_bytes", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("format", models.CharField(blank=True, max_length=16)),
                ("status", models.CharField(max_length=20)),
                (
                    "bank_account",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="banking.bankaccount"),
                ),
                (
                    "csv_profile",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, related_name="+", to="banking.savedcsvprofile"
                    ),
                ),
                ("uploaded_by_id", models.UUIDField(null=True)),
                ("lines_read", models.IntegerField(default=0)),
                ("lines_imported", models.IntegerField(default=0)),
                ("lines_duplicate", models.IntegerField(default=0)),
                ("lines_unreadable", models.IntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=1000)),
                ("problem_code", models.CharField(blank=True, max_length=64)),
                ("unreadable_lines", models.JSONField(default=list)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "banking_import",
                "indexes": [
                    models.Index(fields=["sequence"], name="import_sequence"),
                    models.Index(fields=["status", "sequence"], name="import_status_sequence"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("status__in", ["done", "matching", "needs_confirmation", "received"])),
                        fields=("sha256",),
                        name="import_file_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            (
                                "status__in",
                                ["received", "needs_confirmation", "matching", "done", "refused", "discarded"],
                            )
                        ),
                        name="import_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FileChunk",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "statement_import",
                    models.ForeignKey(
                        db_index=False, on_delete=models.CASCADE, related_name="chunks", to="banking.statementimport"
                    ),
                ),
                ("position", models.IntegerField()),
                ("content", models.BinaryField()),
            ],
            options={
                "db_table": "banking_filechunk",
                "constraints": [
                    models.UniqueConstraint(fields=("statement_import", "position"), name="filechunk_position")
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "statement_import",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.PROTECT,
                        related_name="statements",
                        to="banking.statementimport",
                    ),
                ),
                ("position", models.IntegerField()),
                (
                    "bank_account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="statements", to="banking.bankaccount"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("identification", models.CharField(blank=True, max_length=140)),
                ("currency", models.CharField(max_length=3)),
                ("opening_minor", models.BigIntegerField(null=True)),
                ("closing_minor", models.BigIntegerField(null=True)),
                ("sum_minor", models.BigIntegerField(default=0)),
                ("balances_agree", models.BooleanField(null=True)),
                ("first_date", models.DateField(null=True)),
                ("last_date", models.DateField(null=True)),
                ("lines_imported", models.IntegerField(default=0)),
                ("lines_duplicate", models.IntegerField(default=0)),
                ("lines_not_booked", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "banking_statement",
                "indexes": [models.Index(fields=["bank_account", "id"], name="statement_bank_account")],
                "constraints": [
                    models.UniqueConstraint(fields=("statement_import", "position"), name="statement_position"),
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["statement", "notification"])), name="statement_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(db_default=NextValue("banking_line_sequence"), editable=False)),
                (
                    "statement_import",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="lines", to="banking.statementimport"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="lines", to="banking.statement"
                    ),
                ),
                (
                    "bank_account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="banking.bankaccount"
                    ),
                ),
                ("position", models.IntegerField()),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("booking_date", models.DateField(null=True)),
                ("value_date", models.DateField(null=True)),
                ("counterparty_name", models.CharField(blank=True, max_length=300)),
                ("counterparty_account", models.CharField(blank=True, max_length=64)),
                ("end_to_end_id", models.CharField(blank=True, max_length=140)),
                ("structured_reference", models.CharField(blank=True, max_length=140)),
                ("remittance", models.CharField(blank=True, max_length=4000)),
                ("bank_reference", models.CharField(blank=True, max_length=140)),
                ("is_return", models.BooleanField(default=False)),
                ("raw", models.CharField(blank=True, max_length=8000)),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("occurrence", models.IntegerField(default=1)),
                ("status", models.CharField(default="new", max_length=16)),
                ("certain", models.BooleanField(default=False)),
                ("proposals", models.JSONField(default=list)),
                ("rejected", models.JSONField(default=list)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "banking_line",
                "indexes": [
                    models.Index(fields=["sequence"], name="line_sequence"),
                    models.Index(fields=["status", "sequence"], name="line_status_sequence"),
                    models.Index(fields=["statement_import", "status", "sequence"], name="line_import_status"),
                    models.Index(fields=["statement_import", "sequence"], name="line_import_sequence"),
                    models.Index(fields=["bank_account", "sequence"], name="line_bank_account"),
                    models.Index(
                        condition=Q(("bank_reference", ""), _negated=True),
                        fields=["bank_account", "bank_reference"],
                        name="line_bank_reference",
                    ),
                    models.Index(
                        condition=Q(("status", "matched")),
                        fields=["bank_account", "amount_minor", "sequence"],
                        name="line_matched_amount",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("statement", "position"), name="line_position"),
                    models.UniqueConstraint(fields=("bank_account", "fingerprint", "occurrence"), name="line_once"),
                    models.CheckConstraint(
                        condition=Q(
                            (
                                "status__in",
                                ["new", "unmatched", "proposed", "matched", "ignored", "parked", "unreadable"],
                            )
                        ),
                        name="line_status_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("amount_minor__isnull", False), ("status__in", ("unreadable", "ignored")), _connector="OR"
                        ),
                        name="line_money_is_read",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineMatch",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="matches", to="banking.statementline"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="billing.payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="billing.refund",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("automatic", models.BooleanField(default=False)),
                ("awaits_approval", models.BooleanField(default=False)),
                ("decided_by_id", models.UUIDField(null=True)),
                ("score", models.SmallIntegerField(null=True)),
                ("reasons", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "banking_match",
                "indexes": [
                    models.Index(fields=["line"], name="match_line"),
                    models.Index(fields=["account", "payment"], name="match_payment"),
                    models.Index(
                        condition=Q(("awaits_approval", True), ("undone_at", None)),
                        fields=["id"],
                        name="match_awaiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("kind__in", ("payment", "invoice", "balance")), ("undone_at", None)),
                        fields=("account", "payment"),
                        name="match_payment_once",
                    ),
                    models.UniqueConstraint(
                        condition=Q(("kind", "bounce"), ("undone_at", None)),
                        fields=("account", "payment"),
                        name="match_bounce_once",
                    ),
                    models.UniqueConstraint(
                        condition=Q(("refund__isnull", False), ("undone_at", None)),
                        fields=("account", "refund"),
                        name="match_refund_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["payment", "invoice", "balance", "refund", "bounce"])),
                        name="match_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(("payment__isnull", False), ("refund__isnull", False), _connector="XOR"),
                        name="match_one_subject",
                    ),
                    models.CheckConstraint(condition=Q(("amount_minor__gt", 0)), name="match_amount_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownPayer",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False, on_delete=models.PROTECT, related_name="+", to="accounts.account"
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("times", models.IntegerField(default=1)),
                ("last_paid_at", models.DateTimeField()),
            ],
            options={
                "db_table": "banking_knownpayer",
                "indexes": [models.Index(fields=["number"], name="knownpayer_number")],
                "constraints": [models.UniqueConstraint(fields=("account", "number"), name="knownpayer_once")],
            },
        ),
    ]
