"""What PostgreSQL enforces of the event log: it is append-only and tenant by tenant, its outbox is the worker's.

How far chains were verified is operators' and the owner's. The worker's login alone may use the job queue's tables.
"""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.tenancy import DefinerFunction, EnableTenancy, GrantTo, WorkerSeesAll
from igny8_core.events import sql

PLATFORM_CHAIN = f"""INSERT INTO events_chainhead (id, account_id, seq, prev_hash, hash)
 VALUES ('{PLATFORM_ID}', '{PLATFORM_ID}', 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))"""
QUEUE = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("events", "0001_tables"),
        ("accounts", "0002_enforced"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations: ClassVar = [
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE events_event_sequence"),
        EnableTenancy("events_event", privileges="SELECT, INSERT"),
        EnableTenancy("events_chainhead"),
        EnableTenancy("events_verifiedchain", shown_to_tenants=False, unique_pair=False),
        EnableTenancy("events_pendingdispatch", privileges="SELECT, INSERT", unique_pair=False),
        GrantTo("worker", "DELETE, UPDATE", "TABLE events_pendingdispatch"),
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE events_pendingdispatch_id_seq"),
        WorkerSeesAll("events_pendingdispatch"),
        migrations.RunSQL(sql.APPEND_ONLY, "DROP FUNCTION events_refuse_change() CASCADE"),
        DefinerFunction("events_dispatch_lag", "", sql.DISPATCH_LAG),
        *[GrantTo("worker", "SELECT, INSERT, UPDATE, DELETE", f"TABLE {table}") for table in QUEUE],
        *[GrantTo("worker", "USAGE", f"SEQUENCE {table}_id_seq") for table in QUEUE],
        migrations.RunSQL(PLATFORM_CHAIN, migrations.RunSQL.noop),
    ]
