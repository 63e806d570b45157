"""Proofs of payment, under row-level security, added and never changed."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import igny8_core.kit.ids
from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy, GrantTo
from igny8_core.kit.models import NextValue

SEQUENCE = "billing_paymentproof_sequence"
# Pictures and documents are compressed already: trying again would cost time on every write.
PLAIN = "ALTER TABLE billing_paymentproof ALTER COLUMN content SET STORAGE EXTERNAL"
KEEP = """CREATE TRIGGER billing_paymentproof_keep BEFORE UPDATE OR DELETE ON billing_paymentproof
 FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete()"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0009_found_by_bank_lines"), ("accounts", "0006_profile")]

    operations: ClassVar = [
        migrations.RunSQL(f"CREATE SEQUENCE {SEQUENCE}", f"DROP SEQUENCE {SEQUENCE}"),
        migrations.CreateModel(
            "PaymentProof",
            fields=[
                ("id", models.UUIDField(primary_key=True, default=igny8_core.kit.ids.uuid7, editable=False, serialize=False)),
                ("sequence", models.BigIntegerField(db_default=NextValue(SEQUENCE), editable=False)),
                ("name", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=8)),
                ("size_bytes", models.IntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        "accounts.Account", on_delete=django.db.models.deletion.PROTECT, related_name="+", db_index=False
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        "billing.Payment", on_delete=django.db.models.deletion.PROTECT, related_name="proofs",
                        db_constraint=False, db_index=False,
                    ),
                ),
            ],
            options={
                "db_table": "billing_paymentproof",
                "constraints": [
                    models.UniqueConstraint(fields=["account", "payment", "sha256"], name="paymentproof_once"),
                    models.CheckConstraint(condition=Q(kind__in=["png", "jpeg", "webp", "pdf"]), name="paymentproof_kind_known"),
                    models.CheckConstraint(condition=Q(size_bytes__gt=0, size_bytes__lte=10485760), name="paymentproof_size"),
                ],
            },
        ),
        GrantTo("web, worker, operator", "USAGE", f"SEQUENCE {SEQUENCE}"),
        EnableTenancy("billing_paymentproof", privileges="SELECT, INSERT"),
        CompositeForeignKey("billing_paymentproof", "payment_id", "billing_payment"),
        migrations.RunSQL(PLAIN, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
