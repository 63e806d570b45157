"""Events get a place in the whole log, for the operators' pages; the chains stay as they are."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.accounts.tenancy import GrantTo
from igny8_core.kit.models import NextValue

SEQUENCE = "events_event_sequence"
ACTED = Q(actor_id__isnull=False)


def _index(fields: list[str], name: str, **options: Q) -> migrations.AddIndex:
    return migrations.AddIndex("event", models.Index(fields=fields, name=name, **options))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("events", "0003_queue_grants")]

    operations: ClassVar = [
        migrations.RunSQL(f"CREATE SEQUENCE {SEQUENCE}", f"DROP SEQUENCE {SEQUENCE}"),
        GrantTo("web, worker, operator", "USAGE", f"SEQUENCE {SEQUENCE}"),
        # Rows that are there are numbered in the order they lie in, which is the order they were written in:
        # the table has never seen an update.
        migrations.AddField(
            "event", "sequence", models.BigIntegerField(db_default=NextValue(SEQUENCE), editable=False)
        ),
        _index(["sequence"], "event_sequence"),
        _index(["type", "sequence"], "event_type_sequence"),
        _index(["subject_id", "sequence"], "event_subject_sequence"),
        _index(["actor_id", "sequence"], "event_actor_sequence", condition=ACTED),
    ]
