"""An operator in a browser: a session's cookie, forms with their token, parts asked for as htmx asks."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.services.web_sessions import open_session, prove_password
from igny8_core.http.sessions import COOKIE
from tests.staff import PASSWORD, Person, operator

CONSOLE = "/admin/"
TOKEN = re.compile(r'X-CSRFToken": "(\w+)"|name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass
class DeskClient:
    """Somebody at the console; anonymous until a session is given."""

    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=False))

    def get(self, path: str, *, part: bool = False) -> Any:
        """A page, or with `part` what htmx would swap in."""
        return self.client.get(path, headers={"HX-Request": "true"} if part else {})

    def post(self, path: str, fields: dict[str, Any] | None = None, *, of: str = f"{CONSOLE}approvals/") -> Any:
        """Send a form of the page `of`, with its token."""
        found = TOKEN.search(self.client.get(of).content.decode())
        assert found is not None, f"{of} has no form"
        token = found[1] or found[2]
        return self.client.post(path, fields or {}, headers={"X-CSRFToken": token, "HX-Request": "true"})


def at_desk(role: OperatorRole) -> tuple[DeskClient, Person]:
    """A new operator of the role, signed in to the console."""
    person = operator(role)
    proven = prove_password(email=person.email, password=PASSWORD)
    session = open_session(proven=proven, code="", lasting=False, request_id=None)
    desk = DeskClient()
    desk.client.cookies[COOKIE] = session.secret
    return desk, person
