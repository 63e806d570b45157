"""Events get a place in the whole log, for the operators' pages; the chains stay as they are."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from igny8_core.accounts.tenancy import GrantTo
from igny8_core.kit.models import NextValue

SEQUENCE = "events_event_sequence"
# Ids sort by the time they were made; no hash covers the new column. The checks of foreign keys that the update
# leaves behind run at once: the table cannot be altered while they wait.
RENUMBER = """ALTER TABLE events_event DISABLE TRIGGER events_event_append_only;
UPDATE events_event AS changed SET sequence = counted.number
 FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM events_event) AS counted WHERE changed.id = counted.id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE events_event ENABLE TRIGGER events_event_append_only"""
ACTED = Q(actor_id__isnull=False)


def _index(fields: list[str], name: str, **options: Q) -> migrations.AddIndex:
    return migrations.AddIndex("event", models.Index(fields=fields, name=name, **options))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("events", "0003_queue_grants")]

    operations: ClassVar = [
        migrations.RunSQL(f"CREATE SEQUENCE {SEQUENCE}", f"DROP SEQUENCE {SEQUENCE}"),
        GrantTo("web, worker, operator", "USAGE", f"SEQUENCE {SEQUENCE}"),
        migrations.AddField(
            "event", "sequence", models.BigIntegerField(db_default=NextValue(SEQUENCE), editable=False)
        ),
        migrations.RunSQL(RENUMBER, migrations.RunSQL.noop),
        _index(["sequence"], "event_sequence"),
        _index(["type", "sequence"], "event_type_sequence"),
        _index(["subject_id", "sequence"], "event_subject_sequence"),
        _index(["actor_id", "sequence"], "event_actor_sequence", condition=ACTED),
    ]
