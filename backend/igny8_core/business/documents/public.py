"""What other rooms and the pages may use of this room: services, selectors and their result types."""

from igny8_core.business.documents.services.documents import Document, invoice_pdf, receipt_pdf
from igny8_core.business.documents.services.qr_pictures import qr_svg

__all__ = [
    "Document",
    "invoice_pdf",
    "qr_svg",
    "receipt_pdf",
]
