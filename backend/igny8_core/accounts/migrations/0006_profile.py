"""What an account's invoices and letters say of it: its language, its address, its tax number."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0005_key_inside_account")]

    operations: ClassVar = [
        migrations.AddField("account", "language", models.CharField(max_length=8, blank=True, default="")),
        migrations.AddField("account", "address", models.CharField(max_length=300, blank=True, default="")),
        migrations.AddField("account", "tax_id", models.CharField(max_length=32, blank=True, default="")),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=Q(language__in=["", "en", "de", "ur"]), name="account_language_known"
            ),
        ),
    ]
