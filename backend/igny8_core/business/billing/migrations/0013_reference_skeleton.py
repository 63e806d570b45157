"""What references that look alike have in common, for the payments there are as well."""

from typing import Any, ClassVar

from django.db import migrations, models

from igny8_core.business.billing.domain.references import reference_skeleton

BATCH = 2_000


def fill(apps: Any, schema_editor: Any) -> None:
    payments = apps.get_model("billing", "Payment").objects.exclude(reference_normalised="").order_by("id")
    after = None
    while rows := list((payments if after is None else payments.filter(id__gt=after))[:BATCH]):
        for row in rows:
            row.reference_skeleton = reference_skeleton(row.transaction_reference)
        payments.model.objects.bulk_update(rows, ["reference_skeleton"])
        after = rows[-1].id


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0012_refunds_by_two")]

    operations: ClassVar = [
        migrations.AddField(
            "payment", "reference_skeleton",
            models.CharField(blank=True, db_default="", editable=False, max_length=256),
        ),
        migrations.AddIndex(
            "payment", models.Index(fields=["reference_skeleton", "account"], name="payment_reference_skeleton")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
