"""The frame of a program that makes one untrusted file harmless, with limits on memory and time.

Hostile files attack the decoders of images and PDFs, so these run in a process with an empty environment and no access
to anything of ours. The file arrives on standard input. The output is a line with the resulting file type followed by
its bytes, or, with exit status 3, a reason. The system ends a program that uses up its processor time (SIGXCPU).
"""

import resource
import sys
from collections.abc import Callable

MAX_BYTES = 5 * 1024 * 1024
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 2
MAX_PIXELS = 25_000_000
REFUSED = 3


class Refused(Exception):
    """Why the file is refused: a word for the caller."""


def run(cleaner: Callable[[bytes], tuple[str, bytes]]) -> int:
    """Clean standard input; every failure is a refusal. Returns the exit status."""
    _limit()
    try:
        became, made = cleaner(sys.stdin.buffer.read())
        if len(made) > 2 * MAX_BYTES:
            raise Refused("too_large")
    except Refused as refusal:
        sys.stdout.write(str(refusal))
        return REFUSED
    except BaseException:  # decoders raise all sorts of exceptions, including MemoryError
        sys.stdout.write("unreadable")
        return REFUSED
    sys.stdout.buffer.write(became.encode() + b"\n" + made)
    return 0


def _limit() -> None:
    """Limits are set as far as the system supports them; macOS does not enforce the first."""
    # At the first time limit the system says why it ends the program; at the second it just ends it.
    limits = {
        "RLIMIT_AS": (MEMORY_BYTES, MEMORY_BYTES),
        "RLIMIT_CPU": (CPU_SECONDS, CPU_SECONDS + 1),
        "RLIMIT_CORE": (0, 0),
    }
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), most)
        except (ValueError, OSError):
            continue
