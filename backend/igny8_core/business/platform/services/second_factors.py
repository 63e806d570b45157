"""The second factor of a sign-in: an authenticator app, with recovery codes. Inside a unit of work."""

from uuid import UUID

from igny8_core.accounts.models import SecondFactor
from igny8_core.business.platform.domain import totp
from igny8_core.business.platform.domain.errors import InvalidCode, SecondFactorRequired
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AlreadyTaken, NotFound
from igny8_core.kit.locks import lock_one
from igny8_core.kit.sealing import seal, unseal


def has_second_factor(user_id: UUID) -> bool:
    """Whether this person has to give a code."""
    return SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists()


def unconfirmed_secret(user_id: UUID) -> str:
    """The secret that was begun and not confirmed yet, to be shown. Raises `NotFound`."""
    factor = SecondFactor.objects.filter(user_id=user_id, confirmed_at=None).first()
    if factor is None:
        raise NotFound
    return unseal(factor.sealed_secret)["secret"]


def begin(*, user_id: UUID, account_id: UUID | None) -> None:
    """Make a secret for the app to scan; the same one until it is confirmed. Raises `AlreadyTaken`."""
    SecondFactor.objects.bulk_create(
        [
            SecondFactor(
                user_id=user_id,
                account_id=account_id,
                sealed_secret=seal({"secret": totp.new_secret()}),
                created_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )
    if has_second_factor(user_id):
        raise AlreadyTaken("Two-step sign-in is on already.")


def confirm(*, user_id: UUID, account_id: UUID | None, code: str) -> list[str]:
    """Switch it on with a first code; returns the recovery codes, shown this once. Raises `InvalidCode`."""
    factor = lock_one(SecondFactor.objects.filter(user_id=user_id, confirmed_at=None))
    step = factor and _step(factor, code)
    if factor is None or step is None:
        raise InvalidCode
    codes = totp.new_recovery_codes()
    SecondFactor.objects.filter(id=factor.id).update(
        confirmed_at=clock.now(), last_step=step, recovery_hashes=[totp.recovery_hash(each) for each in codes]
    )
    _record(EventType.USER_SECOND_FACTOR_ENABLED, user_id=user_id, account_id=account_id)
    return codes


def check(*, user_id: UUID, account_id: UUID | None, code: str) -> None:
    """Accept a code of the app or a recovery code, each once. Raises `InvalidCode`."""
    factor = lock_one(SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False))
    if factor is None:
        raise InvalidCode
    step = _step(factor, code)
    if step is not None:
        SecondFactor.objects.filter(id=factor.id).update(last_step=step)
        return
    used = totp.recovery_hash(code)
    if used not in factor.recovery_hashes:
        raise InvalidCode
    left = [each for each in factor.recovery_hashes if each != used]
    SecondFactor.objects.filter(id=factor.id).update(recovery_hashes=left)
    _record(EventType.USER_RECOVERY_CODE_USED, user_id=user_id, account_id=account_id)


def require(*, user_id: UUID, account_id: UUID | None, code: str) -> None:
    """At a sign-in: nothing for who has no second factor. Raises `SecondFactorRequired`, `InvalidCode`."""
    if not has_second_factor(user_id):
        return
    if not code:
        raise SecondFactorRequired
    check(user_id=user_id, account_id=account_id, code=code)


def remove(*, user_id: UUID, account_id: UUID | None, code: str) -> None:
    """Switch it off again, with a code. Raises `InvalidCode`."""
    check(user_id=user_id, account_id=account_id, code=code)
    SecondFactor.objects.filter(user_id=user_id).delete()
    _record(EventType.USER_SECOND_FACTOR_DISABLED, user_id=user_id, account_id=account_id)


def _step(factor: SecondFactor, code: str) -> int | None:
    secret = unseal(factor.sealed_secret)["secret"]
    return totp.matching_step(secret, code.replace(" ", ""), instant=clock.now(), after=factor.last_step)


def _record(fact: EventType, *, user_id: UUID, account_id: UUID | None) -> None:
    record(fact, account_id=account_id, subject_type="user", subject_id=user_id)
