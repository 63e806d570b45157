"""The event log is append-only and tenant by tenant; its outbox belongs to the worker."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.tenancy import DefinerFunction, EnableTenancy, GrantTo, WorkerSeesAll
from igny8_core.events import sql

PLATFORM_CHAIN = f"""INSERT INTO events_chainhead (id, account_id, seq, prev_hash, hash)
 VALUES ('{PLATFORM_ID}', '{PLATFORM_ID}', 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("events", "0001_initial"), ("accounts", "0013_proven_at")]

    operations: ClassVar = [
        EnableTenancy("events_event", privileges="SELECT, INSERT"),
        EnableTenancy("events_chainhead"),
        EnableTenancy("events_pendingdispatch", privileges="SELECT, INSERT", unique_pair=False),
        GrantTo("worker", "DELETE, UPDATE", "TABLE events_pendingdispatch"),
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE events_pendingdispatch_id_seq"),
        WorkerSeesAll("events_pendingdispatch"),
        migrations.RunSQL(sql.APPEND_ONLY, "DROP FUNCTION events_refuse_change() CASCADE"),
        DefinerFunction("events_dispatch_lag", "", sql.DISPATCH_LAG),
        migrations.RunSQL(PLATFORM_CHAIN, f"DELETE FROM events_chainhead WHERE account_id = '{PLATFORM_ID}'"),
    ]
