"""Names of the PostgreSQL roles a deployment runs under. Pure: settings reads it before Django stands."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from igny8_core.env import Environment


@dataclass(frozen=True, slots=True)
class DatabaseRoles:
    """The two lesser logins, and the role an operator's transaction takes by name."""

    web: str
    worker: str
    operator: str

    @classmethod
    def of(cls, environment: Environment) -> "DatabaseRoles":
        """The logins are those of the URLs; the operator role carries the prefix."""
        return cls(
            web=unquote(urlsplit(environment.web_url).username or ""),
            worker=unquote(urlsplit(environment.worker_url).username or ""),
            operator=f"{environment.role_prefix}_operator",
        )
