"""What banking refuses, with the codes of the API. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class StatementRefused(AppError):
    """The file is no statement we read, is broken, or passes a limit; the sentence names the place and the problem."""

    kind = ErrorKind.INVALID
    code = "statement_refused"
    default_message = "This file cannot be read as a bank statement."
