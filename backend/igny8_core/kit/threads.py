"""Threads that work off jobs, at most so many at once; a job that only waits lets another one work meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

type Job = Callable[[], None]


class Threads:
    """A fixed number of threads that take jobs in the order in which they came; a job raises nothing."""

    def __init__(self, count: int, *, name: str) -> None:
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._name = name
        self._lock = threading.Lock()
        self._surplus = 0
        for _ in range(count):
            self._start()

    def submit(self, job: Job) -> None:
        """Let a thread run the job as soon as one is free."""
        self._jobs.put(job)

    @contextmanager
    def replaced(self) -> Iterator[None]:
        """While the block runs, another thread works in place of this one; afterwards one thread ends."""
        self._start()
        try:
            yield
        finally:
            with self._lock:
                self._surplus += 1

    def _start(self) -> None:
        threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        _own.threads = self
        while True:
            self._jobs.get()()
            if self._is_surplus():
                return

    def _is_surplus(self) -> bool:
        if not self._surplus:
            return False
        with self._lock:
            if self._surplus:
                self._surplus -= 1
                return True
        return False


class _Own(threading.local):
    """The threads that the current one is one of."""

    threads: Threads | None = None


_own = _Own()


@contextmanager
def stepped_aside() -> Iterator[None]:
    """Let another job work while this one waits; nothing changes in a thread that works off no jobs."""
    if _own.threads is None:
        yield
        return
    with _own.threads.replaced():
        yield
