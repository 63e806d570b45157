"""Names of the PostgreSQL roles that a deployment runs under. Pure: settings.py reads it before Django
is configured.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from igny8_core.env import Environment


@dataclass(frozen=True, slots=True)
class DatabaseRoles:
    """The web and worker logins, and the role that an operator's transaction switches to."""

    web: str
    worker: str
    operator: str

    @classmethod
    def of(cls, environment: Environment) -> "DatabaseRoles":
        """The logins come from the database URLs; the operator role's name is built from the prefix."""
        return cls(
            web=unquote(urlsplit(environment.web_url).username or ""),
            worker=unquote(urlsplit(environment.worker_url).username or ""),
            operator=f"{environment.role_prefix}_operator",
        )
