"""The errors of the documents room. Pure."""

from igny8_core.kit.errors import AppError, ErrorKind


class NotFinal(AppError):
    """The invoice is a draft: it has no number yet, so there is no document."""

    kind = ErrorKind.CONFLICT
    code = "invoice_not_final"
    default_message = "This invoice is a draft. Finalize it to get the document."


class NoReceipt(AppError):
    """The payment has not succeeded; `data` has its status."""

    kind = ErrorKind.CONFLICT
    code = "no_receipt"
    default_message = "A receipt is available once the payment has succeeded."


class NotForElectronicInvoice(AppError):
    """A value that EN 16931 requires is missing; `data` names it."""

    kind = ErrorKind.CONFLICT
    code = "electronic_invoice_incomplete"
    default_message = "A detail that an electronic invoice requires is missing."


TYPESETTING_REFUSED = 3
"""The exit status of `formats/typst_writer.py` if a template does not compile."""


class TemplateBroken(AppError):
    """An edited template does not compile; the log says where."""

    kind = ErrorKind.UNAVAILABLE
    code = "template_broken"
    default_message = "This document cannot be created right now. Try again later."
