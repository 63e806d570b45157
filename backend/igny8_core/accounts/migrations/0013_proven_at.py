"""When a person last gave password or passkey in a sign-in; unknown, and so too long ago, for those that there are."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0012_second_step_and_resets")]

    operations: ClassVar = [migrations.AddField("accesskey", "proven_at", models.DateTimeField(null=True))]
