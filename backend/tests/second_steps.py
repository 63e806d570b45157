"""People with two-step sign-in on, without the pages that switch it on."""

from datetime import UTC, datetime
from uuid import UUID

from igny8_core.accounts.models import SecondFactor, User
from igny8_core.business.platform.domain import totp
from igny8_core.kit.sealing import seal

from tests.cast import as_operator
from tests.staff import Person


def switch_on(person: Person, *, confirmed: bool = True) -> tuple[str, list[str]]:
    """Give the person a second factor, a new one each time; returns the app's secret and the recovery codes."""
    secret, codes = totp.new_secret(), totp.new_recovery_codes()

    def operation() -> None:
        now = datetime.now(UTC)
        SecondFactor.objects.filter(user_id=person.id).delete()
        SecondFactor.objects.create(
            user_id=UUID(person.id),
            account_id=User.objects.get(id=person.id).account_id,
            sealed_secret=seal({"secret": secret}),
            recovery_hashes=[totp.recovery_hash(code) for code in codes],
            created_at=now,
            confirmed_at=now if confirmed else None,
        )

    as_operator(operation)
    return secret, codes


def code_now(secret: str) -> str:
    """What the app shows."""
    return totp.code_at(secret, totp.step_of(datetime.now(UTC)))


def factor_of(person: Person) -> SecondFactor | None:
    """The person's second factor as it stands."""
    factor: SecondFactor | None = as_operator(lambda: SecondFactor.objects.filter(user_id=person.id).first())
    return factor
