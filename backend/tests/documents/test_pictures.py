"""How documents look: each is drawn by poppler and compared with a picture somebody has looked at.

After a change that is meant: `GOLDEN=write .venv/bin/python -m pytest backend/tests/documents/test_pictures.py`, then
look at every picture in `backend/tests/golden/` before you commit it.
"""

import os
import shutil
import subprocess
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
from igny8_core.business.documents.services.pages import invoice_page, receipt_page
from igny8_core.business.documents.services.typesetting import typeset
from igny8_core.kit.locales import locale_of
from PIL import Image, ImageChops
from tests.documents import samples

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
INSTANT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
DPI = "60"
DIFFERS, ALLOWED = 48, 0.001
INVOICES = {
    "invoice-german": (samples.PENDING, "de", "DE"),
    "invoice-urdu": (samples.URDU, "ur", "PK"),
    "invoice-paid-cjk": (samples.PAID, "en", "JP"),
    "invoice-void-hostile": (samples.VOID, "en", "DE"),
}
RECEIPTS = {"receipt-english": ("en", "KW"), "receipt-urdu": ("ur", "PK")}

if shutil.which("pdftoppm") is None:
    warnings.warn("NO pdftoppm HERE (poppler-utils): THE PICTURES OF DOCUMENTS ARE NOT COMPARED", stacklevel=1)
pytestmark = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler-utils) is missing")


def _pdf(name: str) -> bytes:
    if name in INVOICES:
        facts, language, country = INVOICES[name]
        page = invoice_page(facts, language=language, locale=locale_of(language, country))
        return typeset("invoice", page, instant=INSTANT)
    language, country = RECEIPTS[name]
    page = receipt_page(samples.RECEIPT, language=language, locale=locale_of(language, country))
    return typeset("receipt", page, instant=INSTANT)


def _drawn(pdf: bytes, folder: Path) -> Image.Image:
    (folder / "it.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", DPI, "-gray", "-png", "-singlefile", "it.pdf", "it"], cwd=folder, check=True)
    return Image.open(folder / "it.png").convert("L")


@pytest.mark.parametrize("name", [*INVOICES, *RECEIPTS])
def test_a_document_looks_as_it_did(name: str, tmp_path: Path) -> None:
    drawn, golden = _drawn(_pdf(name), tmp_path), GOLDEN / f"{name}.png"
    if os.environ.get("GOLDEN") == "write":
        drawn.quantize(16).save(golden, optimize=True)
    expected = Image.open(golden).convert("L")
    assert drawn.size == expected.size
    difference = ImageChops.difference(drawn, expected).histogram()
    share = sum(difference[DIFFERS:]) / (drawn.width * drawn.height)
    assert share <= ALLOWED, f"{share:.2%} of the pixels differ"


def test_the_comparison_notices_a_changed_word(tmp_path: Path) -> None:
    facts, language, country = INVOICES["invoice-german"]
    page = invoice_page(facts, language=language, locale=locale_of(language, country))
    page["labels"]["invoice"] = "Angebot"
    drawn = _drawn(typeset("invoice", page, instant=INSTANT), tmp_path)
    difference = ImageChops.difference(drawn, Image.open(GOLDEN / "invoice-german.png").convert("L")).histogram()
    assert sum(difference[DIFFERS:]) / (drawn.width * drawn.height) > ALLOWED
