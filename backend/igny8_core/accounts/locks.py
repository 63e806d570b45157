"""Credentials are issued and revoked one person at a time: what is locked for that, and in which order.

Why: an UPDATE that revokes credentials sees only what was committed when it began. A refresh or a sign-in that commits
at the same time inserts rows that the UPDATE never sees, so a stolen session would survive the sign-out. Whoever issues
or ends a credential therefore locks the same row first, and only then reads what it decides on.

Every unit of work that touches a credential locks in this order:

1. the idempotency key, if there is one;
2. people, all in one statement and ordered by id: the people concerned, the actor, and the owners or admins of whom at
   least one must remain;
3. access keys, likewise. An account's API key belongs to no person, so its own row is locked instead;
4. the account's row, the second factor, the passkey; then pending changes, then the invitation or limit that they
   concern;
5. the head of the event chain, last.

Only people need a lock against concurrent sign-ins: every request checks whether its account is suspended, so a
credential issued during the suspension is refused. The account's row is the only one that is also locked for money
(`kit/locks.py`), and code that locks it for money locks no people.
"""

from uuid import UUID

from django.db.models import Q

from igny8_core.accounts.lookups import Login, look_up_login
from igny8_core.accounts.models import AccessKey, User
from igny8_core.kit.errors import Unauthenticated
from igny8_core.kit.locks import lock_all


def lock_people(among: Q) -> dict[UUID, User]:
    """Lock and load these people by id."""
    return {person.id: person for person in lock_all(User.objects.filter(among))}


def lock_keys(among: Q) -> dict[UUID, AccessKey]:
    """Lock and load these access keys, by id."""
    return {key.id: key for key in lock_all(AccessKey.objects.filter(among))}


def lock_login(user_id: UUID) -> Login:
    """Lock a person and load what their sign-in is checked against. Raises `Unauthenticated`."""
    person = lock_people(Q(id=user_id)).get(user_id)
    login = None if person is None else look_up_login(person.email_normalised)
    if login is None:
        raise Unauthenticated
    return login
