"""The event types, and the kinds of actors. Pure: no Django.

A type is named subject.past_participle and never renamed, because the log is append-only.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from igny8_core.accounts.roles import Role


class EventType(StrEnum):
    """Every kind of event that the product records."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_SUSPENDED = "account.suspended"
    ACCOUNT_RESUMED = "account.resumed"
    USER_CREATED = "user.created"
    USER_UPDATED = "user.updated"
    USER_SUSPENDED = "user.suspended"
    USER_RESUMED = "user.resumed"
    USER_SIGNED_IN = "user.signed_in"
    USER_SIGNED_OUT = "user.signed_out"
    USER_REAUTHENTICATED = "user.reauthenticated"
    USER_PASSWORD_CHANGED = "user.password_changed"
    USER_PASSWORD_TAKEN = "user.password_taken"
    USER_PASSWORD_RESET_REQUESTED = "user.password_reset_requested"
    USER_SECOND_FACTOR_ENABLED = "user.second_factor_enabled"
    USER_SECOND_FACTOR_DISABLED = "user.second_factor_disabled"
    USER_SECOND_FACTOR_LOCKED = "user.second_factor_locked"
    USER_PASSKEY_ADDED = "user.passkey_added"
    USER_PASSKEY_REMOVED = "user.passkey_removed"
    USER_RECOVERY_CODE_USED = "user.recovery_code_used"
    INVITATION_CREATED = "invitation.created"
    INVITATION_SENT_AGAIN = "invitation.sent_again"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_EXPIRED = "invitation.expired"
    PENDING_CHANGE_REQUESTED = "pending_change.requested"
    PENDING_CHANGE_MADE_ALONE = "pending_change.made_alone"
    PENDING_CHANGE_CONFIRMED = "pending_change.confirmed"
    PENDING_CHANGE_REJECTED = "pending_change.rejected"
    PENDING_CHANGE_WITHDRAWN = "pending_change.withdrawn"
    PENDING_CHANGE_REPLACED = "pending_change.replaced"
    PENDING_CHANGE_EXPIRED = "pending_change.expired"
    API_KEY_ISSUED = "api_key.issued"
    API_KEY_REVOKED = "api_key.revoked"
    TOKEN_REUSED = "token.reused"
    INVOICE_CREATED = "invoice.created"
    INVOICE_FINALIZED = "invoice.finalized"
    INVOICE_PAID = "invoice.paid"
    INVOICE_REOPENED = "invoice.reopened"
    INVOICE_VOIDED = "invoice.voided"
    INVOICE_MARKED_UNCOLLECTIBLE = "invoice.marked_uncollectible"
    PAYMENT_SUBMITTED = "payment.submitted"
    PAYMENT_RECORDED = "payment.recorded"
    PAYMENT_APPROVAL_GIVEN = "payment.approval_given"
    PAYMENT_PROOF_ADDED = "payment.proof_added"
    PAYMENT_ARRIVED_LATE = "payment.arrived_late"
    PAYMENT_STATUS_CHANGED = "payment.status_changed"
    CHECKOUT_DISAGREED = "checkout.disagreed"
    CHECKOUT_GIVEN_UP = "checkout.given_up"
    BALANCE_APPLIED = "balance.applied"
    BALANCE_UNAPPLIED = "balance.unapplied"
    REFUND_REQUESTED = "refund.requested"
    REFUND_APPROVED = "refund.approved"
    REFUND_COMPLETED = "refund.completed"
    REFUND_FAILED = "refund.failed"
    REFUND_GIVEN_UP = "refund.given_up"
    REFUND_CANCELLED = "refund.cancelled"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_STATUS_CHANGED = "dispute.status_changed"
    DISPUTE_FUNDS_WITHDRAWN = "dispute.funds_withdrawn"
    DISPUTE_FUNDS_REINSTATED = "dispute.funds_reinstated"
    CREDITS_GRANTED = "credits.granted"
    CREDITS_TAKEN_BACK = "credits.taken_back"
    CREDITS_CONSUMED = "credits.consumed"
    CREDITS_ADJUSTED = "credits.adjusted"
    APPROVAL_LIMIT_CHANGED = "approval_limit.changed"
    PAYMENT_METHOD_SAVED = "payment_method.saved"
    PAYMENT_METHOD_UPDATED = "payment_method.updated"
    PAYMENT_METHOD_REMOVED = "payment_method.removed"
    PAYMENT_METHOD_CONFIG_CREATED = "payment_method_config.created"
    PAYMENT_METHOD_CONFIG_UPDATED = "payment_method_config.updated"
    PAYMENT_METHOD_CONFIG_REMOVED = "payment_method_config.removed"
    BANK_ACCOUNT_CREATED = "bank_account.created"
    BANK_ACCOUNT_UPDATED = "bank_account.updated"
    BANK_ACCOUNT_REMOVED = "bank_account.removed"
    CSV_PROFILE_SAVED = "csv_profile.saved"
    CSV_PROFILE_REMOVED = "csv_profile.removed"
    STATEMENT_RECEIVED = "statement.received"
    STATEMENT_IMPORTED = "statement.imported"
    STATEMENT_REFUSED = "statement.refused"
    STATEMENT_DISCARDED = "statement.discarded"
    STATEMENT_MATCH_REQUESTED = "statement.match_requested"
    LINE_MATCHED = "line.matched"
    LINE_UNMATCHED = "line.unmatched"
    LINE_IGNORED = "line.ignored"
    LINE_PARKED = "line.parked"


class ActorKind(StrEnum):
    """The kind of actor behind an event."""

    USER = "user"
    API_KEY = "api_key"
    OPERATOR = "operator"
    SYSTEM = "system"
    GATEWAY = "gateway"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class Credential:
    """The actor's credential and its role at the time: either may be gone when the work begins."""

    key_id: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor; `id` is a user's or an API key's, None for the system.

    `credential` is None for actors without one: the system, and people who are signing in.
    """

    kind: ActorKind
    id: UUID | None
    credential: Credential | None = None


SYSTEM = Actor(ActorKind.SYSTEM, None)
GATEWAY = Actor(ActorKind.GATEWAY, None)

type JSON = str | int | bool | None | list["JSON"] | dict[str, "JSON"]
