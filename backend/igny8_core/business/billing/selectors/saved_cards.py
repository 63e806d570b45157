"""Which saved cards have to be asked about, and whose a card of a gateway's is."""

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from igny8_core.business.billing.domain.saved_cards import CardState
from igny8_core.business.billing.models import SavedCard
from igny8_core.kit import clock
from igny8_core.kit.models import HasId

AT_ONCE = 200
# Whoever asks writes the next time; five minutes are for a process that dies in between.
CLAIM_DUE = f"""UPDATE billing_savedcard SET next_ask_at = %(now)s::timestamptz + interval '5 minutes' WHERE id IN (
 SELECT id FROM billing_savedcard WHERE next_ask_at <= %(now)s
 ORDER BY next_ask_at LIMIT {AT_ONCE} FOR NO KEY UPDATE SKIP LOCKED) RETURNING account_id, id"""


def claim_due_cards() -> list[tuple[UUID, UUID]]:
    """Take the cards whose time has come: their accounts and ids."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_DUE, {"now": clock.now()})
        rows: list[tuple[UUID, UUID]] = cursor.fetchall()
    return rows


def cards_to_enter(account: HasId) -> QuerySet[SavedCard]:
    """The account's cards whose page is open, the newest first."""
    rows = SavedCard.objects.for_account(account).filter(
        state=CardState.OPEN.value, action__isnull=False, expires_at__gt=clock.now()
    )
    return rows.order_by("-begun_at")
