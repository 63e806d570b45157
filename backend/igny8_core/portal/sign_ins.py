"""A person's passkeys and sessions, as pages list them."""

from typing import Any
from uuid import UUID

from babel import Locale

from igny8_core.business.platform.public import passkeys_of, sign_ins_of
from igny8_core.portal import formatting
from igny8_core.portal.sessions import Visit


def passkey_rows(user_id: UUID, locale: Locale) -> list[dict[str, Any]]:
    """The passkeys, oldest first."""
    return [
        {
            "id": each.id,
            "name": each.name,
            "added": formatting.day(each.created_at.date(), locale),
            "used": "" if each.last_used_at is None else formatting.ago(each.last_used_at, locale),
        }
        for each in passkeys_of(user_id)
    ]


def sign_in_rows(visit: Visit) -> list[dict[str, Any]]:
    """The visitor's sessions, newest first, with the current one marked."""
    locale, zone = visit.locale, visit.account.time_zone
    return [
        {
            "id": each.family_id,
            "in_browser": each.in_browser,
            "this": each.family_id == visit.principal.family_id,
            "began": formatting.instant(each.began_at, locale, zone),
            "used": "" if each.used_at is None else formatting.ago(each.used_at, locale),
        }
        for each in sign_ins_of(visit.person.id)
    ]
