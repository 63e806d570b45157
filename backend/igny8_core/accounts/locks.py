"""Credentials are issued and revoked one person at a time: what is locked for it, and in which order.

Why: an UPDATE that revokes sees what was committed when it began. A refresh or a sign-in that commits beside it has
inserted rows that the UPDATE never meets, and a thief outlives the sign-out. So whoever issues a credential and whoever
ends one locks the same row first, and only then reads what it decides on.

The one order, in every unit of work that touches a credential:

1. the idempotency key, where there is one;
2. people, all in one statement and in the order of their ids: those it is about, whoever acts, and the owners or
   admins of whom one has to remain;
3. access keys, likewise. An account's API key belongs to nobody, so its own row stands for the person;
4. the account's row, the second factor, the passkey; what waits for a second admin, then the invitation or the limit
   that it is about;
5. the head of the event chain, last.

Only people need a lock against sign-ins: a suspended account is refused by the look-up of every request, so that what
was issued beside its suspension opens nothing. Of the rows that money locks (`kit/locks.py`) these share the account's
alone, and whoever locks it for money locks no people.
"""

from uuid import UUID

from django.db.models import Q

from igny8_core.accounts.lookups import Login, look_up_login
from igny8_core.accounts.models import AccessKey, User
from igny8_core.kit.errors import Unauthenticated
from igny8_core.kit.locks import lock_all


def lock_people(among: Q) -> dict[UUID, User]:
    """Lock and load these people, by id."""
    return {person.id: person for person in lock_all(User.objects.filter(among))}


def lock_keys(among: Q) -> dict[UUID, AccessKey]:
    """Lock and load these access keys, by id."""
    return {key.id: key for key in lock_all(AccessKey.objects.filter(among))}


def lock_login(user_id: UUID) -> Login:
    """Lock a person, and look up what their sign-in is checked against now. Raises `Unauthenticated`."""
    person = lock_people(Q(id=user_id)).get(user_id)
    login = None if person is None else look_up_login(person.email_normalised)
    if login is None:
        raise Unauthenticated
    return login
