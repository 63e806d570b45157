"""The errors of billing, with the codes of the API. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class InvoiceAlreadyPaid(AppError):
    """The invoice is already paid."""

    kind = ErrorKind.INVALID
    code = "invoice_already_paid"
    default_message = "This invoice is already paid."


class InvoiceNotPayable(AppError):
    """The invoice is a draft, void or uncollectible."""

    kind = ErrorKind.INVALID
    code = "invoice_not_payable"
    default_message = "This invoice cannot be paid."


class MethodNotAvailable(AppError):
    """No enabled method of this country and currency accepts this amount."""

    kind = ErrorKind.INVALID
    code = "method_not_available"
    default_message = "This payment method is not available for this invoice."


class DuplicateSubmission(AppError):
    """A live payment of this invoice has the same method and reference; `data` names it."""

    kind = ErrorKind.CONFLICT
    code = "duplicate_submission"
    default_message = "A payment with this reference was already submitted for this invoice."


class AmountExceedsDue(AppError):
    """Settled amount, submitted amounts and this one together exceed the invoice's total."""

    kind = ErrorKind.CONFLICT
    code = "amount_exceeds_due"
    default_message = "The amount is more than what is left to pay on this invoice."


class InvalidTransition(AppError):
    """The status does not allow this transition."""

    kind = ErrorKind.CONFLICT
    code = "invalid_transition"
    default_message = "The current status does not allow this."


class FourEyesRequired(AppError):
    """Two different operators are needed, and nobody may approve what they recorded or requested."""

    kind = ErrorKind.CONFLICT
    code = "four_eyes_required"
    default_message = "Another operator must approve this."


class ApprovalsDisagree(AppError):
    """The second approver entered a different amount from the first; `data` has the first one's."""

    kind = ErrorKind.CONFLICT
    code = "approvals_disagree"
    default_message = "The first approval is for a different amount."


class AmountExceedsRefundable(AppError):
    """The amount exceeds what was received and not refunded yet."""

    kind = ErrorKind.CONFLICT
    code = "amount_exceeds_refundable"
    default_message = "The amount is more than what can still be refunded on this payment."


class PaymentDisputed(AppError):
    """The payer's bank disputes the payment, so that a refund would give the money back twice."""

    kind = ErrorKind.CONFLICT
    code = "payment_disputed"
    default_message = "The payer's bank disputes this payment. Wait for its decision before you give money back."


class NothingToExport(AppError):
    """No pending transfer can go into the requested file."""

    kind = ErrorKind.CONFLICT
    code = "nothing_to_export"
    default_message = "There is no pending EUR transfer to an IBAN, or no bank account of ours to send it from."


class PackageNotOffered(AppError):
    """The credit package has no price in the account's currency."""

    kind = ErrorKind.CONFLICT
    code = "package_not_offered"
    default_message = "This package has no price in your currency."


class ProofRequired(AppError):
    """This payment method is only accepted with a proof of payment."""

    kind = ErrorKind.INVALID
    code = "proof_required"
    default_message = "This payment method needs proof of payment. Send it as `proof` in multipart/form-data."


class DuplicateProof(AppError):
    """The payment already has this very file."""

    kind = ErrorKind.CONFLICT
    code = "duplicate_proof"
    default_message = "This file is already attached to this payment."


class TooManyProofs(AppError):
    """The payment has the maximum number of proofs, which `data` contains."""

    kind = ErrorKind.CONFLICT
    code = "too_many_proofs"
    default_message = "This payment already has the maximum number of proofs."


class GatewayUnavailable(AppError):
    """The payment gateway cannot be reached, and nothing has happened there."""

    kind = ErrorKind.UNAVAILABLE
    code = "gateway_unavailable"
    default_message = "The payment gateway cannot be reached, and nothing was charged. Try again, or pay another way."


class GatewayNotConfigured(AppError):
    """The deployment has no key of this gateway."""

    kind = ErrorKind.UNAVAILABLE
    code = "gateway_not_configured"
    default_message = "This gateway is not configured here."


class MessageRefused(AppError):
    """The message does not prove that the gateway has sent it, or is too old."""

    kind = ErrorKind.INVALID
    code = "message_refused"
    default_message = "The signature of this message is missing, wrong or too old."


class CardDeclined(AppError):
    """The bank refused the card; `data` names the payment, which has failed."""

    kind = ErrorKind.CONFLICT
    code = "card_declined"
    default_message = "The bank declined the card. Use another one, or pay another way."


class CardNotUsable(AppError):
    """The saved payment method is no card that can be charged, or not any more."""

    kind = ErrorKind.CONFLICT
    code = "card_not_usable"
    default_message = "This is no card that can be charged here. Save it again, or pay another way."
