"""The frame of a program that makes one untrusted file harmless, run for each file under limits of memory and time.

Decoders of images and PDFs are where a hostile file does its work: they run in a process with an empty environment and
nothing of ours in reach. The file comes on standard input; the answer is a line with the kind it became and its bytes,
or with exit status 3 a reason. A program that uses up its time of the processor is ended by the system (SIGXCPU).
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
    """Why the file is not taken: a word for the caller."""


def run(cleaner: Callable[[bytes], tuple[str, bytes]]) -> int:
    """Clean standard input; a failure of any sort is a refusal. Returns the exit status."""
    _limit()
    try:
        became, made = cleaner(sys.stdin.buffer.read())
        if len(made) > 2 * MAX_BYTES:
            raise Refused("too_large")
    except Refused as refusal:
        sys.stdout.write(str(refusal))
        return REFUSED
    except BaseException:  # decoders raise all sorts of things, out of memory among them
        sys.stdout.write("unreadable")
        return REFUSED
    sys.stdout.buffer.write(became.encode() + b"\n" + made)
    return 0


def _limit() -> None:
    """As far as the system knows these limits; macOS does not enforce the first."""
    # At the first limit of time the system says why it ends the program, at the second one it only ends it.
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
