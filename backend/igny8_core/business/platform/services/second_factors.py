"""The second factor of a sign-in: an authenticator app, with recovery codes. Inside a unit of work.

Wrong codes are counted per person, wherever they were tried, and lock the second factor for a while. A counted refusal
is returned rather than raised: see `unit_of_work.run_even_if_refused`.
"""

import math
from uuid import UUID

from django.db.models import Q

from igny8_core.accounts.models import SecondFactor
from igny8_core.business.platform.domain import totp
from igny8_core.business.platform.domain.errors import InvalidCode, SecondFactorLocked, SecondFactorRequired
from igny8_core.business.platform.domain.second_step import pause_after
from igny8_core.business.platform.services.standing import Standing, end_ceremonies, hold_proven, lock_standing
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AlreadyTaken, AppError, NotFound
from igny8_core.kit.sealing import seal, unseal


def has_second_factor(user_id: UUID) -> bool:
    """Whether this person has to give a code."""
    return SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists()


def unconfirmed_secret(user_id: UUID) -> str:
    """The secret of a set-up that is not confirmed yet, for display. Raises `NotFound`."""
    factor = SecondFactor.objects.filter(user_id=user_id, confirmed_at=None).first()
    if factor is None:
        raise NotFound
    return unseal(factor.sealed_secret)["secret"]


def begin(*, user_id: UUID, account_id: UUID) -> None:
    """Create a secret for the app to scan; it stays the same until it is confirmed. Raises `AlreadyTaken`."""
    hold_proven(people=Q(id=user_id))
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
        raise AlreadyTaken("Two-step sign-in is already on.")


def confirm(*, user_id: UUID, account_id: UUID, code: str) -> list[str] | AppError:
    """Activate it with a first code; returns the recovery codes, which are only shown here.

    Returns `InvalidCode` or `SecondFactorLocked`. Raises `NotFound` if no set-up was started.
    """
    hold_proven(people=Q(id=user_id))
    factor = SecondFactor.objects.filter(user_id=user_id, confirmed_at=None).first()
    if factor is None:
        raise NotFound
    refusal = _judge(factor, code)
    if refusal is not None:
        return refusal
    codes = totp.new_recovery_codes()
    SecondFactor.objects.filter(id=factor.id).update(
        confirmed_at=clock.now(), recovery_hashes=[totp.recovery_hash(each) for each in codes]
    )
    end_ceremonies(user_id)
    _record(EventType.USER_SECOND_FACTOR_ENABLED, factor)
    return codes


def require(standing: Standing, *, code: str) -> AppError | None:
    """At a sign-in, require a code if the person has a second factor.

    Returns `InvalidCode` or `SecondFactorLocked`. Raises `SecondFactorRequired` if there is no code.
    """
    if standing.factor is None:
        return None
    if not code:
        raise SecondFactorRequired
    return _judge(standing.factor, code)


def remove(*, user_id: UUID, code: str) -> AppError | None:
    """Deactivate it with a code. Returns `InvalidCode` or `SecondFactorLocked`; raises `NotFound`."""
    hold_proven(people=Q(id=user_id))
    factor = lock_standing(user_id).factor
    if factor is None:
        raise NotFound
    refusal = _judge(factor, code)
    if refusal is None:
        SecondFactor.objects.filter(id=factor.id).delete()
        end_ceremonies(user_id)
        _record(EventType.USER_SECOND_FACTOR_DISABLED, factor)
    return refusal


def _judge(factor: SecondFactor, code: str) -> AppError | None:
    """Accept an app's code or a recovery code, each once, or count it as wrong; the person is locked."""
    now, row = clock.now(), SecondFactor.objects.filter(id=factor.id)
    if factor.locked_until is not None and factor.locked_until > now:
        return SecondFactorLocked(retry_after_seconds=math.ceil((factor.locked_until - now).total_seconds()))
    step, used = _step(factor, code), totp.recovery_hash(code)
    if step is not None:
        row.update(last_step=step, wrong_codes=0)
    elif used in factor.recovery_hashes:
        left = [each for each in factor.recovery_hashes if each != used]
        row.update(recovery_hashes=left, wrong_codes=0)
        _record(EventType.USER_RECOVERY_CODE_USED, factor)
    else:
        return _count_wrong(factor)
    return None


def _count_wrong(factor: SecondFactor) -> AppError:
    wrong, row = factor.wrong_codes + 1, SecondFactor.objects.filter(id=factor.id)
    pause = pause_after(wrong)
    if pause is None:
        row.update(wrong_codes=wrong)
        return InvalidCode()
    row.update(wrong_codes=wrong, locked_until=clock.now() + pause)
    _record(EventType.USER_SECOND_FACTOR_LOCKED, factor)
    return SecondFactorLocked(retry_after_seconds=math.ceil(pause.total_seconds()))


def _step(factor: SecondFactor, code: str) -> int | None:
    secret = unseal(factor.sealed_secret)["secret"]
    return totp.matching_step(secret, code.replace(" ", ""), instant=clock.now(), after=factor.last_step)


def _record(fact: EventType, factor: SecondFactor) -> None:
    record(fact, account_id=factor.account_id, subject_type="user", subject_id=factor.user_id)
