"""A signed-in person confirms their identity again, by password or passkey, for some minutes of this sign-in.

Whatever creates a permanent credential requires it (`standing.hold_proven`), so that an unattended session, or a copy
of its cookie, cannot create keys, people, passkeys or a second factor.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from igny8_core.accounts.locks import lock_login
from igny8_core.accounts.models import AccessKey
from igny8_core.accounts.principals import Principal
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.business.platform.domain.passkeys import Place
from igny8_core.business.platform.services import passkeys
from igny8_core.business.platform.services.credentials import confirm_password, wrong_password_error
from igny8_core.business.platform.services.passkeys import Challenge
from igny8_core.business.platform.services.sessions import acting
from igny8_core.business.platform.services.standing import PROOF_LASTS, is_proven
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import Unauthenticated


def has_proven(principal: Principal) -> bool:
    """Whether the session was confirmed recently; inside a transaction."""
    return is_proven(AccessKey.objects.get(id=principal.key_id))


def prove_by_password(principal: Principal, *, password: str, request_id: UUID | None) -> datetime:
    """Confirm by password; returns until when that is valid. Raises `ValidationError`, `Unauthenticated`."""
    user_id = _person(principal)
    login = confirm_password(user_id=user_id, account_id=principal.account_id, password=password)

    def check() -> None:
        if lock_login(user_id).password != login.password:
            raise wrong_password_error("password")

    return _prove(principal, check, request_id)


def prove_by_passkey(
    principal: Principal, *, place: Place, challenge: Challenge, credential: str, request_id: UUID | None
) -> datetime:
    """Confirm by passkey; returns until when that is valid. Raises `InvalidPasskey`, `Unauthenticated`."""
    user_id = _person(principal)
    holder, credential_id = passkeys.holder_of(credential, challenge)
    if holder.user_id != user_id:
        raise InvalidPasskey

    def check() -> None:
        lock_login(user_id)
        passkeys.use(credential_id, place=place, challenge=challenge, credential=credential)

    return _prove(principal, check, request_id)


def _person(principal: Principal) -> UUID:
    assert principal.user_id is not None, "a sign-in is a person's"
    return principal.user_id


def _prove(principal: Principal, check: Callable[[], None], request_id: UUID | None) -> datetime:
    """Record it for the whole sign-in, so that a token refreshed in the meantime counts as well."""
    user_id, account_id = _person(principal), principal.account_id

    def operation() -> datetime:
        check()
        now = clock.now()
        family = AccessKey.objects.filter(family_id=principal.family_id, user_id=user_id, revoked_at=None)
        if not family.update(proven_at=now):
            raise Unauthenticated
        record(EventType.USER_REAUTHENTICATED, account_id=account_id, subject_type="user", subject_id=user_id)
        return now + PROOF_LASTS

    return unit_of_work.run(
        operation, scope=Scope.of(account_id), actor=acting(user_id, account_id), request_id=request_id
    )
