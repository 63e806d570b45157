"""What the races of credentials share: two who start together, many rounds, and a count of what outlived its revoking."""

import os
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.test import Client
from igny8_core.accounts.models import Account, User
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.events.models import Event
from tests.cast import Api, as_operator
from tests.races.test_manual_payment_races import at_once

ROUNDS = int(os.environ.get("ROUNDS", "60"))
ROUNDS_OF_SIBLINGS = int(os.environ.get("ROUNDS", "20"))
"""The same fault at another door. `make soak` gives all of them 200."""
AUTH, USERS = "/api/v1/auth/", "/api/v1/admin/users/"
SPREAD_SECONDS = 0.008
"""How far apart two start at most: about what a request takes, so that they meet at every point of one another."""


def side_by_side(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads of their own, each begun within a few milliseconds of the others."""
    waits = [random.uniform(0, SPREAD_SECONDS) for _ in acts]

    def act(index: int) -> Any:
        time.sleep(waits[index])
        return acts[index]()

    return at_once(len(acts), act)


def survivors(one_round: Callable[[int], bool], *, rounds: int = ROUNDS_OF_SIBLINGS) -> int:
    """In how many rounds something outlived what should have ended it."""
    return sum(one_round(number) for number in range(rounds))


def tokens_of(email: str, password: str) -> dict[str, str]:
    """The pair of a sign-in, which must succeed."""
    answer = sign_in(email, password)
    assert answer.status_code == 200, answer.content
    tokens: dict[str, str] = answer.json()["data"]
    return tokens


def sign_in(email: str, password: str, **more: str) -> Any:
    """`login/`."""
    return Api(None).post(f"{AUTH}login/", {"email": email, "password": password, **more})


def taken(admin: Api, user_id: str) -> Any:
    """An admin has a person set a new password: the old one is refused from now on."""
    return admin.post(f"{USERS}{user_id}/reset-password/")


def set_password(user_id: str, password: str) -> None:
    """What the person does about it, for the next round."""
    hashed = make_password(password)
    as_operator(lambda: User.objects.filter(id=user_id).update(password=hashed))


def refresh(tokens: dict[str, str]) -> Any:
    """`refresh/`."""
    return Api(None).post(f"{AUTH}refresh/", {"refresh_token": tokens["refresh_token"]})


def is_alive(answer: Any) -> bool:
    """Whether what a sign-in or a refresh answered with still opens anything."""
    if answer.status_code != 200:
        return False
    tokens = answer.json()["data"]
    me = Api(tokens["access_token"]).get(f"{AUTH}me/")
    return me.status_code == 200 or refresh(tokens).status_code == 200


def newest_fact(account: Account | None) -> int:
    """Where the account's chain, or the platform's, ends now."""
    rows: list[int] = as_operator(lambda: list(_chain(account).order_by("-seq").values_list("seq", flat=True)[:1]))
    return rows[0] if rows else 0


def facts_since(account: Account | None, seq: int) -> list[str]:
    """The types of what was recorded after that, in its order."""
    rows: list[str] = as_operator(
        lambda: list(_chain(account).filter(seq__gt=seq).order_by("seq").values_list("type", flat=True))
    )
    return rows


def _chain(account: Account | None) -> Any:
    every = Event.objects.across_accounts()
    return every.filter(account_id=PLATFORM_ID if account is None else account.id)


def happened_after(account: Account | None, seq: int, *, what: str, ending: str) -> bool:
    """Whether `what` was recorded behind the `ending` that should have prevented it, which was recorded once."""
    facts = facts_since(account, seq)
    assert facts.count(ending) == 1, facts
    return what in facts[facts.index(ending) :]


class Browser:
    """A person's browser that knows the addresses: no page is fetched before a form is sent."""

    def __init__(self, **cookies: str) -> None:
        self.client = Client(raise_request_exception=False)
        for name, value in cookies.items():
            self.client.cookies[name] = value

    def send(self, path: str, **values: str) -> Any:
        """A form."""
        return self.client.post(path, {**values, "key": str(uuid4())})

    @property
    def is_in(self) -> bool:
        """Whether the session is still good for anything: the API takes its cookie, too."""
        return bool(self.client.get(f"{AUTH}me/").status_code == 200)
