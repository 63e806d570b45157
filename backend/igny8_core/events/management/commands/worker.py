"""The worker process: runs the dispatcher of events beside the queue's own worker."""

import logging
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from procrastinate.contrib.django import app

from igny8_core.events.dispatch import dispatch_batch
from igny8_core.events.subscriptions import queues_beside

POLL_SECONDS = 0.25
RETRY_SECONDS = 2.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Dispatches events and runs jobs until it is asked to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatch in a thread; run jobs in the main thread, which receives signals."""
        stop = threading.Event()
        thread = threading.Thread(target=_dispatch_until, args=(stop,), name="dispatcher", daemon=True)
        thread.start()
        try:
            worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
            with worker_app.open():
                worker_app.run_worker(concurrency=4, name="worker", delete_jobs="successful")
        finally:
            stop.set()
            thread.join(timeout=3)


def _dispatch_until(stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            found = dispatch_batch() + sum(take() for take in queues_beside())
            pause = 0.0 if found else POLL_SECONDS
        except (DatabaseError, InterfaceError) as error:
            logger.warning("dispatch_failed", extra={"error": str(error)})
            connection.close()
            pause = RETRY_SECONDS
        stop.wait(pause)
