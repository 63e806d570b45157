"""The foreground command: sets everything up in order, watches it, and stops it again."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from fake_gateway.keys import ensure_keys
from fake_gateway.keys import environment as gateway_environment
from igny8_core.env import BadEnvironment, Environment, ensure_secrets, keep_private, load, socket_dir
from igny8_core.kit.embedded_postgres import DidNotStart, EmbeddedPostgres

from launcher import page, web
from launcher.children import Child, stop_all

BACKEND = Path(__file__).resolve().parents[1]
WATCH_SECONDS = 0.3
READY_SECONDS = 60
# The demo gateway's ports lie this far above the product's own, where they are free.
GATEWAY_PORT_DISTANCE = 500


class Refused(RuntimeError):
    """Why it cannot start, in one sentence."""


class Supervisor:
    """Everything that runs for one data folder."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.run = environment.data_dir / "run"
        self.stopping = False
        self.postgres: EmbeddedPostgres | None = None
        self.children: list[Child] = []
        self.gateway_ports: tuple[int, int] | None = None
        self.gateway_environment: dict[str, str] = {}

    def serve(self) -> None:
        """Set up, start, watch until a signal comes, stop."""
        self.run.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        with self._lock():
            _refuse_taken_port(self.environment.port)
            try:
                self._set_up()
                self._watch()
            finally:
                stop_all(self.children, self._stop_postgres)

    def _set_up(self) -> None:
        if self.environment.embedded:
            self._start_postgres()
        self._manage("migrate", "--verbosity", "0")
        if self.environment.demo:
            self._manage("load_payment_methods", "--enabled")
            self._manage("load_credit_packages")
            self._manage("seed_demo")
            self._manage("seed_demo_statement")
        # The gateway comes first: web and worker are told where it is.
        self.children = [*([self._gateway()] if self.environment.demo else []), self._web(), self._worker()]
        if not self.stopping:
            for child in self.children:
                child.start()

    def _watch(self) -> None:
        announced, deadline = False, time.monotonic() + READY_SECONDS
        while not self.stopping:
            self._heal_postgres()
            for child in self.children:
                child.heal()
            if not announced and self._is_ready():
                announced = True
                print(page.text(self.environment.data_dir, self._base_url(), self._gateway_addresses()), flush=True)
            if not announced and time.monotonic() > deadline:
                print("Not ready yet; see the lines above.", file=sys.stderr, flush=True)
                deadline = time.monotonic() + READY_SECONDS
            time.sleep(WATCH_SECONDS)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    @contextlib.contextmanager
    def _lock(self):  # type: ignore[no-untyped-def]
        """One launcher per data folder."""
        with (self.run / "launcher.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Refused(f"Another `make serve` already runs on {self.environment.data_dir}.") from error
            yield

    def _start_postgres(self) -> None:
        data_dir = self.environment.data_dir
        self.postgres = EmbeddedPostgres(data_dir, secrets=ensure_secrets(data_dir), sockets=socket_dir(data_dir))
        self.postgres.initialise()
        process = self.postgres.start()
        (self.run / "postgres.pid").write_text(f"{process.pid}\n")
        self.postgres.ensure_owner()

    def _heal_postgres(self) -> None:
        if self.postgres is None or self.postgres.process is None or self.postgres.process.poll() is None:
            return
        print("postgres has died; starting it again", file=sys.stderr, flush=True)
        process = self.postgres.start()
        (self.run / "postgres.pid").write_text(f"{process.pid}\n")

    def _stop_postgres(self) -> None:
        if self.postgres is not None:
            self.postgres.stop()
            (self.run / "postgres.pid").unlink(missing_ok=True)

    def _manage(self, *arguments: str) -> None:
        if self.stopping:
            return
        done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=BACKEND, check=False)
        if done.returncode != 0 and not self.stopping:
            raise Refused(f"`manage.py {' '.join(arguments)}` failed; the lines above tell why.")

    def _gateway(self) -> Child:
        """The fake gateway, with the address of the product's incoming messages; it needs no database."""
        folder, messages = self.environment.data_dir, f"{self._base_url()}/api/v1/webhooks"
        port = _free_port(self.environment.port + GATEWAY_PORT_DISTANCE)
        control = _free_port(port + 1)
        keys = ensure_keys(folder / "fake-gateway-keys.json")
        self.gateway_ports = (port, control)
        root = folder / "fake-gateway-root.pem"
        self.gateway_environment = gateway_environment(keys, f"http://127.0.0.1:{port}", root)
        command = [
            *(sys.executable, "-m", "fake_gateway", "--port", str(port), "--control-port", str(control)),
            *("--data", str(folder / "fake-gateway.sqlite3"), "--keys", str(folder / "fake-gateway-keys.json")),
            *("--stripe-webhook", f"{messages}/stripe/", "--paypal-webhook", f"{messages}/paypal/"),
            *("--paypal-root", str(root)),
        ]
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("IGNY8_", "DATABASE_"))}
        environment["PYTHONPATH"] = str(BACKEND)
        return Child("gateway", command, environment=environment, folder=BACKEND, run=self.run)

    def _gateway_addresses(self) -> tuple[str, str] | None:
        """Pages and APIs, and the control plane; None outside demo mode."""
        if self.gateway_ports is None:
            return None
        pages, control = self.gateway_ports
        return f"http://127.0.0.1:{pages}", f"http://127.0.0.1:{control}"

    def _web(self) -> Child:
        command = web.command(self.environment.port)
        return self._child("web", command, url=("IGNY8_WEB_DATABASE_URL", self.environment.web_url))

    def _worker(self) -> Child:
        command = [sys.executable, "manage.py", "worker"]
        return self._child("worker", command, url=("IGNY8_WORKER_DATABASE_URL", self.environment.worker_url))

    def _child(self, name: str, command: list[str], *, url: tuple[str, str]) -> Child:
        """A child knows its own login and never the owner's."""
        environment = {key: value for key, value in os.environ.items() if not key.endswith("DATABASE_URL")}
        # glibc would keep an arena for every thread, and with it memory that nobody uses.
        environment.setdefault("MALLOC_ARENA_MAX", "2")
        environment.setdefault("MALLOC_MMAP_THRESHOLD_", "1048576")
        if not any(name in environment for name in self.gateway_environment):
            # Whoever names a gateway in the environment means that one, and none of the demo's keys goes to it.
            environment |= self.gateway_environment
        environment |= {
            "IGNY8_PROCESS": name,
            "IGNY8_ROLE_PREFIX": self.environment.role_prefix,
            "IGNY8_DATA_DIR": str(self.environment.data_dir),
            "PYTHONPATH": str(BACKEND),
            url[0]: url[1],
        }
        return Child(name, command, environment=environment, folder=BACKEND, run=self.run)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._base_url()}/readyz", timeout=2) as response:  # noqa: S310
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _base_url(self) -> str:
        return f"http://127.0.0.1:{self.environment.port}"


def _free_port(wanted: int) -> int:
    """The wanted port of this machine, or any that is free where it is taken or there is none so high."""
    for port in (wanted if wanted < 65536 else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise Refused("No port is free for the demo gateway.")


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refused(f"Port {port} is taken; choose another with IGNY8_PORT=8001 make serve.") from error


def main() -> int:
    """Serve until asked to stop; a refusal is one sentence and exit status 1."""
    keep_private()
    try:
        Supervisor(load(os.environ)).serve()
    except (Refused, BadEnvironment, DidNotStart) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
