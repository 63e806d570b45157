"""What the queue of lines refuses, with the codes of the API. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class LineNotOpen(AppError):
    """The line's status does not allow this: somebody else has decided it, or nobody has."""

    kind = ErrorKind.CONFLICT
    code = "line_not_open"
    default_message = "This line's status does not allow this action."


class ProposalGone(AppError):
    """The proposal was made again since it was shown."""

    kind = ErrorKind.CONFLICT
    code = "proposal_gone"
    default_message = "This proposal no longer exists. Load the line again."


class CannotUndo(AppError):
    """The decision has consequences that have to be taken back first."""

    kind = ErrorKind.CONFLICT
    code = "cannot_undo"
    default_message = "This decision can no longer be undone."


class WrongDirection(AppError):
    """A credit cannot pay out a refund, and a debit pays no invoice."""

    kind = ErrorKind.INVALID
    code = "wrong_direction"
    default_message = "This line moves money in the other direction."


class UnknownBankAccount(AppError):
    """The file is of an account that is not ours, as far as we know; `data` names it."""

    kind = ErrorKind.INVALID
    code = "unknown_bank_account"
    default_message = "This statement belongs to a bank account that is not set up. Add the account first."


class BankAccountDiffers(AppError):
    """The file names another account than the one it was uploaded for; `data` names it."""

    kind = ErrorKind.INVALID
    code = "bank_account_differs"
    default_message = "This statement belongs to another bank account."


class ImportNotWaiting(AppError):
    """The import does not wait for a confirmation."""

    kind = ErrorKind.CONFLICT
    code = "import_not_waiting"
    default_message = "This import is not waiting for a decision."


class BankAccountInUse(AppError):
    """It has statements."""

    kind = ErrorKind.CONFLICT
    code = "bank_account_in_use"
    default_message = "This bank account has statements and cannot be deleted."
