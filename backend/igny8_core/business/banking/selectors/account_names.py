"""Finds the accounts that a payer's name may belong to, with an index of all names that is cached for a minute.

A name changed in the meantime makes a proposal weaker or stronger but never books anything: no name match is certain.
"""

import time
from threading import Lock

from igny8_core.accounts.models import Account
from igny8_core.business.banking.domain.names import NameIndex

KEPT_SECONDS = 60
_lock = Lock()
_kept: tuple[int, NameIndex] | None = None


def name_index() -> NameIndex:
    """The index, rebuilt when it is older than a minute."""
    global _kept
    with _lock:
        now = int(time.monotonic())
        if _kept is None or now - _kept[0] > KEPT_SECONDS:
            names = Account.objects.order_by("sequence").values_list("id", "name")
            _kept = (now, NameIndex(names.iterator(chunk_size=5_000)))
        return _kept[1]
