"""The database that tests stand on: a PostgreSQL server, a migrated template, and a copy of it for each test process.

The embedded server's cluster with its template is kept in `build/` under a key of everything that shapes the
schema, so that only a change of the schema pays for a migration. A run works on a copy: the kept one is never used.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from igny8_core.env import ensure_secrets, load, socket_dir
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.embedded_postgres import EmbeddedPostgres
from psycopg import sql

BACKEND = Path(__file__).resolve().parents[1]
KEPT = BACKEND.parent / "build" / "test-clusters"
TEMPLATE = "igny8_test"
# Models are not among them: a model that disagrees with its migrations fails `make check`.
SHAPES_THE_SCHEMA = (
    *("**/migrations/*.py", "accounts/*.py", "events/sql.py", "kit/*.py", "env.py", "**/fixtures/*"),
    *("**/commands/load_*", "**/commands/set_*"),
)
SHAPES_THE_SERVER = ("requirements/runtime.txt", "backend/tests/ground.py")


class Ground:
    """What the first process of a run prepares and removes; the others only make their own database."""

    def __init__(self) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="igny8-test-"))
        self.data_dir.chmod(0o755)
        self.server: EmbeddedPostgres | None = None
        os.environ |= {
            "IGNY8_DATA_DIR": str(self.data_dir),
            "IGNY8_THROTTLE": "off",
            "IGNY8_PROCESS": "owner",
            "IGNY8_ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        }

    def prepare(self) -> None:
        """Bring up a server with the migrated template, and say in the environment where it is."""
        os.environ["IGNY8_ROLE_PREFIX"] = TEMPLATE
        if os.environ.get("DATABASE_URL"):
            self._migrate_template(os.environ["DATABASE_URL"])
            return
        kept = KEPT / schema_key()
        if not kept.exists():
            self._make(kept)
        _copy(kept, self.data_dir)
        self._start()
        self._point_at_template(load(os.environ).owner_url)

    def remove(self) -> None:
        """Stop the server and remove its folder."""
        if self.server is not None:
            self.server.stop()
        shutil.rmtree(self.data_dir, ignore_errors=True)

    def _make(self, kept: Path) -> None:
        """Make a cluster with the template, and keep it in place of those of older schemas."""
        self._start()
        owner_url = load(os.environ).owner_url
        self._migrate_template(owner_url)
        del os.environ["DATABASE_URL"]
        assert self.server is not None
        self.server.stop()
        KEPT.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=KEPT))
        _copy(self.data_dir, unfinished)
        for older in KEPT.iterdir():
            if older != unfinished:
                shutil.rmtree(older, ignore_errors=True)
        unfinished.replace(kept)

    def _start(self) -> None:
        secrets = ensure_secrets(self.data_dir)
        self.server = EmbeddedPostgres(self.data_dir, secrets=secrets, sockets=socket_dir(self.data_dir))
        self.server.initialise()
        self.server.start()
        self.server.ensure_owner()

    def _migrate_template(self, owner_url: str) -> None:
        recreate(owner_url, TEMPLATE, None)
        self._point_at_template(owner_url)
        for command in (
            ["migrate", "--verbosity", "0"],
            ["load_payment_methods", "--enabled", "--verbosity", "0"],
            ["load_credit_packages", "--verbosity", "0"],
            # One operator decides alone wherever a test does not say otherwise.
            ["set_approval_limits", "--verbosity", "0", *(f"{currency}=none" for currency in CURRENCIES)],
        ):
            environment = {**os.environ, "IGNY8_PROCESS": "owner" if command[0] == "migrate" else "worker"}
            subprocess.run(
                [sys.executable, "-W", "ignore", "manage.py", *command], cwd=BACKEND, env=environment, check=True
            )

    def _point_at_template(self, owner_url: str) -> None:
        os.environ |= {"IGNY8_TEST_OWNER_URL": owner_url, "DATABASE_URL": with_database(owner_url, TEMPLATE)}


def own_database() -> None:
    """A copy of the template for this test process, and the settings that name it."""
    name = f"{TEMPLATE}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    recreate(os.environ["IGNY8_TEST_OWNER_URL"], name, TEMPLATE)
    os.environ |= {
        "DATABASE_URL": with_database(os.environ["IGNY8_TEST_OWNER_URL"], name),
        "IGNY8_PROCESS": "web",
        "DJANGO_SETTINGS_MODULE": "igny8_core.settings",
    }


def recreate(url: str, name: str, template: str | None) -> None:
    """A new database of this name, empty or a copy of the template."""
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        tail = sql.SQL("") if template is None else sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + tail)


def schema_key() -> str:
    """A name for the schema that the tree at hand would make."""
    paths = [path for pattern in SHAPES_THE_SCHEMA for path in (BACKEND / "igny8_core").glob(pattern)]
    paths += [BACKEND.parent / name for name in SHAPES_THE_SERVER]
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(set(paths)):
        digest.update(str(path.relative_to(BACKEND.parent)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def _copy(source: Path, target: Path) -> None:
    """Copy cluster and secrets; `cp -a` keeps the OS user that PostgreSQL runs as."""
    for name in ("postgres", "secrets.json"):
        shutil.rmtree(target / name, ignore_errors=True)
        subprocess.run(["cp", "-a", source / name, target / name], check=True)


def with_database(url: str, name: str) -> str:
    """The same server's URL with another database."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()
