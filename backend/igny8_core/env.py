"""The deployment's settings, read once from the environment and the data folder. Nothing else reads `os.environ`."""

import base64
import hashlib
import json
import os
import secrets as random_secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import quote, unquote, urlsplit

from igny8_core.seller import NAMELESS, BadSeller, Party, load_seller

type Process = Literal["owner", "web", "worker"]

PROJECT = Path(__file__).resolve().parents[2]
EMBEDDED_OWNER = "igny8_owner"
EMBEDDED_DATABASE = "igny8"
MAX_SOCKET_FOLDER_BYTES = 90


class BadEnvironment(ValueError):
    """A setting that cannot be used, explained in one sentence."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the data folder stores for this deployment."""

    secret_key: str = field(repr=False)
    superuser_password: str = field(repr=False)
    owner_password: str = field(repr=False)
    web_password: str = field(repr=False)
    worker_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting of a process; `web_password` and `worker_password` are None for logins that an administrator
    created.
    """

    process: Process
    port: int
    data_dir: Path
    demo: bool
    throttle: bool
    embedded: bool
    owner_url: str = field(repr=False)
    web_url: str = field(repr=False)
    worker_url: str = field(repr=False)
    web_password: str | None = field(repr=False)
    worker_password: str | None = field(repr=False)
    role_prefix: str = "igny8"
    secret_key: str = field(default="", repr=False)
    sealing_keys: tuple[str, ...] = field(default=(), repr=False)
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    trusted_proxies: int = 0
    metrics_token: str = field(default="", repr=False)
    base_url: str = ""
    seller: Party = NAMELESS
    templates_dir: Path | None = None
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "billing@localhost"
    return_hosts: frozenset[str] = frozenset()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Every variable of ours, for the gateways: each knows its own."""

    @property
    def url(self) -> str:
        """The database URL of this process's own login."""
        return {"owner": self.owner_url, "web": self.web_url, "worker": self.worker_url}[self.process]


def load(environ: Mapping[str, str]) -> Environment:
    """Read the environment; raises `BadEnvironment` with a sentence that names the variable at fault."""
    process = environ.get("IGNY8_PROCESS", "owner")
    if process not in ("owner", "web", "worker"):
        raise BadEnvironment("IGNY8_PROCESS must be owner, web or worker.")
    data_dir = Path(environ.get("IGNY8_DATA_DIR") or PROJECT / ".data").expanduser().absolute()
    kept = ensure_secrets(data_dir)
    demo = environ.get("IGNY8_DEMO", "1") != "0"
    throttle = environ.get("IGNY8_THROTTLE", "on") != "off"
    if not throttle and not demo:
        raise BadEnvironment("IGNY8_THROTTLE=off is for load tests in demo mode; this is not demo mode.")
    given = {name: environ.get(f"IGNY8_{name}_DATABASE_URL", "") for name in ("WEB", "WORKER")}
    owner_url = environ.get("DATABASE_URL") or _embedded_url(data_dir, kept)
    known = environ.get("DATABASE_URL") or given["WEB"] or given["WORKER"] or owner_url
    named = database_name(known)
    prefix = environ.get("IGNY8_ROLE_PREFIX") or named
    base_url = _base_url(environ)
    return Environment(
        process=cast(Process, process),
        port=_number(environ, "IGNY8_PORT", default=8000, highest=65535),
        data_dir=data_dir,
        demo=demo,
        throttle=throttle,
        embedded=not environ.get("DATABASE_URL"),
        owner_url=owner_url,
        web_url=given["WEB"] or _with_login(owner_url, f"{prefix}_web", kept.web_password),
        worker_url=given["WORKER"] or _with_login(owner_url, f"{prefix}_worker", kept.worker_password),
        web_password=None if given["WEB"] else kept.web_password,
        worker_password=None if given["WORKER"] else kept.worker_password,
        role_prefix=prefix,
        secret_key=environ.get("IGNY8_SECRET_KEY") or kept.secret_key,
        sealing_keys=_list(environ.get("IGNY8_SEALING_KEYS")) or (_fernet_key(f"sealing {kept.secret_key}"),),
        allowed_hosts=_list(environ.get("IGNY8_ALLOWED_HOSTS")) or ("127.0.0.1", "localhost", "[::1]"),
        trusted_proxies=_number(environ, "IGNY8_TRUSTED_PROXIES", default=0, highest=10),
        metrics_token=environ.get("IGNY8_METRICS_TOKEN", ""),
        base_url=base_url,
        seller=_seller(environ, data_dir, demo=demo),
        templates_dir=_folder(environ, "IGNY8_TEMPLATES_DIR"),
        smtp_url=environ.get("IGNY8_SMTP_URL", ""),
        mail_from=environ.get("IGNY8_MAIL_FROM") or "billing@localhost",
        return_hosts=frozenset(
            {urlsplit(base_url).netloc.lower(), *_list(environ.get("IGNY8_RETURN_HOSTS", "").lower())}
        ),
        variables={name: value for name, value in environ.items() if name.startswith("IGNY8_")},
    )


