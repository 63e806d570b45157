"""UUIDv7 (RFC 9562, section 5.7): ids that sort by creation time. Pure."""

import os
import threading
import time
from uuid import UUID

_RANDOM_BITS = 62
_COUNTER_BITS = 12
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id, greater than all ids that this process created before.

    The 12 bits after the milliseconds hold a fraction of the millisecond (method 3 of section 6.2) and are incremented
    if the clock stands still or goes backwards.
    """
    global _last
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    ticks = (milliseconds << _COUNTER_BITS) | ((rest << _COUNTER_BITS) // 1_000_000)
    with _lock:
        _last = ticks = max(ticks, _last + 1)
    random_bits = int.from_bytes(os.urandom(8), "big") >> 2
    milliseconds, counter = ticks >> _COUNTER_BITS, ticks & 0xFFF
    value = (milliseconds << 80) | (0x7 << 76) | (counter << 64) | (0b10 << _RANDOM_BITS) | random_bits
    return UUID(int=value)
