"""What billing refuses, with the codes of the API. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class InvoiceAlreadyPaid(AppError):
    """Someone tried to pay a paid invoice."""

    kind = ErrorKind.INVALID
    code = "invoice_already_paid"
    default_message = "This invoice is already paid."


class InvoiceNotPayable(AppError):
    """The invoice is a draft, void or uncollectible."""

    kind = ErrorKind.INVALID
    code = "invoice_not_payable"
    default_message = "This invoice cannot be paid."


class MethodNotAvailable(AppError):
    """No enabled method of this country and currency takes this amount."""

    kind = ErrorKind.INVALID
    code = "method_not_available"
    default_message = "This payment method is not available for this invoice."


class DuplicateSubmission(AppError):
    """A live payment of this invoice carries the same method and reference; `data` names it."""

    kind = ErrorKind.CONFLICT
    code = "duplicate_submission"
    default_message = "A payment with this reference was already submitted for this invoice."


class AmountExceedsDue(AppError):
    """Settled, submitted and this together pass the invoice's total."""

    kind = ErrorKind.CONFLICT
    code = "amount_exceeds_due"
    default_message = "The amount is more than what is left to pay on this invoice."


class InvalidTransition(AppError):
    """The status does not allow this step."""

    kind = ErrorKind.CONFLICT
    code = "invalid_transition"
    default_message = "The current status does not allow this."


class FourEyesRequired(AppError):
    """Two different operators are needed, and nobody approves what they recorded or asked for."""

    kind = ErrorKind.CONFLICT
    code = "four_eyes_required"
    default_message = "Another operator must approve this."


class ApprovalsDisagree(AppError):
    """The second approver names another amount than the first; `data` has the first one's."""

    kind = ErrorKind.CONFLICT
    code = "approvals_disagree"
    default_message = "The first approval is for a different amount."


class AmountExceedsRefundable(AppError):
    """More than what was received and not refunded yet."""

    kind = ErrorKind.CONFLICT
    code = "amount_exceeds_refundable"
    default_message = "The amount is more than what can still be refunded on this payment."


class NothingToExport(AppError):
    """No pending transfer fits the file that was asked for."""

    kind = ErrorKind.CONFLICT
    code = "nothing_to_export"
    default_message = "There is no pending EUR transfer to an IBAN, or no bank account of ours to send it from."


class PackageNotOffered(AppError):
    """The credit package has no price in the account's currency."""

    kind = ErrorKind.CONFLICT
    code = "package_not_offered"
    default_message = "This package has no price in your currency."


class ProofRequired(AppError):
    """This way to pay is only taken with a proof of payment."""

    kind = ErrorKind.INVALID
    code = "proof_required"
    default_message = "This payment method needs proof of payment. Send it as `proof` in multipart/form-data."


class DuplicateProof(AppError):
    """The payment has this very file already."""

    kind = ErrorKind.CONFLICT
    code = "duplicate_proof"
    default_message = "This file is already attached to this payment."


class TooManyProofs(AppError):
    """The payment has as many proofs as it can have; `data` says how many that is."""

    kind = ErrorKind.CONFLICT
    code = "too_many_proofs"
    default_message = "This payment already has the maximum number of proofs."
