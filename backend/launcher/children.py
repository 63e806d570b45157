"""The processes under the launcher: started, watched, restarted, and stopped together with everything they started."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

STOP_SECONDS = 6
MAX_BACKOFF_SECONDS = 2
STEADY_SECONDS = 10
PR_SET_PDEATHSIG = 1


class Child:
    """A process in its own group."""

    def __init__(self, name: str, command: list[str], *, environment: dict[str, str], folder: Path, run: Path) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.folder = folder
        self.pid_file = run / f"{name}.pid"
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self.started = 0.0
        self.not_before = 0.0

    def start(self) -> None:
        """Start it and write its pid."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self.pid_file.write_text(f"{self.process.pid}\n")

    def heal(self) -> None:
        """Restart it if it has died: immediately if it ran for long, after a growing pause if it keeps dying early."""
        if self.process is not None:
            if self.process.poll() is None:
                return
            self._kill_orphans()
        if time.monotonic() >= self.not_before:
            print(f"{self.name} has died; starting it again", file=sys.stderr, flush=True)
            self.start()

    def _kill_orphans(self) -> None:
        """Kill its remaining group: surviving workers would keep serving, and hold the port against the new process."""
        self.kill_group()
        self.process = None
        died = time.monotonic()
        self.failures = 0 if died - self.started >= STEADY_SECONDS else self.failures + 1
        self.not_before = died + min(0.5 * self.failures, MAX_BACKOFF_SECONDS)

    def ask_to_stop(self) -> None:
        """SIGTERM to the process; its workers follow it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def finish(self, deadline: float) -> None:
        """Wait until the deadline, then kill what is left of the group."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(deadline - time.monotonic(), 0.1))
        self.kill_group()
        self.pid_file.unlink(missing_ok=True)

    def kill_group(self) -> None:
        """Kill whatever still runs in its group: a server's workers outlive a killed server."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)


def stop_all(children: list[Child], then: Callable[[], None]) -> None:
    """Stop the children together, then what they depend on."""
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.finish(deadline)
    then()


def _die_with_parent() -> None:
    """If the launcher is killed, the kernel sends its children SIGTERM."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