def keep_private() -> None:
    """Set the umask so that files of this process (mails with links, logs, statements) are private. Called first of
    all.
    """
    os.umask(0o077)


def ensure_secrets(data_dir: Path) -> Secrets:
    """The data folder's secrets, created on first use; safe if several processes start at once.

    A folder that is still empty becomes ours and private; one with content keeps its owner's permissions.
    """
    path = data_dir / "secrets.json"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        if not any(data_dir.iterdir()):
            data_dir.chmod(0o700)
        _write_once(path, {name: random_secrets.token_urlsafe(32) for name in Secrets.__dataclass_fields__})
    return Secrets(**json.loads(path.read_text()))


def _write_once(path: Path, document: dict[str, str]) -> None:
    """A hard link fails if the name exists: the second process reads what the first one wrote."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(document, file, indent=1)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        Path(temporary).unlink(missing_ok=True)


def socket_dir(data_dir: Path) -> Path:
    """The directory of the embedded server's socket: in the data folder unless the path would be too long."""
    folder = data_dir / "run"
    if len(os.fsencode(folder)) <= MAX_SOCKET_FOLDER_BYTES:
        return folder
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"igny8-{name}"


def database_name(url: str) -> str:
    """The name of the database in a URL; raises `BadEnvironment`."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name:
        raise BadEnvironment("A database URL looks like postgresql://user:password@host:5432/database.")
    return name


def _embedded_url(data_dir: Path, kept: Secrets) -> str:
    host = quote(str(socket_dir(data_dir)), safe="")
    return f"postgresql://{EMBEDDED_OWNER}:{quote(kept.owner_password, safe='')}@/{EMBEDDED_DATABASE}?host={host}"


def _with_login(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{address}").geturl()


def _number(environ: Mapping[str, str], name: str, *, default: int, highest: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) <= highest):
        raise BadEnvironment(f"{name} must be a whole number from 0 to {highest}, not {text!r}.")
    return int(text)


def _base_url(environ: Mapping[str, str]) -> str:
    """The public address of the product: the beginning of every link in a letter."""
    text = environ.get("IGNY8_BASE_URL") or f"http://127.0.0.1:{environ.get('IGNY8_PORT') or 8000}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadEnvironment("IGNY8_BASE_URL looks like https://billing.example.com.")
    return text.rstrip("/")


def _seller(environ: Mapping[str, str], data_dir: Path, *, demo: bool) -> Party:
    named = environ.get("IGNY8_SELLER_FILE")
    if named and not Path(named).is_file():
        raise BadEnvironment(f"IGNY8_SELLER_FILE names {named}, which is not a file.")
    try:
        return load_seller(Path(named) if named else data_dir / "seller.json", demo=demo)
    except BadSeller as error:
        raise BadEnvironment(str(error)) from error


def _folder(environ: Mapping[str, str], name: str) -> Path | None:
    named = environ.get(name)
    if named and not Path(named).is_dir():
        raise BadEnvironment(f"{name} names {named}, which is not a folder.")
    return Path(named) if named else None


def _fernet_key(secret: str) -> str:
    """A key of the form Fernet takes, from a secret of 256 random bits."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).decode("ascii")


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
