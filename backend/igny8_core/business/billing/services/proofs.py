"""Attaches proofs to payments. The file was made harmless before the transaction began."""

from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import DuplicateProof, InvalidTransition, TooManyProofs
from igny8_core.business.billing.domain.payment_states import OPEN
from igny8_core.business.billing.formats.proof_files import CleanFile
from igny8_core.business.billing.models import Payment, PaymentProof
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound
from igny8_core.kit.locks import lock_one
from igny8_core.kit.texts import bare

MAX_PROOFS = 5


def add_proof(*, account: Account, payment_id: UUID, file: CleanFile) -> PaymentProof:
    """Attach a file to an undecided payment.

    Raises `NotFound`, `InvalidTransition`, `DuplicateProof`, `TooManyProofs`.
    """
    payment = lock_one(Payment.objects.for_account(account).filter(id=payment_id))
    if payment is None:
        raise NotFound
    if payment.status not in OPEN:
        raise InvalidTransition(
            f"A payment that is {payment.status} does not accept proofs.", data={"status": payment.status}
        )
    return attach(account_id=account.id, payment_id=payment.id, file=file)


def attach(*, account_id: UUID, payment_id: UUID, file: CleanFile) -> PaymentProof:
    """Insert the proof; the caller holds the payment's lock, or has just created the payment."""
    given = PaymentProof.objects.for_account(account_id).filter(payment_id=payment_id)
    if given.filter(sha256=file.sha256).exists():
        raise DuplicateProof
    if given.count() >= MAX_PROOFS:
        raise TooManyProofs(data={"most": MAX_PROOFS})
    proof = PaymentProof.objects.create(
        account_id=account_id,
        payment_id=payment_id,
        name=bare(file.name)[-255:],
        kind=file.kind,
        size_bytes=len(file.content),
        sha256=file.sha256,
        content=file.content,
        created_at=clock.now(),
    )
    record(
        EventType.PAYMENT_PROOF_ADDED,
        account_id=account_id,
        subject_type="payment",
        subject_id=payment_id,
        data={"proof_id": str(proof.id), "kind": file.kind, "size_bytes": len(file.content), "sha256": file.sha256},
    )
    return proof
