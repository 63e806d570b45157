"""What the admin reads of Django's own tables: the names of models."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import GrantTo


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [
        ("accounts", "0002_enforced"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations: ClassVar = [GrantTo("web, operator", "SELECT", "TABLE django_content_type")]
