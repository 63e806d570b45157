"""The errors of the ledger. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class InsufficientCredits(AppError):
    """The account does not have enough credits."""

    kind = ErrorKind.CONFLICT
    code = "insufficient_credits"
    default_message = "The account does not have that many credits."


class InsufficientBalance(AppError):
    """The account's balance is too low."""

    kind = ErrorKind.CONFLICT
    code = "insufficient_balance"
    default_message = "The account's balance does not cover that amount."
