"""Invitations for tests: what the worker would mail, and the link in it."""

import re
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import connection
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services.invitations import new_mail
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.portal.tasks import invitation_mail

LINK = re.compile(r"https?://[^/\s]+(/portal/invitation/igi_[\w-]{43}/)")
TEAM, EVERY = "/api/v1/account/invitations/", "/api/v1/admin/invitations/"


def mailed(invitation: dict[str, Any]) -> EmailMessage | None:
    """The mail that the worker sends for an invitation as answered; a new one at each call."""
    account_id = invitation["account_id"]
    scope = Scope.operators() if account_id is None else Scope.of(UUID(account_id))
    mail = unit_of_work.run(lambda: new_mail(invitation_id=UUID(invitation["id"])), scope=scope, actor=SYSTEM)
    return None if mail is None else invitation_mail(mail)


def link_of(invitation: dict[str, Any]) -> str:
    """The path in that mail, which must go to the address that was invited."""
    mail = mailed(invitation)
    assert mail is not None and mail.to == [invitation["email"]]
    found = LINK.findall(str(mail.body))
    assert len(found) == 1, mail.body
    return str(found[0])


def at_once(posts: list[Callable[[], Any]]) -> list[Any]:
    """The answers of posts that all begin in the same moment."""
    barrier, answers = threading.Barrier(len(posts)), list[Any]()

    def run(post: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            answers.append(post())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[post]) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
