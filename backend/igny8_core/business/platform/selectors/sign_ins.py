"""Where a person is signed in: browser sessions, and token pairs held by programs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from igny8_core.accounts.keys import SIGN_IN_KINDS, KeyKind
from igny8_core.accounts.models import AccessKey
from igny8_core.kit import clock


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that is still valid; all keys issued from it form one family."""

    family_id: UUID
    in_browser: bool
    began_at: datetime
    used_at: datetime | None


def sign_ins_of(user_id: UUID) -> list[SignIn]:
    """A person's sign-ins, newest first."""
    keys = AccessKey.objects.filter(user_id=user_id, kind__in=SIGN_IN_KINDS, revoked_at=None)
    families = keys.values("family_id").annotate(
        browsers=Count("id", filter=Q(kind=KeyKind.SESSION.value)),
        began_at=Min("created_at"),
        used_at=Max("last_used_at"),
        good_until=Max("expires_at", filter=Q(rotated_at=None)),
    )
    good = families.filter(good_until__gt=clock.now()).order_by("-began_at")
    return [SignIn(row["family_id"], row["browsers"] > 0, row["began_at"], row["used_at"]) for row in good]
