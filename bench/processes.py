"""What the product's processes have used: processor time and memory, from /proc."""

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.5
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Family:
    """A process and its children: the web server and its workers, the postmaster and its backends."""

    pid: int

    def children(self) -> list[int]:
        """The ids of the children that run now."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(_fields(path)[1]) == self.pid:
                    found.append(int(path.parent.name))
        return found

    def cpu_seconds(self) -> float:
        """Processor time so far: its own, its children's, and that of children which have ended."""
        own = _fields(Path(f"/proc/{self.pid}/stat"))
        ticks = sum(map(int, own[11:15]))
        for child in self.children():
            with contextlib.suppress(OSError):
                ticks += sum(map(int, _fields(Path(f"/proc/{child}/stat"))[11:13]))
        return ticks / _TICKS


class Memory:
    """Samples the resident memory of the web server's workers; `highest_mb` is what the largest of them ever held."""

    def __init__(self, web: Family) -> None:
        self.highest_mb = 0.0
        self.pids = web.children()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Sample until the block ends."""
        done = threading.Event()
        thread = threading.Thread(target=self._sample_until, args=(done,))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _sample_until(self, done: threading.Event) -> None:
        while not done.wait(EVERY_SECONDS):
            self.highest_mb = max(self.highest_mb, *map(_resident_mb, self.pids))


def _fields(path: Path) -> list[str]:
    """The fields of a stat file behind the command's name, which may hold spaces: state first."""
    return path.read_text().rpartition(")")[2].split()


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} tells no memory")
