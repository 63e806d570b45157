"""A program that embeds an invoice's XML into its PDF/A-3, as Factur-X specifies.

It runs in a separate process, because its libraries would take 20 MB in every web process although few invoices need
them. It reads a line of JSON, the XML and the PDF, and writes the new PDF, or an error to stderr.
"""

import json
import sys
from typing import BinaryIO

from facturx import generate_from_binary


def write(given: BinaryIO) -> bytes:
    """The PDF with `factur-x.xml`, validated against the schema of its profile."""
    head = json.loads(given.readline())
    xml, pdf = given.read(head["xml_bytes"]), given.read()
    made: bytes = generate_from_binary(
        pdf,
        xml,
        flavor="factur-x",
        level="en16931",
        check_xsd=True,
        check_schematron=False,
        lang=head["language"],
        pdf_metadata=head["metadata"],
    )
    return made


if __name__ == "__main__":
    sys.stdout.buffer.write(write(sys.stdin.buffer))
