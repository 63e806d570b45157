"""Somebody with a browser's cookies who looks at the portal, without a browser."""

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import AccountRole
from tests.staff import PASSWORD, Person, team_member

PORTAL = "/portal/"


@dataclass
class Visitor:
    """A person's browser: cookies, and forms filled in as the page gave them."""

    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=False))

    def get(self, path: str, **headers: str) -> Any:
        """A page."""
        return self.client.get(path, headers=headers)

    def submit(self, path: str, values: dict[str, Any], *, page: str | None = None, **headers: str) -> Any:
        """Fill in the form of a page and send it to the path; the page's token and key go along."""
        hidden = self.hidden(page or path)
        return self.client.post(path, {**hidden, **values}, headers=headers)

    def hidden(self, page: str) -> dict[str, str]:
        """The token and a fresh key, as a rendered page carries them."""
        text = self.get(page).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        assert token is not None, text
        return {"csrfmiddlewaretoken": token[1], "key": str(uuid.uuid4())}


def signed_in(account: Account, role: AccountRole = AccountRole.OWNER) -> tuple[Visitor, Person]:
    """A new person of the account, signed in at the portal."""
    person = team_member(account, role)
    visitor = Visitor()
    answer = visitor.submit(f"{PORTAL}sign-in/", {"email": person.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (303, PORTAL), answer.content
    return visitor, person
