"""The worker's login may use the job queue's tables; nobody else may."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import GrantTo

TABLES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("events", "0002_tenancy"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations: ClassVar = [
        *[GrantTo("worker", "SELECT, INSERT, UPDATE, DELETE", f"TABLE {table}") for table in TABLES],
        *[GrantTo("worker", "USAGE", f"SEQUENCE {table}_id_seq") for table in TABLES],
    ]
