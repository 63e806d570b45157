"""Factur-X, which ZUGFeRD also is: the invoice's XML inside its own PDF/A-3."""

import json
import subprocess
import sys
from pathlib import Path

from igny8_core.business.documents.domain.cii import cii_xml
from igny8_core.business.documents.domain.facts import InvoiceFacts
from igny8_core.kit.errors import Unavailable

WRITER = "igny8_core.business.documents.formats.facturx_writer"
BACKEND = Path(__file__).resolve().parents[4]
SECONDS = 30


def with_xml(pdf: bytes, facts: InvoiceFacts, *, language: str) -> bytes:
    """The PDF with `factur-x.xml`, checked against the schema of its profile.

    Raises `NotForElectronicInvoice`, and `Unavailable` when the writer takes too long.
    """
    xml = cii_xml(facts)
    metadata = {
        "author": facts.seller.name,
        "title": facts.number,
        "subject": f"Factur-X {facts.number}",
        "keywords": "Invoice, Factur-X, ZUGFeRD",
    }
    head = json.dumps({"language": language, "metadata": metadata, "xml_bytes": len(xml)}).encode("ascii")
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-m", WRITER],
            input=head + b"\n" + xml + pdf,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=BACKEND,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(retry_after_seconds=SECONDS) from error
    if done.returncode != 0:
        raise RuntimeError(f"the Factur-X writer failed: {done.stderr[-2000:].decode(errors='replace')}")
    return done.stdout
