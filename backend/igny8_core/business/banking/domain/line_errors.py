"""What the queue of lines refuses, with the codes of the API. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class LineNotOpen(AppError):
    """The line's status does not allow this: somebody else has decided it, or nobody has."""

    kind = ErrorKind.CONFLICT
    code = "line_not_open"
    default_message = "This line's status does not allow this."


class ProposalGone(AppError):
    """The proposal was made again since it was shown."""

    kind = ErrorKind.CONFLICT
    code = "proposal_gone"
    default_message = "This proposal is not there any more; look at the line again."


class CannotUndo(AppError):
    """The decision has consequences that have to be taken back first."""

    kind = ErrorKind.CONFLICT
    code = "cannot_undo"
    default_message = "This decision cannot be undone now."


class WrongDirection(AppError):
    """A credit cannot pay out a refund, and a debit pays no invoice."""

    kind = ErrorKind.INVALID
    code = "wrong_direction"
    default_message = "This line's money goes the other way."


class UnknownBankAccount(AppError):
    """The file is of an account that is not ours, as far as we know; `data` names it."""

    kind = ErrorKind.INVALID
    code = "unknown_bank_account"
    default_message = "This statement is of a bank account that has not been set up."


class BankAccountDiffers(AppError):
    """The file names another account than the one it was uploaded for; `data` names it."""

    kind = ErrorKind.INVALID
    code = "bank_account_differs"
    default_message = "This statement is of another bank account."


class ImportNotWaiting(AppError):
    """The import does not wait for a confirmation."""

    kind = ErrorKind.CONFLICT
    code = "import_not_waiting"
    default_message = "This import does not wait for a decision."


class BankAccountInUse(AppError):
    """It has statements."""

    kind = ErrorKind.CONFLICT
    code = "bank_account_in_use"
    default_message = "This bank account has statements; it stays."
