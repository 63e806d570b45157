"""The errors of the queue of lines, with the codes of the API. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class LineNotOpen(AppError):
    """The line's status does not allow this: it was decided by somebody else, or has not been decided yet."""

    kind = ErrorKind.CONFLICT
    code = "line_not_open"
    default_message = "This line's status does not allow this action."


class ProposalGone(AppError):
    """The proposal has been replaced since it was displayed."""

    kind = ErrorKind.CONFLICT
    code = "proposal_gone"
    default_message = "This proposal no longer exists. Load the line again."


class CannotUndo(AppError):
    """The decision has consequences that must be reversed first."""

    kind = ErrorKind.CONFLICT
    code = "cannot_undo"
    default_message = "This decision can no longer be undone."


class WrongDirection(AppError):
    """A credit cannot pay out a refund, and a debit cannot pay an invoice."""

    kind = ErrorKind.INVALID
    code = "wrong_direction"
    default_message = "This line moves money in the other direction."


class UnknownBankAccount(AppError):
    """The file belongs to an account that is not set up; `data` names it."""

    kind = ErrorKind.INVALID
    code = "unknown_bank_account"
    default_message = "This statement belongs to a bank account that is not set up. Add the account first."


class BankAccountDiffers(AppError):
    """The file names a different account from the one it was uploaded for; `data` names it."""

    kind = ErrorKind.INVALID
    code = "bank_account_differs"
    default_message = "This statement belongs to another bank account."


class ImportNotWaiting(AppError):
    """The import is not waiting for confirmation."""

    kind = ErrorKind.CONFLICT
    code = "import_not_waiting"
    default_message = "This import is not waiting for a decision."


class BankAccountInUse(AppError):
    """The bank account has statements."""

    kind = ErrorKind.CONFLICT
    code = "bank_account_in_use"
    default_message = "This bank account has statements and cannot be deleted."
