"""An invoice keeps who sold and who bought, as they were when it became final."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0007_list_indexes")]

    operations: ClassVar = [migrations.AddField("invoice", "parties", models.JSONField(null=True))]
