"""What the ledger refuses. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class InsufficientCredits(AppError):
    """More credits were asked for than the account has."""

    kind = ErrorKind.CONFLICT
    code = "insufficient_credits"
    default_message = "The account does not have that many credits."


class InsufficientBalance(AppError):
    """More money was asked for than the account's balance holds."""

    kind = ErrorKind.CONFLICT
    code = "insufficient_balance"
    default_message = "The account's balance does not cover that amount."
