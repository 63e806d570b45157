"""People for tests: operators of any role, users of an account, and who they are once signed in."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.hashers import Argon2PasswordHasher
from igny8_core.accounts.models import Account, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.services import provisioning

from tests.cast import Api, as_operator

PASSWORD = "correct horse battery"
ABSENT = "00000000-0000-7000-8000-00000000dead"


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 as the product runs it, but for its cost: a cast has five people, and a password took 0.2 s of a core."""

    time_cost, memory_cost, parallelism = 1, 64, 1


@dataclass(frozen=True)
class Person:
    """Somebody with a sign-in, and a caller that acts as them."""

    id: str
    email: str
    api: Api


def address() -> str:
    """An e-mail address nobody has."""
    return f"{uuid.uuid4().hex}@people.example"


def operator(role: OperatorRole) -> Person:
    """A new operator with an API key."""

    def operation() -> Person:
        user = provisioning.create_operator(email=address(), password=PASSWORD, role=role)
        key = provisioning.issue_operator_key(operator=user, name="test")
        return Person(str(user.id), user.email, Api(key.secret))

    person: Person = as_operator(operation)
    return person


def team_member(account: Account, role: AccountRole) -> Person:
    """A new user of the account, signed in."""
    user: User = as_operator(
        lambda: provisioning.create_user(account=account, email=address(), password=PASSWORD, role=role)
    )
    return Person(str(user.id), user.email, signed_in(user.email))


def signed_in(email: str, password: str = PASSWORD) -> Api:
    """A caller with the access token of a sign-in, which must succeed."""
    response = Api(None).post("/api/v1/auth/login/", {"email": email, "password": password})
    assert response.status_code == 200, response.content
    return Api(response.json()["data"]["access_token"])
