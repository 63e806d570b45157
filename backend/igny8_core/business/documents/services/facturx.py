"""Factur-X, which is identical to ZUGFeRD: the invoice's XML inside its PDF/A-3."""

import json

from igny8_core.business.billing.domain.papers import InvoiceFacts
from igny8_core.business.documents.domain.cii import cii_xml
from igny8_core.business.documents.services.programs import run_program


def with_xml(pdf: bytes, facts: InvoiceFacts, *, language: str) -> bytes:
    """The PDF with `factur-x.xml`, validated against the schema of its profile.

    Raises `NotForElectronicInvoice`, and `Unavailable` if the writer takes too long.
    """
    xml = cii_xml(facts)
    metadata = {
        "author": facts.seller.name,
        "title": facts.number,
        "subject": f"Factur-X {facts.number}",
        "keywords": "Invoice, Factur-X, ZUGFeRD",
    }
    head = json.dumps({"language": language, "metadata": metadata, "xml_bytes": len(xml)}).encode("ascii")
    done = run_program("facturx_writer", head + b"\n" + xml + pdf)
    if done.returncode != 0:
        raise RuntimeError(f"the Factur-X writer failed: {done.stderr[-2000:].decode(errors='replace')}")
    return done.stdout
