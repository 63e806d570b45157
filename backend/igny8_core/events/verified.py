"""Recounts the event chains and stores how far each was verified, so that the next recount continues there."""

from collections.abc import Iterable
from itertools import batched

from igny8_core.events.models import VerifiedChain
from igny8_core.events.verification import Found, Verification, point_text, recounted_chains
from igny8_core.kit import clock
from igny8_core.kit.locks import claim_place
from igny8_core.kit.sealing import stamp

PLACE = 19_490_802
BATCH = 500


def may_remember() -> bool:
    """Whether this recount may store points: only one at a time does, so that none waits for another's rows.

    Call it before anything is read: a concurrent recount has an older snapshot than the points that the other one
    writes, and could not update them.
    """
    return claim_place(PLACE)


def verify_and_remember(*, full: bool, remembers: bool, ends_at: float = float("inf")) -> Verification:
    """Recount every chain inside a snapshot, and advance the verified points of those that fit.

    A broken chain keeps its point, and every recount reports it until somebody has looked. Raises `OutOfTime`, see
    `recounted_chains`.
    """
    verification = Verification()
    for batch in batched(recounted_chains(full=full, ends_at=ends_at), BATCH):
        for found in batch:
            verification.add(found)
        if remembers:
            _remember(found for found in batch if found.bad is None and found.recounted)
    return verification


def _remember(sound: Iterable[Found]) -> None:
    now = clock.now()
    points = [
        VerifiedChain(
            account_id=found.chain.account_id,
            seq=found.end.seq,
            hash=found.end.hash,
            verified_at=now,
            stamp=stamp(point_text(account_id=found.chain.account_id, at=found.end, verified_at=now)),
        )
        for found in sound
    ]
    VerifiedChain.objects.bulk_create(
        points, update_conflicts=True, unique_fields=["account"], update_fields=["seq", "hash", "verified_at", "stamp"]
    )
