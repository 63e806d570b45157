"""From a presented secret to a principal: one indexed query and no cache, so that revoking takes effect immediately."""

from collections.abc import Container

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.lookups import REFUSALS, look_up_secret, touch_key
from igny8_core.accounts.principals import Principal
from igny8_core.kit.errors import Unauthenticated

MAX_SECRET_LENGTH = 200


def principal_of_secret(secret: str, *, kinds: Container[KeyKind]) -> Principal:
    """The principal of a secret, if it has one of these kinds.

    Raises `Unauthenticated`, `AccountSuspended` or `UserSuspended`.
    """
    if not secret or len(secret) > MAX_SECRET_LENGTH:
        raise Unauthenticated
    presented = look_up_secret(secret)
    if presented is None or presented.principal.kind not in kinds:
        raise Unauthenticated
    if presented.refusal:
        raise REFUSALS.get(presented.refusal, Unauthenticated)
    if presented.stale:
        touch_key(presented.principal.key_id)
    return presented.principal
