"""The errors of banking, with the codes of the API. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class StatementRefused(AppError):
    """The file is not a statement that we can read, is broken, or exceeds a limit; the message names the place and
    problem.
    """

    kind = ErrorKind.INVALID
    code = "statement_refused"
    default_message = "This file cannot be read as a bank statement."
